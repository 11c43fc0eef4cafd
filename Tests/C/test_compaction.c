/* The thread that compacts a gzip log: it costs a caller nothing, and is gone when the log is closed. */
#include "loggers.h"

#include <dirent.h>
#include <unistd.h>

/* Of the thread with that name in this process: how often it gave up the processor by itself, that is
   was woken; -1 when there is none. */
static long switches_of(const char *name) {
  long switches = -1;
  DIR *tasks = opendir("/proc/self/task");
  struct dirent *task;
  while ((task = readdir(tasks))) {
    char path[300], line[200], known[200] = "";
    long count = 0;
    snprintf(path, sizeof path, "/proc/self/task/%s/status", task->d_name);
    FILE *status = fopen(path, "r");
    if (!status) continue;
    while (fgets(line, sizeof line, status)) {
      sscanf(line, "Name: %199s", known);
      sscanf(line, "voluntary_ctxt_switches: %ld", &count);
    }
    fclose(status);
    if (strcmp(known, name) == 0) switches = count;
  }
  closedir(tasks);
  return switches;
}

static void log_many(mimir_logger *logger, int count) {
  int failed = 0;
  for (int i = 0; i < count; i++) {
    char text[128];
    snprintf(text, sizeof text, "{\"iteration\":%d,\"loss\":0.%d,\"accuracy\":0.%d}", i, i % 7919,
             i % 9973);
    failed += log_text(logger, text) != MIMIR_OK;
  }
  CHECK(failed == 0);
}

static int entries_in(const char *path) {
  mimir_reader *reader = NULL;
  const char *entry = NULL;
  size_t length;
  int count = 0;
  CHECK_OK(mimir_reader_open(path, &reader));
  while (mimir_reader_next(reader, &entry, &length) == MIMIR_OK && entry) count++;
  mimir_reader_close(reader);
  return count;
}

/* Far past the size at which a compaction is due, an append must not wake the thread again. */
static void wakes_it_once(const char *path) {
  enum { COUNT = 50000 };
  mimir_logger_options options = quiet(path);
  mimir_logger *logger = NULL;
  CHECK_OK(mimir_logger_open(&options, &logger));
  log_many(logger, 10000);
  const long before = switches_of("mimir-compact");
  CHECK(before >= 0);
  log_many(logger, COUNT);
  const long after = switches_of("mimir-compact");
  CHECK(after >= before && after - before < COUNT / 100);
  CHECK_OK(mimir_logger_close(logger));
  CHECK(entries_in(path) == COUNT + 10000);
}

/* The last flush of a log that is closed may find that a compaction is due. */
static void is_gone_after_closing(const char *path) {
  mimir_logger_options options = quiet(path);
  options.flush = MIMIR_FLUSH_INTERVAL;
  options.flush_interval_ms = 60000;
  mimir_logger *logger = NULL;
  CHECK_OK(mimir_logger_open(&options, &logger));
  log_many(logger, 10000);
  CHECK(switches_of("mimir-compact") == -1);
  CHECK_OK(mimir_logger_close(logger));
  CHECK(switches_of("mimir-compact") == -1);
  /* It would have set to work after a second, on what is gone by then. */
  usleep(1300000);
  CHECK(entries_in(path) == 10000);
}

int main(void) {
  wakes_it_once("once.jsonl.gz");
  is_gone_after_closing("gone.jsonl.gz");
  return check_done();
}
