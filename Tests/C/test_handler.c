/* Handlers of a program's own: what they get, and what they may not do. */
#include "check.h"

#include <math.h>

typedef struct {
  mimir_logger *logger;
  uint64_t last;
  char text[256];
  mimir_status logged;
} seen;

static void see(void *context, uint64_t sequence, const char *text, size_t length) {
  seen *it = context;
  it->last = sequence;
  snprintf(it->text, sizeof it->text, "%.*s", (int)length, text);
  it->logged = mimir_logger_log_json(it->logger, "{}", MIMIR_NUL_TERMINATED);
}

static void count(void *context, uint64_t sequence, const char *text, size_t length) {
  (void)sequence, (void)text, (void)length;
  ++*(int *)context;
}

int main(void) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.maxlen = 10;
  mimir_logger *logger = NULL;
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK_OK(mimir_logger_log_json(logger, "{\"before\":1}", MIMIR_NUL_TERMINATED));
  seen it = {logger, 0, "", MIMIR_OK};
  int calls = 0;
  CHECK_OK(mimir_logger_add_handler(logger, see, &it));
  CHECK_OK(mimir_logger_add_handler(logger, count, &calls));
  CHECK(it.last == 0);
  CHECK_OK(mimir_logger_log_json(logger, "{\"a\": 1, \"b\": NaN}", MIMIR_NUL_TERMINATED));
  CHECK(it.last == 2);
  CHECK_TEXT(it.text, "{\"a\":1,\"b\":NaN}");
  CHECK_STATUS(it.logged, MIMIR_ERROR_INVALID_STATE);
  CHECK_STATUS(mimir_logger_log_json(logger, "[]", MIMIR_NUL_TERMINATED), MIMIR_ERROR_INVALID_JSON);
  CHECK(it.last == 2 && calls == 1);
  const mimir_text keys[] = {{"x", 1}};
  const double values[] = {INFINITY};
  CHECK_OK(mimir_logger_log_doubles(logger, keys, values, 1));
  CHECK_TEXT(it.text, "{\"x\":Infinity}");
  CHECK(it.last == 3 && calls == 2);
  CHECK_STATUS(mimir_logger_add_handler(NULL, see, &it), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_STATUS(mimir_logger_add_handler(logger, NULL, &it), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_OK(mimir_logger_close(logger));
  return check_done();
}
