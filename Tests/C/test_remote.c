/* The log server and its clients: options, what arrives, spools, what is refused, the end. */
#include "check.h"
#include "loggers.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static mimir_server_options any_port(void) {
  mimir_server_options options = MIMIR_SERVER_OPTIONS_INIT;
  options.port = MIMIR_PORT_ANY;
  return options;
}

static mimir_server_statistics seen(const mimir_server *server) {
  mimir_server_statistics statistics = MIMIR_SERVER_STATISTICS_INIT;
  CHECK_OK(mimir_server_stats(server, &statistics));
  return statistics;
}

static mimir_remote_statistics done(const mimir_remote *remote) {
  mimir_remote_statistics statistics = MIMIR_REMOTE_STATISTICS_INIT;
  CHECK_OK(mimir_remote_stats(remote, &statistics));
  return statistics;
}

static mimir_server *open_server(mimir_logger *logger, uint32_t port) {
  mimir_server_options options = any_port();
  mimir_server *server = NULL;
  if (port != 0) options.port = port;
  CHECK_OK(mimir_server_open(logger, &options, &server));
  return server;
}

static mimir_remote_options client(uint32_t port, const char *name) {
  mimir_remote_options options = MIMIR_REMOTE_OPTIONS_INIT;
  options.port = port;
  options.name = name;
  options.spool = "spool";
  options.no_launcher = 1;
  return options;
}

static mimir_remote *open_client(uint32_t port, const char *name) {
  mimir_remote_options options = client(port, name);
  mimir_remote *remote = NULL;
  CHECK_OK(mimir_remote_open(&options, &remote));
  return remote;
}

static void send_text(mimir_remote *remote, const char *text) {
  CHECK_OK(mimir_remote_log_json(remote, text, MIMIR_NUL_TERMINATED));
}

