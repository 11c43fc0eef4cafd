/* What is logged as text or as doubles: what is taken, what is refused, and how large it may be. */
#include "loggers.h"

static mimir_logger *open_quiet(const char *path, uint64_t max_entry_bytes) {
  mimir_logger_options options = quiet(path);
  mimir_logger *logger = NULL;
  options.maxlen = MIMIR_UNLIMITED;
  options.max_entry_bytes = max_entry_bytes;
  CHECK_OK(mimir_logger_open(&options, &logger));
  return logger;
}

static void text(void) {
  mimir_logger *logger = open_quiet("text.jsonl", 0);
  CHECK_OK(log_text(logger, " {\n \"a\" : [1, 2.50,\t{\"b\":null}] ,\r\n\"c\":\" \\u00e9\"}\n"));
  CHECK_ENTRY(logger, -1, "{\"a\":[1,2.50,{\"b\":null}],\"c\":\" \\u00e9\"}");
  const struct {
    const char *text;
    const char *offset;
  } bad[] = {
      {"", "0"},
      {"[1]", "0"},
      {"1", "0"},
      {"{\"a\":1,}", "7"},
      {"{\"a\":1} {}", "8"},
      {"{\"a\":01}", "6"},
      {"{\"a\" 1}", "5"},
      {"{a:1}", "1"},
      {"{\"a\":1", "6"},
      {"{\"a\":tru}", ""},
      {"{\"a\":\"\n\"}", "6"},
      {"\xef\xbb\xbf{}", "0"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (!CHECK_STATUS(log_text(logger, bad[i].text), MIMIR_ERROR_INVALID_JSON) ||
        !CHECK_MESSAGE(bad[i].offset)) {
      printf("  text: %s\n", bad[i].text);
    }
  }
  CHECK_STATUS(log_text(logger, "{\"a\":\"\xff\"}"), MIMIR_ERROR_INVALID_UTF8);
  CHECK_MESSAGE("6");
  CHECK_STATUS(mimir_logger_log_json(logger, "{\"a\":1}\0", 8), MIMIR_ERROR_INVALID_JSON);

  static char deep[2 * 513 + 16];
  for (int levels = 512; levels <= 513; levels++) {
    char *end = deep + sprintf(deep, "{\"a\":");
    memset(end, '[', (size_t)levels - 1);
    memset(end + levels - 1, ']', (size_t)levels - 1);
    strcpy(end + 2 * (levels - 1), "}");
    CHECK_STATUS(log_text(logger, deep), levels == 512 ? MIMIR_OK : MIMIR_ERROR_TOO_DEEP);
  }
  CHECK(count_of(logger) == 2);
  CHECK_OK(mimir_logger_close(logger));
}

static void doubles(void) {
  mimir_logger *logger = open_quiet("doubles.jsonl", 0);
  mimir_text keys[] = {MIMIR_TEXT("iteration"), {"a\"b", MIMIR_NUL_TERMINATED}, {"lossy", 4}};
  double values[] = {1, 0.5, -2e-7};
  CHECK_OK(mimir_logger_log_doubles(logger, keys, values, 2));
  CHECK_FILE("doubles.jsonl", "{\"iteration\":1.0,\"a\\\"b\":0.5}\n");
  CHECK_OK(mimir_logger_log_doubles(logger, keys + 2, values + 1, 1));
  CHECK_ENTRY(logger, -1, "{\"loss\":0.5}");
  keys[1].data = "\xff";
  CHECK_STATUS(mimir_logger_log_doubles(logger, keys, values, 2), MIMIR_ERROR_INVALID_UTF8);
  CHECK(count_of(logger) == 2);
  CHECK_OK(mimir_logger_close(logger));
}

static void limits(void) {
  mimir_logger *logger = open_quiet("limits.jsonl", 12);
  CHECK_OK(log_text(logger, "{\"loss\":0.5}"));
  CHECK_STATUS(log_text(logger, "{\"loss\":0.55}"), MIMIR_ERROR_TOO_LARGE);
  CHECK_FILE("limits.jsonl", "{\"loss\":0.5}\n");
  CHECK(count_of(logger) == 1);
  char *text = (char *)logger;
  size_t length = 99;
  int64_t outside[] = {1, -2, INT64_MIN, INT64_MAX};
  for (int i = 0; i < 4; i++) {
    CHECK_STATUS(mimir_logger_get(logger, outside[i], &text, &length), MIMIR_ERROR_OUT_OF_RANGE);
    CHECK(text == NULL && length == 0);
  }
  CHECK_OK(mimir_logger_close(logger));
}

int main(void) {
  text();
  doubles();
  limits();
  return check_done();
}
