/* Several processes: a file that another one writes, and fork. */
#include "loggers.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a process of its own: holds the file until standard input ends. */
static int hold(const char *path, bool shared) {
  mimir_logger_options options = quiet(path);
  mimir_logger *logger = NULL;
  char byte = 'y';
  options.shared = shared;
  if (mimir_logger_open(&options, &logger) != MIMIR_OK || write(1, &byte, 1) != 1) return 1;
  while (read(0, &byte, 1) > 0) {
  }
  if (mimir_logger_log_json(logger, MIMIR_KEY("{\"by\":\"holder\"}")) != MIMIR_OK) return 1;
  return mimir_logger_close(logger) == MIMIR_OK ? 0 : 1;
}

/* Starts one, and returns when it holds the file. Closing *release ends it. */
static pid_t start_holder(const char *self, const char *path, const char *how, int *release) {
  int to_child[2], from_child[2];
  if (pipe(to_child) || pipe(from_child)) abort();
  pid_t child = fork();
  if (child == 0) {
    dup2(to_child[0], 0);
    dup2(from_child[1], 1);
    close(to_child[0]), close(to_child[1]), close(from_child[0]), close(from_child[1]);
    execl(self, self, how, path, (char *)NULL);
    _exit(127);
  }
  close(to_child[0]);
  close(from_child[1]);
  char byte = 0;
  CHECK(read(from_child[0], &byte, 1) == 1 && byte == 'y');
  close(from_child[0]);
  *release = to_child[1];
  return child;
}

static bool ended_well(pid_t child) {
  int status = -1;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void locked(const char *self) {
  int release;
  pid_t holder = start_holder(self, "locked.jsonl", "hold", &release);
  mimir_logger_options options = quiet("locked.jsonl");
  mimir_logger *logger = (mimir_logger *)&options;
  CHECK_STATUS(mimir_logger_open(&options, &logger), MIMIR_ERROR_LOCKED);
  CHECK(logger == NULL);
  char pid[16];
  snprintf(pid, sizeof pid, "%d", (int)holder);
  CHECK_MESSAGE(pid);
  CHECK_MESSAGE("locked.jsonl");
  /* Sharing takes two. */
  options.shared = 1;
  CHECK_STATUS(mimir_logger_open(&options, &logger), MIMIR_ERROR_LOCKED);
  options.shared = 0;
  options.mode = MIMIR_MODE_TRUNCATE;
  CHECK_STATUS(mimir_logger_open(&options, &logger), MIMIR_ERROR_LOCKED);
  close(release);
  CHECK(ended_well(holder));
  CHECK_FILE("locked.jsonl", "{\"by\":\"holder\"}\n");
  options.mode = MIMIR_MODE_APPEND;
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK_OK(mimir_logger_close(logger));
}

static void sharing(const char *self) {
  int release;
  pid_t holder = start_holder(self, "shared.jsonl", "share", &release);
  mimir_logger_options options = quiet("shared.jsonl");
  mimir_logger *logger = NULL;
  options.shared = 1;
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK_OK(mimir_logger_log_json(logger, MIMIR_KEY("{\"i\":1}")));
  close(release);
  CHECK(ended_well(holder));
  CHECK_OK(mimir_logger_log_json(logger, MIMIR_KEY("{\"i\":2}")));
  CHECK_OK(mimir_logger_close(logger));
  CHECK_FILE("shared.jsonl", "{\"i\":1}\n{\"by\":\"holder\"}\n{\"i\":2}\n");
}

/* In the child: everything but closing is refused, and closing writes nothing. */
static int in_child(mimir_logger *logger) {
  mimir_entry *entry = mimir_entry_new();
  mimir_logger_statistics statistics = MIMIR_LOGGER_STATISTICS_INIT;
  mimir_text key = MIMIR_TEXT("k");
  double value = 1;
  uint64_t loaded;
  size_t count;
  char *text;
  check_failed = check_passed = 0;
  CHECK_STATUS(mimir_logger_log(logger, entry), MIMIR_ERROR_FORKED);
  CHECK_STATUS(mimir_logger_log_json(logger, MIMIR_KEY("{}")), MIMIR_ERROR_FORKED);
  CHECK_STATUS(mimir_logger_log_doubles(logger, &key, &value, 1), MIMIR_ERROR_FORKED);
  CHECK_STATUS(mimir_logger_load(logger, "forked.jsonl", &loaded), MIMIR_ERROR_FORKED);
  CHECK_STATUS(mimir_logger_count(logger, &count), MIMIR_ERROR_FORKED);
  CHECK_STATUS(mimir_logger_get(logger, 0, &text, &count), MIMIR_ERROR_FORKED);
  CHECK_STATUS(mimir_logger_flush(logger), MIMIR_ERROR_FORKED);
  CHECK_STATUS(mimir_logger_stats(logger, &statistics), MIMIR_ERROR_FORKED);
  CHECK_OK(mimir_logger_close(logger));
  /* It can have a log of its own, and the parent's is still the parent's. */
  mimir_logger_options options = quiet("child.jsonl");
  mimir_logger *own = NULL;
  CHECK_OK(mimir_logger_open(&options, &own));
  CHECK_OK(mimir_logger_log(own, entry));
  CHECK_OK(mimir_logger_close(own));
  options.path = "forked.jsonl";
  CHECK_STATUS(mimir_logger_open(&options, &own), MIMIR_ERROR_LOCKED);
  mimir_entry_free(entry);
  return check_failed;
}

static void forking(uint32_t flush) {
  mimir_logger_options options = quiet("forked.jsonl");
  mimir_logger *logger = NULL;
  options.mode = MIMIR_MODE_TRUNCATE;
  options.flush = flush;
  options.flush_interval_ms = 3600000;
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK_OK(mimir_logger_log_json(logger, MIMIR_KEY("{\"i\":1}")));
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    int failed = in_child(logger);
    fflush(stdout);
    _exit(failed);
  }
  CHECK(ended_well(child));
  CHECK_OK(mimir_logger_log_json(logger, MIMIR_KEY("{\"i\":2}")));
  CHECK_OK(mimir_logger_close(logger));
  CHECK_FILE("forked.jsonl", "{\"i\":1}\n{\"i\":2}\n");
}

/* A child that outlives its parent's logger does not keep the file locked. */
static void lock_is_not_inherited(void) {
  mimir_logger_options options = quiet("inherited.jsonl");
  mimir_logger *logger = NULL;
  int release[2], running[2];
  char byte = 'y';
  if (pipe(release) || pipe(running)) abort();
  CHECK_OK(mimir_logger_open(&options, &logger));
  pid_t child = fork();
  if (child == 0) {
    close(release[1]);
    _exit(write(running[1], &byte, 1) == 1 && read(release[0], &byte, 1) == 0 ? 0 : 1);
  }
  close(release[0]);
  close(running[1]);
  CHECK(read(running[0], &byte, 1) == 1);
  close(running[0]);
  CHECK_OK(mimir_logger_close(logger));
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK_OK(mimir_logger_close(logger));
  close(release[1]);
  CHECK(ended_well(child));
}

int main(int argc, char **argv) {
  if (argc == 3) return hold(argv[2], strcmp(argv[1], "share") == 0);
  locked(argv[0]);
  sharing(argv[0]);
  forking(MIMIR_FLUSH_EVERY_ENTRY);
  forking(MIMIR_FLUSH_INTERVAL);
  lock_is_not_inherited();
  return check_done();
}
