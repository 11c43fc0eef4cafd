/* Logs two entries into the gzip log that is its argument. */
#include <mimir.h>
#include <stdio.h>
#include <string.h>

int main(int count, char **arguments) {
  if (count != 2) return 2;
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.path = arguments[1];
  mimir_logger *logger;
  if (mimir_logger_open(&options, &logger) != MIMIR_OK ||
      mimir_logger_log_json(logger, "{\"a\": 1}", MIMIR_NUL_TERMINATED) != MIMIR_OK ||
      mimir_logger_log_json(logger, "{\"a\": 2}", MIMIR_NUL_TERMINATED) != MIMIR_OK ||
      mimir_logger_close(logger) != MIMIR_OK) {
    fprintf(stderr, "%s\n", mimir_last_error());
    return 1;
  }
  return strcmp(mimir_version_string(), MIMIR_VERSION_STRING) != 0;
}
