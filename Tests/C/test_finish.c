/* A logger that is finished while other threads log, and ranges of what is in memory. */
#include "check.h"

#include <pthread.h>

enum { THREADS = 4, MAXLEN = 1000 };

struct job {
  mimir_logger *logger;
  long logged;
  mimir_status status;
};

static void *log_until_finished(void *argument) {
  struct job *job = (struct job *)argument;
  while ((job->status = mimir_logger_log_json(job->logger, "{\"i\":1}", MIMIR_NUL_TERMINATED)) ==
         MIMIR_OK) {
    job->logged++;
  }
  return NULL;
}

static size_t lines_of(const char *path) {
  FILE *file = fopen(path, "r");
  size_t lines = 0;
  for (int c; file && (c = fgetc(file)) != EOF;) lines += c == '\n';
  if (file) fclose(file);
  return lines;
}

static void finished_amid_logging(const char *path, uint32_t flush) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.path = path;
  options.maxlen = MAXLEN;
  options.flush = flush;
  mimir_logger *logger = NULL;
  if (!CHECK_OK(mimir_logger_open(&options, &logger))) return;
  pthread_t threads[THREADS];
  struct job jobs[THREADS];
  for (int i = 0; i < THREADS; i++) {
    jobs[i] = (struct job){logger, 0, MIMIR_OK};
    pthread_create(&threads[i], NULL, log_until_finished, &jobs[i]);
  }
  mimir_logger_statistics statistics = MIMIR_LOGGER_STATISTICS_INIT;
  do {
    CHECK_OK(mimir_logger_stats(logger, &statistics));
  } while (statistics.entries < 2 * MAXLEN);
  CHECK_OK(mimir_logger_finish(logger));
  size_t logged = 0;
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    CHECK(jobs[i].status == MIMIR_ERROR_CLOSED);
    logged += (size_t)jobs[i].logged;
  }
  CHECK(lines_of(path) == logged);
  CHECK_OK(mimir_logger_stats(logger, &statistics));
  CHECK(statistics.entries == logged && statistics.pending_entries == 0);
  CHECK_OK(mimir_logger_finish(logger)); /* again */
  size_t count = 0;
  CHECK_OK(mimir_logger_count(logger, &count));
  CHECK(count == MAXLEN);
  CHECK_OK(mimir_logger_close(logger));
}

static void check_range(mimir_logger *logger, int64_t start, size_t count, const char *wanted) {
  char *text = (char *)logger;
  size_t length = 99;
  if (!CHECK_OK(mimir_logger_range(logger, start, count, &text, &length))) return;
  if (!*wanted) {
    CHECK(text == NULL && length == 0);
    return;
  }
  CHECK(length == strlen(wanted));
  if (CHECK(text)) CHECK_TEXT(text, wanted);
  mimir_free(text);
}

static void ranges(void) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.maxlen = 3;
  mimir_logger *logger = NULL;
  if (!CHECK_OK(mimir_logger_open(&options, &logger))) return;
  check_range(logger, 0, 1, "");
  check_range(logger, -1, 1, "");
  for (int i = 0; i < 5; i++) {
    char text[32];
    snprintf(text, sizeof text, "{ \"i\" : %d }", i);
    CHECK_OK(mimir_logger_log_json(logger, text, MIMIR_NUL_TERMINATED));
  }
  const char *all = "{\"i\":2}\n{\"i\":3}\n{\"i\":4}\n";
  check_range(logger, 0, 3, all);
  check_range(logger, 0, SIZE_MAX, all);
  check_range(logger, -3, SIZE_MAX, all);
  check_range(logger, INT64_MIN, 4, all);
  check_range(logger, 1, 1, "{\"i\":3}\n");
  check_range(logger, -1, SIZE_MAX, "{\"i\":4}\n");
  check_range(logger, -2, 1, "{\"i\":3}\n");
  check_range(logger, 0, 0, "");
  check_range(logger, 3, 1, "");
  check_range(logger, INT64_MAX, SIZE_MAX, "");
  CHECK_STATUS(mimir_logger_log_json(logger, "{\"i\":", MIMIR_NUL_TERMINATED),
               MIMIR_ERROR_INVALID_JSON);
  CHECK_OK(mimir_logger_finish(logger));
  check_range(logger, 0, 3, all);
  CHECK_OK(mimir_logger_close(logger));
}

int main(void) {
  ranges();
  finished_amid_logging("finish.jsonl", MIMIR_FLUSH_EVERY_ENTRY);
  finished_amid_logging("finish-interval.jsonl", MIMIR_FLUSH_INTERVAL);
  return check_done();
}
