/* Loading the library, and using it, leaves the host's signal handlers alone.
 * Usage: test_signals PATH_OF_LIBRARY. Not linked with it. */
#include "check.h"

#include <dlfcn.h>
#include <signal.h>

enum { SIGNALS = 65 };

static void snapshot(struct sigaction *actions) {
  memset(actions, 0, sizeof *actions * SIGNALS);
  for (int signal = 1; signal < SIGNALS; signal++) sigaction(signal, NULL, &actions[signal]);
}

static void compare(const struct sigaction *before, const struct sigaction *after) {
  for (int signal = 1; signal < SIGNALS; signal++) {
    if (!CHECK(before[signal].sa_handler == after[signal].sa_handler &&
               before[signal].sa_flags == after[signal].sa_flags)) {
      printf("  signal %d\n", signal);
    }
  }
}

int main(int argc, char **argv) {
  struct sigaction before[SIGNALS], after[SIGNALS];
  if (argc != 2) return 2;
  snapshot(before);
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    printf("%s\n", dlerror());
    return 1;
  }
  snapshot(after);
  compare(before, after);

  mimir_status (*open)(const mimir_logger_options *, mimir_logger **);
  mimir_status (*log_json)(mimir_logger *, const char *, size_t);
  mimir_status (*close)(mimir_logger *);
  *(void **)&open = dlsym(library, "mimir_logger_open");
  *(void **)&log_json = dlsym(library, "mimir_logger_log_json");
  *(void **)&close = dlsym(library, "mimir_logger_close");
  if (CHECK(open && log_json && close)) {
    mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
    mimir_logger *logger = NULL;
    options.path = "signals.jsonl";
    options.flush = MIMIR_FLUSH_INTERVAL; /* with a thread */
    CHECK(open(&options, &logger) == MIMIR_OK);
    CHECK(log_json(logger, MIMIR_KEY("{\"i\":1}")) == MIMIR_OK);
    CHECK(close(logger) == MIMIR_OK);
    snapshot(after);
    compare(before, after);
  }
  return check_done();
}
