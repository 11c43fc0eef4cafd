/* Many threads, one logger: no entry lost or torn, and each thread's stay in order. */
#include "check.h"

#include <pthread.h>

enum { THREADS = 8, ENTRIES = 20000 };

struct job {
  mimir_logger *logger;
  int thread;
  long failures;
};

static void *log_many(void *argument) {
  struct job *job = (struct job *)argument;
  mimir_entry *entry = mimir_entry_new();
  for (int i = 0; i < ENTRIES; i++) {
    mimir_entry_clear(entry);
    mimir_entry_set_int64(entry, MIMIR_KEY("thread"), job->thread);
    mimir_entry_set_int64(entry, MIMIR_KEY("i"), i);
    /* Lines of many lengths, so that mixed ones would show. */
    mimir_entry_set_string(entry, MIMIR_KEY("text"), "................................",
                           (size_t)(i % 32));
    job->failures += mimir_logger_log(job->logger, entry) != MIMIR_OK;
  }
  mimir_entry_free(entry);
  return NULL;
}

/* Whether line is what `thread` wrote as its entry `i`, and nothing else. */
static bool is_entry(const char *line, int thread, int i) {
  char wanted[128];
  snprintf(wanted, sizeof wanted, "{\"thread\":%d,\"i\":%d,\"text\":\"%.*s\"}", thread, i, i % 32,
           "................................");
  return strcmp(line, wanted) == 0;
}

static void run(const char *path, uint32_t flush) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  mimir_logger *logger = NULL;
  options.path = path;
  options.maxlen = 100;
  options.flush = flush;
  options.flush_interval_ms = 1;
  if (!CHECK_OK(mimir_logger_open(&options, &logger))) return;
  pthread_t threads[THREADS];
  struct job jobs[THREADS];
  for (int i = 0; i < THREADS; i++) {
    jobs[i] = (struct job){logger, i, 0};
    pthread_create(&threads[i], NULL, log_many, &jobs[i]);
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    CHECK(jobs[i].failures == 0);
  }
  mimir_logger_statistics statistics = MIMIR_LOGGER_STATISTICS_INIT;
  CHECK_OK(mimir_logger_stats(logger, &statistics));
  CHECK(statistics.entries == THREADS * ENTRIES);
  size_t count = 0;
  CHECK_OK(mimir_logger_count(logger, &count));
  CHECK(count == 100);
  char *newest = NULL;
  size_t length = 0;
  CHECK_OK(mimir_logger_get(logger, -1, &newest, &length));
  CHECK_OK(mimir_logger_close(logger));

  FILE *file = fopen(path, "r");
  if (!CHECK(file)) return;
  char line[256];
  int lines = 0, next[THREADS] = {0};
  bool whole = true;
  while (fgets(line, sizeof line, file)) {
    int thread = -1;
    line[strcspn(line, "\n")] = 0;
    sscanf(line, "{\"thread\":%d", &thread);
    whole = whole && thread >= 0 && thread < THREADS && is_entry(line, thread, next[thread]++);
    lines++;
  }
  fclose(file);
  CHECK(whole);
  CHECK(lines == THREADS * ENTRIES);
  /* Memory and file have the same order. */
  CHECK_TEXT(newest, line);
  mimir_free(newest);
}

int main(void) {
  run("threads.jsonl", MIMIR_FLUSH_EVERY_ENTRY);
  run("interval.jsonl", MIMIR_FLUSH_INTERVAL);
  return check_done();
}
