/* The logger: modes, options, memory, flushing, sharing a file. What fails: test_errors.c. */
#include "loggers.h"

#include <unistd.h>

/* With all entries in memory. */
static mimir_logger_options defaults(const char *path) {
  mimir_logger_options options = quiet(path);
  options.maxlen = MIMIR_UNLIMITED;
  return options;
}

static mimir_logger *opened(const mimir_logger_options *options) {
  mimir_logger *logger = NULL;
  CHECK_OK(mimir_logger_open(options, &logger));
  return logger;
}

static void write_file(const char *path, const char *text) {
  FILE *file = fopen(path, "wb");
  fputs(text, file);
  fclose(file);
}

static void modes(void) {
  mimir_logger_options options = defaults("modes.jsonl");
  options.mode = MIMIR_MODE_EXCLUSIVE;
  mimir_logger *logger = opened(&options);
  CHECK_OK(log_text(logger, "{\"i\":1}"));
  CHECK_FILE("modes.jsonl", "{\"i\":1}\n");
  CHECK_OK(mimir_logger_close(logger));
  logger = (mimir_logger *)&options;
  CHECK_STATUS(mimir_logger_open(&options, &logger), MIMIR_ERROR_EXISTS);
  CHECK(logger == NULL);
  CHECK_MESSAGE("modes.jsonl");

  options.mode = MIMIR_MODE_APPEND;
  options.maxlen = 2;
  logger = opened(&options);
  CHECK(count_of(logger) == 1);
  CHECK_OK(log_text(logger, "{\"i\":2}"));
  CHECK_OK(log_text(logger, "{\"i\":3}"));
  CHECK(count_of(logger) == 2);
  CHECK_ENTRY(logger, 0, "{\"i\":2}");
  CHECK_ENTRY(logger, -1, "{\"i\":3}");
  CHECK_FILE("modes.jsonl", "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n");

  options.mode = MIMIR_MODE_TRUNCATE;
  mimir_logger *other = NULL;
  CHECK_STATUS(mimir_logger_open(&options, &other), MIMIR_ERROR_BUSY);
  CHECK_FILE("modes.jsonl", "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n");
  CHECK_OK(mimir_logger_close(logger));
  logger = opened(&options);
  CHECK(count_of(logger) == 0);
  CHECK_FILE("modes.jsonl", "");
  CHECK_OK(mimir_logger_close(logger));
}

static void statistics(void) {
  mimir_logger_options options = defaults("stats.jsonl");
  mimir_logger *logger = opened(&options);
  CHECK_OK(log_text(logger, "{\"i\":1}"));
  CHECK_OK(log_text(logger, "{\"i\":22}"));
  mimir_logger_statistics s = stats(logger);
  CHECK(s.struct_size == sizeof s && s.entries == 2 && s.bytes == 17);
  CHECK(s.dropped == 0 && s.recovered == 0 && s.errors == 0 && s.nonfinite == 0);
  CHECK(s.pending_entries == 0 && s.pending_bytes == 0 && s.repaired_bytes == 0);
  CHECK_STATUS(log_text(logger, "{"), MIMIR_ERROR_INVALID_JSON);
  s = stats(logger);
  CHECK(s.errors == 1 && s.entries == 2);
  CHECK_OK(mimir_logger_close(logger));
}

/* No options at all: nothing to write to, and nothing goes wrong. */
static void nowhere(void) {
  mimir_logger *logger = opened(NULL);
  CHECK_OK(log_text(logger, "{\"i\":1}"));
  CHECK(count_of(logger) == 0);
  CHECK(stats(logger).entries == 1);
  CHECK_OK(mimir_logger_flush(logger));
  CHECK_OK(mimir_logger_close(logger));
}