static int folders(const char *path) {
  int count = 0;
  DIR *folder = opendir(path);
  if (folder == NULL) return 0;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

/* Whether entry `index` has these words in it. */
static bool holds(const mimir_logger *logger, int64_t index, const char *words) {
  char *text = NULL;
  size_t length;
  if (mimir_logger_get(logger, index, &text, &length) != MIMIR_OK) return false;
  const bool found = strstr(text, words) != NULL;
  if (!found) printf("  \"%s\" is not in %s\n", words, text);
  mimir_free(text);
  return found;
}

static mimir_logger *open_log(const char *path) {
  mimir_logger_options options = quiet(path);
  mimir_logger *logger = NULL;
  options.maxlen = 1000;
  CHECK_OK(mimir_logger_open(&options, &logger));
  return logger;
}

static void entries_arrive(void) {
  mimir_logger *logger = open_log("arrive.jsonl");
  mimir_server *server = open_server(logger, 0);
  const uint32_t port = seen(server).port;
  CHECK(port != 0);
  CHECK_STATUS(mimir_server_wait(server, 10), MIMIR_ERROR_TIMED_OUT);

  mimir_remote_options options = client(port, "trainer");
  mimir_remote *remote = NULL;
  options.has_rank = 1;
  options.rank = 3;
  options.world_size = 4;
  CHECK_OK(mimir_remote_open(&options, &remote));
  mimir_entry *entry = mimir_entry_new();
  CHECK_OK(mimir_entry_set_int64(entry, MIMIR_KEY("step"), 1));
  CHECK_OK(mimir_remote_log(remote, entry));
  mimir_entry_free(entry);
  const mimir_text keys[] = {MIMIR_TEXT("loss")};
  const double values[] = {0.5};
  CHECK_OK(mimir_remote_log_doubles(remote, keys, values, 1));
  send_text(remote, " { \"rank\": \"own\", \"remote_log\":7 } ");
  send_text(remote, "{}");
  send_text(remote, "{\"a\":NaN,\"remote_seq\":\"x\",\"b\":{\"rank\":1}}");
  CHECK_OK(mimir_remote_flush(remote, 10000));
  CHECK(done(remote).entries == 5 && done(remote).stored == 5 && done(remote).spooled == 0);
  CHECK(done(remote).connected == 1);
  CHECK(strlen(done(remote).id) == 16);

  CHECK(seen(server).entries == 5 && seen(server).clients == 1 && seen(server).joined == 1);
  CHECK(count_of(logger) == 5);
  CHECK(holds(logger, 0, "{\"step\":1,\"remote_log\":\"trainer\",\"rank\":3,\"host\":\""));
  char sequence[64];
  snprintf(sequence, sizeof sequence, ",\"remote_seq\":\"%s:1\"}", done(remote).id);
  CHECK(holds(logger, 0, sequence));
  CHECK(holds(logger, 1, "{\"loss\":0.5,"));
  /* What an entry has itself stays. */
  CHECK(holds(logger, 2, "{\"rank\":\"own\",\"remote_log\":7,\"host\":"));
  CHECK(holds(logger, 3, "{\"remote_log\":\"trainer\","));
  /* But for the server's own; a member of an inner object is none of the entry's. */
  CHECK(holds(logger, 4, "{\"a\":NaN,\"b\":{\"rank\":1},\"remote_log\":\"trainer\",\"rank\":3,"));

  uint64_t spooled = 99;
  CHECK_OK(mimir_remote_close(remote, 5000, &spooled));
  CHECK(spooled == 0);
  CHECK(folders("spool") == 0);
  CHECK_OK(mimir_server_wait(server, 5000));
  CHECK(seen(server).clients == 0);
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
  char *text = file_text("arrive.jsonl");
  CHECK(strstr(text, "{\"a\":null,\"b\"") != NULL);
  free(text);
}

static void without_a_name_a_number(void) {
  mimir_logger *logger = open_log("numbers.jsonl");
  mimir_server *server = open_server(logger, 0);
  for (int i = 1; i <= 2; i++) {
    mimir_remote *remote = open_client(seen(server).port, NULL);
    char words[32];
    send_text(remote, "{}");
    CHECK_OK(mimir_remote_close(remote, 5000, NULL));
    snprintf(words, sizeof words, "\"remote_log\":%d,", i);
    CHECK(holds(logger, -1, words));
  }
  mimir_server_close(server);
  /* Another server on the log does not give them again. */
  server = open_server(logger, 0);
  mimir_remote *remote = open_client(seen(server).port, NULL);
  send_text(remote, "{}");
  CHECK_OK(mimir_remote_close(remote, 5000, NULL));
  CHECK(holds(logger, -1, "\"remote_log\":3,"));
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

static void refusals_hurt_nobody(void) {
  mimir_logger_options log = quiet("refused.jsonl");
  mimir_logger *logger = NULL;
  log.maxlen = 10;
  log.nonfinite = MIMIR_NONFINITE_ERROR;
  CHECK_OK(mimir_logger_open(&log, &logger));
  mimir_server_options options = any_port();
  mimir_server *server = NULL;
  options.max_entry_bytes = 1024;
  CHECK_OK(mimir_server_open(logger, &options, &server));
  mimir_remote *remote = open_client(seen(server).port, "a");
  char *large = malloc(5001);
  memset(large, ' ', 5000);
  memcpy(large, "{\"a\":\"", 6);
  memset(large + 6, 'x', 4000);
  memcpy(large + 4006, "\"}", 2);
  large[4008] = 0;
  send_text(remote, "{\"n\":1}");
  send_text(remote, "{\"n\":NaN}");
  send_text(remote, "{\"n\":2}");
  send_text(remote, large);
  send_text(remote, "{\"n\":3}");
  CHECK_STATUS(mimir_remote_log_json(remote, "{\"n\":}", MIMIR_NUL_TERMINATED),
               MIMIR_ERROR_INVALID_JSON);
  CHECK_OK(mimir_remote_flush(remote, 10000));
  CHECK(count_of(logger) == 3);
  CHECK(holds(logger, 1, "{\"n\":2,") && holds(logger, 2, "{\"n\":3,"));
  CHECK(done(remote).refused == 2 && done(remote).entries == 5);
  CHECK(strstr(done(remote).problem, "refused") != NULL);
  free(large);
  CHECK_OK(mimir_remote_close(remote, 5000, NULL));
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

static void large_entries_go_alone(void) {
  mimir_logger *logger = open_log("large.jsonl");
  mimir_server *server = open_server(logger, 0);
  mimir_remote *remote = open_client(seen(server).port, "large");
  const size_t size = 6 << 20; /* more than a window, and than a file of the spool */
  char *large = malloc(size + 3);
  memset(large, ' ', size);
  memcpy(large, "{\"a\":\"", 6);
  memset(large + 6, 'x', size - 8);
  memcpy(large + size - 2, "\"}", 3);
  for (int i = 0; i < 4; i++) {
    for (int n = 0; n < 50; n++) send_text(remote, "{}");
    CHECK_OK(mimir_remote_log_json(remote, large, size));
  }
  CHECK_OK(mimir_remote_flush(remote, 60000));
  CHECK(count_of(logger) == 204 && done(remote).refused == 0);
  for (int i = 1; i <= 4; i++) {
    char *text = NULL;
    size_t length = 0;
    CHECK_OK(mimir_logger_get(logger, i * 51 - 1, &text, &length));
    CHECK(length > size && memcmp(text, large, size - 1) == 0);
    mimir_free(text);
  }
  CHECK(seen(server).repeated == 0 && seen(server).ignored == 0);
  free(large);
  CHECK_OK(mimir_remote_close(remote, 5000, NULL));
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

static void spools_are_sent_later(void) {
  mimir_logger *logger = open_log("later.jsonl.gz");
  mimir_server *server = open_server(logger, 0);
  const uint32_t port = seen(server).port;
  mimir_server_close(server);

  /* Nobody there. */
  mimir_remote *remote = open_client(port, "absent");
  for (int i = 0; i < 3000; i++) send_text(remote, "{\"run\":1}");
  CHECK(done(remote).spooled == 3000 && done(remote).connected == 0);
  CHECK_STATUS(mimir_remote_flush(remote, 50), MIMIR_ERROR_TIMED_OUT);
  uint64_t spooled = 0;
  CHECK_OK(mimir_remote_close(remote, 50, &spooled));
  CHECK(spooled == 3000);
  CHECK(folders("spool") == 1);
  CHECK(count_of(logger) == 0);
  mimir_remote_options options = client(port, "absent");
  mimir_spool_report report = MIMIR_SPOOL_REPORT_INIT;
  CHECK_STATUS(mimir_spool_send(&options, 100, &report), MIMIR_ERROR_TIMED_OUT);
  CHECK(report.left == 3000 && report.entries == 0 && report.spools == 0);

  /* By the function that is there for it; not while its client lives, nor to another server. */
  server = open_server(logger, port);
  options.port = port == 5555 ? 5556 : 5555;
  CHECK_OK(mimir_spool_send(&options, 100, &report));
  CHECK(report.spools == 0 && report.left == 0);
  options.port = port;
  remote = open_client(port + 1 < 65536 ? port + 1 : port - 1, "elsewhere");
  CHECK_OK(mimir_spool_send(&options, 20000, &report));
  CHECK(report.spools == 1 && report.entries == 3000 && report.left == 0 && report.busy == 1);
  CHECK(count_of(logger) == 1000);
  CHECK_OK(mimir_remote_close(remote, 0, NULL));
  CHECK(folders("spool") == 0);

  /* By the next run. */
  mimir_server_close(server);
  remote = open_client(port, "first");
  send_text(remote, "{\"run\":2}");
  CHECK_OK(mimir_remote_close(remote, 0, &spooled));
  CHECK(spooled == 1);
  server = open_server(logger, port);
  remote = open_client(port, "second");
  for (int i = 0; i < 500 && done(remote).adopted == 0; i++) usleep(20000);
  CHECK(done(remote).adopted == 1);
  CHECK(holds(logger, -1, "{\"run\":2,\"remote_log\":\"first\""));
  CHECK_OK(mimir_remote_close(remote, 5000, NULL));
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
  CHECK(folders("spool") == 0);
}

static void a_killed_client_loses_nothing(void) {
  mimir_logger *logger = open_log("killed.jsonl");
  mimir_server *server = open_server(logger, 0);
  const uint32_t port = seen(server).port;
  mimir_server_close(server);
  fflush(stdout);
  const pid_t pid = fork();
  if (pid == 0) {
    mimir_remote *remote = open_client(port, "killed");
    for (int i = 0; i < 100; i++) send_text(remote, "{}");
    kill(getpid(), SIGKILL);
  }
  waitpid(pid, NULL, 0);
  CHECK(folders("spool") == 1);
  server = open_server(logger, port);
  mimir_remote_options options = client(port, NULL);
  mimir_spool_report report = MIMIR_SPOOL_REPORT_INIT;
  CHECK_OK(mimir_spool_send(&options, 20000, &report));
  CHECK(report.entries == 100 && count_of(logger) == 100);
  CHECK(holds(logger, -1, ":100\"}"));
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

static void in_memory_only(void) {
  mimir_logger *logger = open_log("memory.jsonl");
  mimir_server *server = open_server(logger, 0);
  const uint32_t port = seen(server).port;
  mimir_server_close(server);
  mimir_remote_options options = client(port, "memory");
  mimir_remote *remote = NULL;
  options.memory_only = 1;
  options.max_queue_bytes = 100;
  CHECK_OK(mimir_remote_open(&options, &remote));
  for (int i = 0; i < 10; i++) send_text(remote, "{\"a\":123}");
  CHECK_STATUS(mimir_remote_log_json(remote, "{\"a\":123}", 9), MIMIR_ERROR_DROPPED);
  CHECK(done(remote).dropped == 1 && done(remote).in_memory == 10);
  CHECK(folders("spool") == 0);
  server = open_server(logger, port);
  CHECK_OK(mimir_remote_flush(remote, 20000));
  CHECK(count_of(logger) == 10 && done(remote).in_memory == 0);
  CHECK_OK(mimir_remote_log_json(remote, "{\"a\":4}", 7));
  CHECK_OK(mimir_remote_flush(remote, 20000));
  mimir_server_close(server);
  CHECK_OK(mimir_remote_log_json(remote, "{\"a\":5}", 7));
  CHECK_STATUS(mimir_remote_close(remote, 20, NULL), MIMIR_ERROR_DROPPED);
  CHECK_MESSAGE("1 entries");
  CHECK(count_of(logger) == 11);
  CHECK_OK(mimir_logger_close(logger));
}

static void a_full_disk(void) {
  mimir_logger *logger = open_log("full.jsonl");
  mimir_server *server = open_server(logger, 0);
  const uint32_t port = seen(server).port;
  mimir_server_close(server);
  mimir_remote_options options = client(port, "full");
  mimir_remote *remote = NULL;
  options.max_spool_bytes = 1000;
  CHECK_OK(mimir_remote_open(&options, &remote));
  for (int i = 0; i < 200; i++) send_text(remote, "{\"a\":123}");
  CHECK(done(remote).in_memory == 100 && done(remote).spool_bytes == 1000);
  CHECK(strstr(done(remote).problem, "spool") != NULL);
  server = open_server(logger, port);
  CHECK_OK(mimir_remote_flush(remote, 20000));
  CHECK(count_of(logger) == 200);
  CHECK(holds(logger, 99, ":100\"}") && holds(logger, 199, ":200\"}"));
  CHECK_OK(mimir_remote_close(remote, 5000, NULL));
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

static void servers_come_and_go(void) {
  mimir_logger *logger = open_log("restarts.jsonl");
  mimir_server *server = open_server(logger, 0);
  const uint32_t port = seen(server).port;
  mimir_remote *remote = open_client(port, "patient");
  for (int round = 0; round < 4; round++) {
    CHECK_OK(mimir_remote_flush(remote, 20000));
    for (int i = 0; i < 2000; i++) send_text(remote, "{}");
    mimir_server_close(server);
    for (int i = 0; i < 500; i++) send_text(remote, "{}");
    server = open_server(logger, port);
  }
  CHECK_OK(mimir_remote_flush(remote, 20000));
  CHECK(stats(logger).entries == 10000);
  CHECK(holds(logger, -1, ":10000\"}") && holds(logger, -1000, ":9001\"}"));
  CHECK(done(remote).reconnections > 0 && done(remote).dropped == 0);
  CHECK_OK(mimir_remote_close(remote, 5000, NULL));
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

static void no_more_clients_than_allowed(void) {
  mimir_logger *logger = open_log("room.jsonl");
  mimir_server_options options = any_port();
  mimir_server *server = NULL;
  options.max_clients = 1;
  CHECK_OK(mimir_server_open(logger, &options, &server));
  mimir_remote *first = open_client(seen(server).port, "first");
  send_text(first, "{}");
  CHECK_OK(mimir_remote_flush(first, 10000));
  mimir_remote *second = open_client(seen(server).port, "second");
  send_text(second, "{}");
  CHECK_STATUS(mimir_remote_flush(second, 300), MIMIR_ERROR_TIMED_OUT);
  CHECK_MESSAGE("1 clients already");
  CHECK_OK(mimir_remote_close(first, 5000, NULL));
  CHECK_OK(mimir_remote_flush(second, 20000));
  CHECK(count_of(logger) == 2);
  CHECK_OK(mimir_remote_close(second, 5000, NULL));
  CHECK_OK(mimir_server_wait(server, 5000));
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

static void stragglers_are_seen(void) {
  mimir_logger *logger = open_log(NULL);
  mimir_server_options options = any_port();
  mimir_server *server = NULL;
  mimir_remote *ranks[3];
  options.straggler_every = 2;
  options.straggler_key = "time";
  CHECK_OK(mimir_server_open(logger, &options, &server));
  for (uint32_t rank = 0; rank < 3; rank++) {
    mimir_remote_options about = client(seen(server).port, NULL);
    about.has_rank = 1;
    about.rank = rank;
    about.world_size = 3;
    CHECK_OK(mimir_remote_open(&about, &ranks[rank]));
    for (int step = 1; step <= 2; step++) {
      char text[64];
      snprintf(text, sizeof text, "{\"time\":%d.5}", (int)rank * 10 * (rank == 1 ? 3 : 1) + step);
      send_text(ranks[rank], text);
    }
    CHECK_OK(mimir_remote_flush(ranks[rank], 10000));
  }
  CHECK(count_of(logger) == 7);
  CHECK(holds(logger, -1,
              "{\"straggler\":\"time\",\"step\":2,\"ranks\":3,\"min\":2.5,\"median\":22.5,"
              "\"max\":32.5,\"slowest\":1}") ||
        holds(logger, -2, "{\"straggler\":\"time\",\"step\":2,\"ranks\":3,\"min\":2.5,"));
  for (int rank = 0; rank < 3; rank++) CHECK_OK(mimir_remote_close(ranks[rank], 5000, NULL));
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

static void count_entry(void *context, const char *text, size_t length) {
  char *last = context;
  last[0]++;
  if (length < 200 && strlen(text) == length) strcpy(last + 1, text);
}

static void each_entry_is_told_of(void) {
  mimir_logger *logger = open_log(NULL);
  mimir_server_options options = any_port();
  mimir_server *server = NULL;
  char told[256] = {0};
  options.on_entry = count_entry;
  options.entry_context = told;
  CHECK_OK(mimir_server_open(logger, &options, &server));
  mimir_remote *remote = open_client(seen(server).port, "n");
  send_text(remote, "{}");
  send_text(remote, "{\"a\":NaN}");
  CHECK_OK(mimir_remote_close(remote, 5000, NULL));
  mimir_server_close(server);
  CHECK(told[0] == 2);
  CHECK(strncmp(told + 1, "{\"a\":NaN,\"remote_log\":\"n\",", 26) == 0);
  CHECK_OK(mimir_logger_close(logger));
}

static void options_are_checked(void) {
  mimir_logger *logger = open_log(NULL);
  mimir_server_options options = any_port();
  mimir_server *server = NULL, *other = NULL;
  options.bind = "0.0.0.0";
  CHECK_STATUS(mimir_server_open(logger, &options, &server), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_MESSAGE("insecure");
  options = any_port();
  options.port = 70000;
  CHECK_STATUS(mimir_server_open(logger, &options, &server), MIMIR_ERROR_INVALID_ARGUMENT);
  options = any_port();
  options.client_timeout_ms = 5;
  CHECK_STATUS(mimir_server_open(logger, &options, &server), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_MESSAGE("client_timeout_ms");
  options = any_port();
  options.straggler_every = 5;
  CHECK_STATUS(mimir_server_open(logger, &options, &server), MIMIR_ERROR_INVALID_ARGUMENT);
  options = any_port();
  options.key_file = "no-such-key";
  CHECK_STATUS(mimir_server_open(logger, &options, &server), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK(server == NULL);
  server = open_server(logger, 0);
  options = any_port();
  options.port = seen(server).port;
  CHECK_STATUS(mimir_server_open(logger, &options, &other), MIMIR_ERROR_ADDRESS_IN_USE);

  mimir_remote *remote = NULL;
  mimir_remote_options about = client(0, NULL);
  about.host = "no such host";
  CHECK_STATUS(mimir_remote_open(&about, &remote), MIMIR_ERROR_INVALID_ARGUMENT);
  about = client(0, NULL);
  about.memory_only = 2;
  CHECK_STATUS(mimir_remote_open(&about, &remote), MIMIR_ERROR_INVALID_ARGUMENT);
  about = client(0, NULL);
  about.spool = "";
  CHECK_STATUS(mimir_remote_open(&about, &remote), MIMIR_ERROR_INVALID_ARGUMENT);
  about.spool = "room.jsonl/spool";
  CHECK_STATUS(mimir_remote_open(&about, &remote), MIMIR_ERROR_NOT_FOUND);
  about = client(0, NULL);
  about.server_key = "room.jsonl";
  CHECK_STATUS(mimir_remote_open(&about, &remote), MIMIR_ERROR_INVALID_ARGUMENT);
  about = client(0, NULL);
  char name[300];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = 0;
  about.name = name;
  CHECK_STATUS(mimir_remote_open(&about, &remote), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK(remote == NULL);
  CHECK(folders("spool") == 0);
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

static void *wait_for_all(void *server) {
  static mimir_status status;
  status = mimir_server_wait(server, -1);
  return &status;
}

static void the_end_from_another_thread(void) {
  mimir_logger *logger = open_log(NULL);
  mimir_server *server = open_server(logger, 0);
  pthread_t thread;
  void *status = NULL;
  pthread_create(&thread, NULL, wait_for_all, server);
  usleep(50000);
  CHECK_OK(mimir_server_finish(server));
  pthread_join(thread, &status);
  CHECK(status && *(mimir_status *)status == MIMIR_ERROR_CLOSED);
  CHECK_OK(mimir_server_finish(server));
  CHECK(seen(server).port != 0);
  /* A logger that is closed first keeps the server from storing: clients keep what they have. */
  mimir_server_close(server);
  server = open_server(logger, 0);
  mimir_remote *remote = open_client(seen(server).port, NULL);
  CHECK_OK(mimir_logger_finish(logger));
  send_text(remote, "{}");
  CHECK_STATUS(mimir_remote_flush(remote, 300), MIMIR_ERROR_TIMED_OUT);
  uint64_t spooled = 0;
  CHECK_OK(mimir_remote_close(remote, 0, &spooled));
  CHECK(spooled == 1 && seen(server).entries == 0);
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

static void forks(void) {
  mimir_logger *logger = open_log("forks.jsonl");
  mimir_server *server = open_server(logger, 0);
  mimir_remote *remote = open_client(seen(server).port, "parent");
  fflush(stdout);
  const pid_t pid = fork();
  if (pid == 0) {
    mimir_remote_statistics statistics = MIMIR_REMOTE_STATISTICS_INIT;
    check_failed = 0;
    CHECK_STATUS(mimir_remote_log_json(remote, "{}", 2), MIMIR_ERROR_FORKED);
    CHECK_STATUS(mimir_remote_flush(remote, 10), MIMIR_ERROR_FORKED);
    CHECK_STATUS(mimir_remote_stats(remote, &statistics), MIMIR_ERROR_FORKED);
    CHECK_STATUS(mimir_server_wait(server, 10), MIMIR_ERROR_FORKED);
    CHECK_STATUS(mimir_server_finish(server), MIMIR_ERROR_FORKED);
    CHECK_OK(mimir_remote_close(remote, 10, NULL));
    mimir_server_close(server);
    _exit(check_failed == 0 ? 0 : 1);
  }
  int status = 1;
  waitpid(pid, &status, 0);
  CHECK(status == 0);
  send_text(remote, "{\"after\":1}");
  CHECK_OK(mimir_remote_close(remote, 5000, NULL));
  CHECK(holds(logger, -1, "{\"after\":1,"));
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

#define REFUSED(call) CHECK_STATUS(call, MIMIR_ERROR_INVALID_ARGUMENT)

static void nulls(void) {
  mimir_logger *logger = open_log(NULL);
  mimir_server *server = (mimir_server *)&logger;
  mimir_remote *remote = (mimir_remote *)&logger;
  mimir_server_statistics server_statistics = MIMIR_SERVER_STATISTICS_INIT;
  mimir_remote_statistics statistics = MIMIR_REMOTE_STATISTICS_INIT;
  mimir_spool_report report = MIMIR_SPOOL_REPORT_INIT;
  uint64_t spooled = 1;
  REFUSED(mimir_server_open(NULL, NULL, &server));
  CHECK(server == NULL);
  REFUSED(mimir_server_open(logger, NULL, NULL));
  REFUSED(mimir_server_wait(NULL, 0));
  REFUSED(mimir_server_stats(NULL, &server_statistics));
  REFUSED(mimir_server_finish(NULL));
  mimir_server_close(NULL);
  server = open_server(logger, 0);
  REFUSED(mimir_server_stats(server, NULL));
  REFUSED(mimir_server_wait(server, -2));
  server_statistics.struct_size = 3;
  REFUSED(mimir_server_stats(server, &server_statistics));

  REFUSED(mimir_remote_open(NULL, NULL));
  REFUSED(mimir_remote_log(NULL, NULL));
  REFUSED(mimir_remote_log_json(NULL, "{}", 2));
  REFUSED(mimir_remote_log_doubles(NULL, NULL, NULL, 0));
  REFUSED(mimir_remote_flush(NULL, 0));
  REFUSED(mimir_remote_stats(NULL, &statistics));
  CHECK_OK(mimir_remote_close(NULL, 0, &spooled));
  CHECK(spooled == 0);
  remote = open_client(seen(server).port, NULL);
  REFUSED(mimir_remote_log(remote, NULL));
  REFUSED(mimir_remote_log_json(remote, NULL, 2));
  REFUSED(mimir_remote_log_doubles(remote, NULL, NULL, 1));
  REFUSED(mimir_remote_flush(remote, -2));
  REFUSED(mimir_remote_stats(remote, NULL));
  statistics.struct_size = 5000;
  REFUSED(mimir_remote_stats(remote, &statistics));
  mimir_remote_options options = client(0, NULL);
  REFUSED(mimir_spool_send(&options, -2, NULL));
  report.struct_size = 1;
  REFUSED(mimir_spool_send(&options, 0, &report));
  options.struct_size = 1;
  REFUSED(mimir_spool_send(&options, 0, NULL));
  CHECK_OK(mimir_remote_close(remote, 0, NULL));
  REFUSED(mimir_remote_open(&options, &remote));
  CHECK(remote == NULL);
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

static void the_launcher_is_asked(void) {
  mimir_logger *logger = open_log(NULL);
  mimir_server *server = open_server(logger, 0);
  setenv("OMPI_COMM_WORLD_RANK", "5", 1);
  mimir_remote_options options = client(seen(server).port, NULL);
  mimir_remote *remote = NULL;
  options.no_launcher = 0;
  CHECK_OK(mimir_remote_open(&options, &remote));
  send_text(remote, "{}");
  CHECK_OK(mimir_remote_close(remote, 5000, NULL));
  CHECK(holds(logger, -1, "\"rank\":5,"));
  setenv("RANK", "nonsense", 1);
  setenv("SLURM_PROCID", "2", 1);
  CHECK_OK(mimir_remote_open(&options, &remote));
  send_text(remote, "{}");
  CHECK_OK(mimir_remote_close(remote, 5000, NULL));
  CHECK(holds(logger, -1, "\"rank\":2,"));
  unsetenv("RANK");
  unsetenv("SLURM_PROCID");
  unsetenv("OMPI_COMM_WORLD_RANK");
  mimir_server_close(server);
  CHECK_OK(mimir_logger_close(logger));
}

int main(void) {
  entries_arrive();
  without_a_name_a_number();
  refusals_hurt_nobody();
  large_entries_go_alone();
  spools_are_sent_later();
  a_killed_client_loses_nothing();
  in_memory_only();
  a_full_disk();
  servers_come_and_go();
  no_more_clients_than_allowed();
  stragglers_are_seen();
  each_entry_is_told_of();
  options_are_checked();
  the_launcher_is_asked();
  forks();
  nulls();
  the_end_from_another_thread();
  return check_done();
}
