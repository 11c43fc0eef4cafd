/* A log server.
 *
 *     log_server [path=LOG] [port=PORT] [bind=ADDRESS] [timeout=MS] [clients=N] [flush=1]
 *                [largest=BYTES] [key=FILE authorized=FOLDER] [insecure=1]
 *
 * Prints its port as a line of JSON; for each line on standard input but "end" its statistics; at the
 * end whether closing went well. */
#include "../stream/program.h"

static mimir_logger *open_logger(void) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.path = text_option("path", NULL);
  options.flush = (uint32_t)number_option("flush", 0);
  options.flush_interval_ms = 1000;
  options.warnings = MIMIR_WARNINGS_OFF;
  mimir_logger *logger;
  if (mimir_logger_open(&options, &logger) == MIMIR_OK) return logger;
  fprintf(stderr, "log_server: %s\n", mimir_last_error());
  exit(1);
}

static mimir_server *open_server(mimir_logger *logger) {
  mimir_server_options options = MIMIR_SERVER_OPTIONS_INIT;
  options.port = (uint32_t)number_option("port", MIMIR_PORT_ANY);
  options.bind = text_option("bind", NULL);
  options.insecure = (uint32_t)number_option("insecure", 0);
  options.client_timeout_ms = (uint32_t)number_option("timeout", 0);
  options.max_clients = (uint32_t)number_option("clients", 0);
  options.max_entry_bytes = number_option("largest", 0);
  options.key_file = text_option("key", NULL);
  options.authorized_keys = text_option("authorized", NULL);
  mimir_server *server;
  if (mimir_server_open(logger, &options, &server) == MIMIR_OK) return server;
  fprintf(stderr, "log_server: %s\n", mimir_last_error());
  exit(1);
}

static void print_statistics(const mimir_server *server) {
  mimir_server_statistics seen = MIMIR_SERVER_STATISTICS_INIT;
  mimir_server_stats(server, &seen);
  printf(
      "{\"port\":%u,\"clients\":%u,\"joined\":%llu,\"timed_out\":%llu,\"entries\":%llu,"
      "\"repeated\":%llu,\"refused\":%llu,\"ignored\":%llu,\"idle\":%d}\n",
      seen.port, seen.clients, (unsigned long long)seen.joined, (unsigned long long)seen.timed_out,
      (unsigned long long)seen.entries, (unsigned long long)seen.repeated,
      (unsigned long long)seen.refused, (unsigned long long)seen.ignored,
      mimir_server_wait((mimir_server *)server, 0) == MIMIR_OK);
}

int main(int argument_count, char **arguments) {
  char line[64];
  option_count = argument_count;
  options_given = arguments;
  setvbuf(stdout, NULL, _IOLBF, 0);
  mimir_logger *logger = open_logger();
  mimir_server *server = open_server(logger);
  print_statistics(server);
  while (fgets(line, sizeof line, stdin) != NULL && strcmp(line, "end\n") != 0) {
    print_statistics(server);
  }
  print_statistics(server);
  mimir_server_close(server);
  return mimir_logger_close(logger) == MIMIR_OK ? 0 : 1;
}
