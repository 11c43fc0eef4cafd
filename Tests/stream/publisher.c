/* Logs numbered entries and publishes them.
 *
 *     publisher [path=LOG] [tag=1] [count=N] [rate=ENTRIES/S] [pad=BYTES] [maxlen=1000] [push=PORT]
 *               [router=PORT] [bind=ADDRESS] [insecure=1] [key=FILE authorized=FOLDER] [close=0]
 *
 * Prints a line of JSON each: its ports; after a line "go" on standard input and `count` entries,
 * what log has cost; after the next line, the publisher's statistics; and, unless close=0, how long
 * closing took. */
#include "program.h"

static int compare(const void *left, const void *right) {
  const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

static void wait_until(uint64_t due) {
  const uint64_t now = now_ns();
  if (due < now + 1000000) return; /* up to a millisecond early: sleeping is not exact */
  const uint64_t left = due - now;
  const struct timespec pause = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
  nanosleep(&pause, NULL);
}

static void log_entries(mimir_logger *logger, uint64_t count) {
  const uint64_t tag = number_option("tag", 1), pad = number_option("pad", 40);
  const uint64_t rate = number_option("rate", 0);
  char *text = malloc(pad + 100);
  uint32_t *cost = malloc((count + 1) * sizeof *cost);
  uint64_t failed = 0;
  if (text == NULL || cost == NULL) exit(1);
  const uint64_t start = now_ns();
  for (uint64_t n = 1; n <= count; n++) {
    const size_t length = make_entry(text, tag, n, pad);
    if (rate != 0) wait_until(start + n * 1000000000u / rate);
    const uint64_t before = now_ns();
    if (mimir_logger_log_json(logger, text, length) != MIMIR_OK) failed++;
    const uint64_t taken = now_ns() - before;
    cost[n - 1] = taken > UINT32_MAX ? UINT32_MAX : (uint32_t)taken;
  }
  const double seconds = (double)(now_ns() - start) / 1e9;
  qsort(cost, count, sizeof *cost, compare);
  if (count == 0) cost[count++] = 0;
  printf("{\"failed\":%llu,\"seconds\":%.3f,\"median\":%u,\"p99\":%u,\"most\":%u}\n",
         (unsigned long long)failed, seconds, cost[count / 2], cost[count - 1 - count / 100],
         cost[count - 1]);
  free(cost);
  free(text);
}

static mimir_logger *open_logger(void) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.path = text_option("path", NULL);
  options.stream = 1;
  options.stream_maxlen = number_option("maxlen", 1000);
  options.push_port = (uint32_t)number_option("push", MIMIR_PORT_ANY);
  options.router_port = (uint32_t)number_option("router", MIMIR_PORT_ANY);
  options.bind = text_option("bind", NULL);
  options.insecure = (uint32_t)number_option("insecure", 0);
  options.key_file = text_option("key", NULL);
  options.authorized_keys = text_option("authorized", NULL);
  options.warnings = MIMIR_WARNINGS_OFF;
  mimir_logger *logger;
  if (mimir_logger_open(&options, &logger) == MIMIR_OK) return logger;
  fprintf(stderr, "publisher: %s\n", mimir_last_error());
  exit(1);
}

static void print_statistics(const mimir_logger *logger) {
  mimir_publisher_statistics seen = MIMIR_PUBLISHER_STATISTICS_INIT;
  mimir_logger_stream(logger, &seen);
  printf(
      "{\"push\":%u,\"router\":%u,\"run\":\"%s\",\"dropped\":%llu,\"skipped\":%llu,"
      "\"requests\":%llu,\"ignored\":%llu}\n",
      seen.push_port, seen.router_port, seen.run, (unsigned long long)seen.dropped,
      (unsigned long long)seen.skipped, (unsigned long long)seen.requests,
      (unsigned long long)seen.ignored);
}

int main(int argument_count, char **arguments) {
  char line[64];
  option_count = argument_count;
  options_given = arguments;
  setvbuf(stdout, NULL, _IOLBF, 0);
  mimir_logger *logger = open_logger();
  print_statistics(logger);
  if (fgets(line, sizeof line, stdin) != NULL) {
    log_entries(logger, number_option("count", 0));
    if (fgets(line, sizeof line, stdin) != NULL) print_statistics(logger);
  }
  if (number_option("close", 1) == 0) return 0;
  const uint64_t before = now_ns();
  const mimir_status status = mimir_logger_close(logger);
  printf("{\"closing\":%.3f}\n", (double)(now_ns() - before) / 1e9);
  return status == MIMIR_OK ? 0 : 1;
}
