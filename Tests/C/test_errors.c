/* Real failures of the file: full, gone, no file. */
#include "loggers.h"

#include <sys/stat.h>
#include <unistd.h>

static void full_disk(void) {
  mimir_logger_options options = quiet("/dev/full");
  mimir_logger *logger = NULL;
  options.maxlen = 100;
  options.max_pending_bytes = 80;
  CHECK_OK(mimir_logger_open(&options, &logger));
  for (int i = 1; i <= 10; i++) {
    CHECK_STATUS(log_text(logger, "{\"i\":1}"), MIMIR_ERROR_NO_SPACE);
    CHECK_MESSAGE("/dev/full");
    CHECK(stats(logger).errors == (uint64_t)i && stats(logger).entries == (uint64_t)i);
    CHECK(stats(logger).pending_entries == (uint64_t)i);
  }
  CHECK(stats(logger).pending_bytes == 80 && stats(logger).dropped == 0);
  /* No more may wait. It is still in memory. */
  CHECK_STATUS(log_text(logger, "{\"i\":2}"), MIMIR_ERROR_DROPPED);
  CHECK(stats(logger).dropped == 1 && stats(logger).errors == 11 && stats(logger).entries == 11);
  CHECK_ENTRY(logger, -1, "{\"i\":2}");
  CHECK_STATUS(mimir_logger_flush(logger), MIMIR_ERROR_NO_SPACE);
  /* Misuse stores nothing, also now. */
  CHECK_STATUS(log_text(logger, "{"), MIMIR_ERROR_INVALID_JSON);
  CHECK(stats(logger).entries == 11);
  CHECK_STATUS(mimir_logger_close(logger), MIMIR_ERROR_NO_SPACE);
  CHECK_MESSAGE("10");
}

static void folder_gone(void) {
  mimir_logger_options options = quiet("folder/log.jsonl");
  mimir_logger *logger = NULL;
  mkdir("folder", 0777);
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK_OK(log_text(logger, "{\"i\":0}"));
  CHECK(unlink("folder/log.jsonl") == 0 && rmdir("folder") == 0);
  /* A log looks for its file a few times a second. */
  usleep(400000);
  CHECK_STATUS(log_text(logger, "{\"i\":1}"), MIMIR_ERROR_NOT_FOUND);
  CHECK_MESSAGE("folder/log.jsonl");
  CHECK_STATUS(log_text(logger, "{\"i\":2}"), MIMIR_ERROR_NOT_FOUND);
  CHECK_STATUS(mimir_logger_flush(logger), MIMIR_ERROR_NOT_FOUND);
  CHECK(stats(logger).pending_entries == 2 && stats(logger).dropped == 0);
  mkdir("folder", 0777);
  CHECK_OK(log_text(logger, "{\"i\":3}"));
  CHECK_FILE("folder/log.jsonl", "{\"i\":0}\n{\"i\":1}\n{\"i\":2}\n{\"i\":3}\n");
  CHECK(stats(logger).recovered == 2 && stats(logger).pending_entries == 0);
  CHECK_OK(mimir_logger_close(logger));
}

static void not_a_log(void) {
  mkdir("directory", 0777);
  mkfifo("pipe", 0666);
  const struct {
    const char *path;
    mimir_status status;
  } cases[] = {
      {"missing/log.jsonl", MIMIR_ERROR_NOT_FOUND},
      {"directory", MIMIR_ERROR_UNSUPPORTED},
      {"directory/", MIMIR_ERROR_UNSUPPORTED},
      {"pipe", MIMIR_ERROR_UNSUPPORTED},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    mimir_logger_options options = quiet(cases[i].path);
    mimir_logger *logger = (mimir_logger *)&options;
    CHECK_STATUS(mimir_logger_open(&options, &logger), cases[i].status);
    CHECK(logger == NULL);
    CHECK_MESSAGE(cases[i].path);
  }
  mimir_logger_options options = quiet("");
  mimir_logger *logger = (mimir_logger *)&options;
  CHECK(mimir_logger_open(&options, &logger) < 0);
  CHECK(logger == NULL);
}

/* What a kill left behind is cut off. */
static void torn_line(void) {
  FILE *file = fopen("torn.jsonl", "wb");
  fputs("{\"i\":1}\n{\"i\":2", file);
  fclose(file);
  mimir_logger_options options = quiet("torn.jsonl");
  mimir_logger *logger = NULL;
  options.maxlen = 10;
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK(stats(logger).repaired_bytes == 6);
  CHECK_FILE("torn.jsonl", "{\"i\":1}\n");
  CHECK_OK(log_text(logger, "{\"i\":3}"));
  CHECK_ENTRY(logger, 0, "{\"i\":1}");
  CHECK_OK(mimir_logger_close(logger));
  CHECK_FILE("torn.jsonl", "{\"i\":1}\n{\"i\":3}\n");
}

int main(void) {
  full_disk();
  folder_gone();
  not_a_log();
  torn_line();
  return check_done();
}
