/* loggers.h - what several tests do with loggers. */
#ifndef LOGGERS_H
#define LOGGERS_H

#include "check.h"

/* Options for a file and nothing on standard error. */
static inline mimir_logger_options quiet(const char *path) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.path = path;
  options.warnings = MIMIR_WARNINGS_OFF;
  return options;
}

static inline mimir_status log_text(mimir_logger *logger, const char *text) {
  return mimir_logger_log_json(logger, text, MIMIR_NUL_TERMINATED);
}

static inline mimir_logger_statistics stats(const mimir_logger *logger) {
  mimir_logger_statistics statistics = MIMIR_LOGGER_STATISTICS_INIT;
  CHECK_OK(mimir_logger_stats(logger, &statistics));
  return statistics;
}

static inline size_t count_of(const mimir_logger *logger) {
  size_t count = 99;
  CHECK_OK(mimir_logger_count(logger, &count));
  return count;
}

#endif