/* What lies beyond an option's range is refused, and nothing is opened. */
static void options_out_of_range(void) {
  const struct {
    size_t offset;
    uint32_t value;
  } cases[] = {
      {offsetof(mimir_logger_options, mode), 3},
      {offsetof(mimir_logger_options, flush), 2},
      {offsetof(mimir_logger_options, flush_interval_ms), 3600001},
      {offsetof(mimir_logger_options, durability), 2},
      {offsetof(mimir_logger_options, shared), 2},
      {offsetof(mimir_logger_options, nonfinite), 5},
      {offsetof(mimir_logger_options, print), 2},
      {offsetof(mimir_logger_options, warnings), 3},
      /* Without on_warning. */
      {offsetof(mimir_logger_options, warnings), MIMIR_WARNINGS_CALLBACK},
      {offsetof(mimir_logger_options, reserved), 1},
      /* The upper half: 4 GiB. */
      {offsetof(mimir_logger_options, max_entry_bytes) + 4, 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    mimir_logger_options options = defaults("refused.jsonl");
    options.flush = MIMIR_FLUSH_INTERVAL;
    memcpy((char *)&options + cases[i].offset, &cases[i].value, sizeof cases[i].value);
    mimir_logger *logger = (mimir_logger *)&options;
    if (!CHECK_STATUS(mimir_logger_open(&options, &logger), MIMIR_ERROR_INVALID_ARGUMENT)) {
      printf("  at offset %zu\n", cases[i].offset);
    }
    CHECK(logger == NULL);
    CHECK(access("refused.jsonl", F_OK) != 0);
    remove("refused.jsonl");
  }
}

static void flushing(void) {
  mimir_logger_options options = defaults("interval.jsonl");
  options.flush = MIMIR_FLUSH_INTERVAL;
  options.flush_interval_ms = 3600000;
  mimir_logger *logger = opened(&options);
  CHECK_OK(log_text(logger, "{\"i\":1}"));
  CHECK_FILE("interval.jsonl", "");
  CHECK(stats(logger).pending_entries == 1 && stats(logger).pending_bytes == 8);
  CHECK_OK(mimir_logger_flush(logger));
  CHECK_FILE("interval.jsonl", "{\"i\":1}\n");
  CHECK(stats(logger).pending_entries == 0);
  CHECK_OK(log_text(logger, "{\"i\":2}"));
  CHECK_OK(mimir_logger_close(logger));
  CHECK_FILE("interval.jsonl", "{\"i\":1}\n{\"i\":2}\n");

  /* By itself. */
  options.flush_interval_ms = 1;
  logger = opened(&options);
  CHECK_OK(log_text(logger, "{\"i\":3}"));
  bool written = false;
  for (int wait = 0; wait < 3000 && !written; wait++) {
    usleep(10000);
    char *now = file_text("interval.jsonl");
    written = strlen(now) == 24;
    free(now);
  }
  CHECK(written);
  CHECK_OK(mimir_logger_close(logger));

  options = defaults("durable.jsonl");
  options.durability = MIMIR_DURABILITY_SYSTEM;
  logger = opened(&options);
  CHECK_OK(log_text(logger, "{\"i\":1}"));
  CHECK_FILE("durable.jsonl", "{\"i\":1}\n");
  CHECK_OK(mimir_logger_close(logger));
}

static void two_on_one_path(void) {
  mimir_logger_options options = defaults("two.jsonl");
  mimir_logger *first = opened(&options);
  options.path = "./two.jsonl";
  mimir_logger *second = opened(&options);
  CHECK_OK(log_text(first, "{\"i\":1}"));
  CHECK_OK(log_text(second, "{\"i\":2}"));
  CHECK_OK(log_text(first, "{\"i\":3}"));
  CHECK_OK(mimir_logger_close(first));
  CHECK_OK(log_text(second, "{\"i\":4}"));
  CHECK_OK(mimir_logger_close(second));
  CHECK_FILE("two.jsonl", "{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n{\"i\":4}\n");
}

static void loading(void) {
  mimir_logger_options options = defaults(NULL);
  options.maxlen = 3;
  mimir_logger *logger = opened(&options);
  write_file("old.jsonl",
             "{\"i\":1}\n{\"i\": 2}\n[3]\nno JSON\n{\"i\":4}\n{\"i\":5}\n{\"i\":6}\n{\"i\":");
  CHECK_OK(log_text(logger, "{\"i\":0}"));
  uint64_t count = 99;
  CHECK_OK(mimir_logger_load(logger, "old.jsonl", &count));
  CHECK(count == 5);
  CHECK(count_of(logger) == 3);
  CHECK_ENTRY(logger, 0, "{\"i\":4}");
  CHECK_ENTRY(logger, -1, "{\"i\":6}");
  CHECK_STATUS(mimir_logger_load(logger, "missing.jsonl", &count), MIMIR_ERROR_NOT_FOUND);
  CHECK(count == 0);
  CHECK_MESSAGE("missing.jsonl");
  CHECK(count_of(logger) == 3);
  CHECK_OK(mimir_logger_close(logger));
}

static void printing(void) {
  mimir_logger_options options = defaults(NULL);
  options.print = 1;
  mimir_logger *logger = opened(&options);
  fflush(stdout);
  int console = dup(1);
  CHECK(freopen("printed.txt", "w", stdout) != NULL);
  mimir_status status = log_text(logger, "{\"loss\":0.5}");
  fflush(stdout);
  dup2(console, 1);
  close(console);
  CHECK_OK(status);
  char *printed = file_text("printed.txt");
  CHECK(strstr(printed, "loss") && strstr(printed, "0.5") && strchr(printed, '\n'));
  free(printed);
  CHECK_OK(mimir_logger_close(logger));
}

int main(void) {
  modes();
  statistics();
  nowhere();
  options_out_of_range();
  flushing();
  two_on_one_path();
  loading();
  printing();
  return check_done();
}
