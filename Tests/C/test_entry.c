/* Entries: what each setter writes, nesting, arrays, faulty text, reuse. */
#include "check.h"

#include <math.h>

static mimir_logger *logger;
static mimir_entry *entry;

/* Logs what was set, compares it, and starts over. */
#define CHECK_LOGS(wanted) \
  do { \
    CHECK_OK(mimir_logger_log(logger, entry)); \
    CHECK_ENTRY(logger, -1, wanted); \
    mimir_entry_clear(entry); \
  } while (0)

static void numbers(void) {
  CHECK_LOGS("{}");
  CHECK_OK(mimir_entry_set_int64(entry, MIMIR_KEY("least"), INT64_MIN));
  CHECK_OK(mimir_entry_set_int64(entry, MIMIR_KEY("most"), INT64_MAX));
  CHECK_OK(mimir_entry_set_uint64(entry, MIMIR_KEY("unsigned"), UINT64_MAX));
  CHECK_OK(mimir_entry_set_int64(entry, MIMIR_KEY("zero"), 0));
  CHECK_LOGS(
      "{\"least\":-9223372036854775808,\"most\":9223372036854775807,"
      "\"unsigned\":18446744073709551615,\"zero\":0}");
  CHECK_OK(mimir_entry_set_double(entry, MIMIR_KEY("one"), 1));
  CHECK_OK(mimir_entry_set_double(entry, MIMIR_KEY("tenth"), 0.1));
  CHECK_OK(mimir_entry_set_double(entry, MIMIR_KEY("minus"), -0.0));
  CHECK_OK(mimir_entry_set_float(entry, MIMIR_KEY("float"), 0.1f));
  CHECK_OK(mimir_entry_set_float(entry, MIMIR_KEY("two"), 2.0f));
  CHECK_LOGS("{\"one\":1.0,\"tenth\":0.1,\"minus\":-0.0,\"float\":0.1,\"two\":2.0}");
  double values[] = {1, -2.5, 0.1, 1e300};
  CHECK_OK(mimir_entry_set_doubles(entry, MIMIR_KEY("list"), values, 3));
  CHECK_OK(mimir_entry_set_doubles(entry, MIMIR_KEY("none"), NULL, 0));
  CHECK_LOGS("{\"list\":[1.0,-2.5,0.1],\"none\":[]}");
  /* Whatever the notation, it reads back to the same bits. */
  double hard[] = {1e300, 5e-324, 1.7976931348623157e308, 1e21, 1e-7, 123456789012345680.0};
  for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
    char *text = NULL;
    size_t length;
    CHECK_OK(mimir_entry_set_double(entry, MIMIR_KEY("x"), hard[i]));
    CHECK_OK(mimir_logger_log(logger, entry));
    CHECK_OK(mimir_logger_get(logger, -1, &text, &length));
    CHECK(text && length > 5 && strtod(text + 5, NULL) == hard[i]);
    CHECK(text && strpbrk(text + 5, ".e") != NULL);
    mimir_free(text);
    mimir_entry_clear(entry);
  }
}

static void others(void) {
  CHECK_OK(mimir_entry_set_bool(entry, MIMIR_KEY("yes"), true));
  CHECK_OK(mimir_entry_set_bool(entry, MIMIR_KEY("no"), false));
  CHECK_OK(mimir_entry_set_null(entry, MIMIR_KEY("none")));
  CHECK_LOGS("{\"yes\":true,\"no\":false,\"none\":null}");
  CHECK_OK(mimir_entry_set_string(entry, MIMIR_KEY("text"), "a\"b\\c\n\t\x01 \xc3\xa9",
                                  MIMIR_NUL_TERMINATED));
  CHECK_OK(mimir_entry_set_string(entry, MIMIR_KEY("nul"), "a\0b", 3));
  CHECK_OK(mimir_entry_set_string(entry, MIMIR_KEY("empty"), NULL, 0));
  CHECK_OK(mimir_entry_set_string(entry, "", 0, "no key", 2));
  CHECK_LOGS(
      "{\"text\":\"a\\\"b\\\\c\\n\\t\\u0001 \xc3\xa9\",\"nul\":\"a\\u0000b\",\"empty\":\"\","
      "\"\":\"no\"}");
  CHECK_OK(mimir_entry_set_int64(entry, "k\"\n", MIMIR_NUL_TERMINATED, 1));
  CHECK_OK(mimir_entry_set_int64(entry, "twice", 5, 1));
  CHECK_OK(mimir_entry_set_int64(entry, "twice", 5, 2));
  CHECK_LOGS("{\"k\\\"\\n\":1,\"twice\":1,\"twice\":2}");
  CHECK_OK(mimir_entry_set_json(entry, MIMIR_KEY("json"), " { \"a\" : [ 1 , 2.50 ,\n null ] } ",
                                MIMIR_NUL_TERMINATED));
  CHECK_OK(
      mimir_entry_set_json(entry, MIMIR_KEY("big"), MIMIR_KEY("123456789012345678901234567890")));
  CHECK_LOGS("{\"json\":{\"a\":[1,2.50,null]},\"big\":123456789012345678901234567890}");
}

static void nesting(void) {
  CHECK_OK(mimir_entry_begin_object(entry, MIMIR_KEY("config")));
  CHECK_OK(mimir_entry_set_double(entry, MIMIR_KEY("lr"), 0.5));
  CHECK_OK(mimir_entry_begin_object(entry, MIMIR_KEY("empty")));
  CHECK_STATUS(mimir_logger_log(logger, entry), MIMIR_ERROR_INVALID_STATE);
  CHECK_OK(mimir_entry_end_object(entry));
  CHECK_OK(mimir_entry_set_int64(entry, MIMIR_KEY("n"), 2));
  CHECK_OK(mimir_entry_end_object(entry));
  CHECK_OK(mimir_entry_set_int64(entry, MIMIR_KEY("i"), 3));
  CHECK_STATUS(mimir_entry_end_object(entry), MIMIR_ERROR_INVALID_STATE);
  CHECK_LOGS("{\"config\":{\"lr\":0.5,\"empty\":{},\"n\":2},\"i\":3}");

  /* 512 levels, the entry itself included. */
  for (int level = 2; level <= 512; level++) {
    CHECK_OK(mimir_entry_begin_object(entry, MIMIR_KEY("o")));
  }
  CHECK_STATUS(mimir_entry_begin_object(entry, MIMIR_KEY("o")), MIMIR_ERROR_TOO_DEEP);
  CHECK_STATUS(mimir_entry_set_json(entry, MIMIR_KEY("o"), MIMIR_KEY("[]")), MIMIR_ERROR_TOO_DEEP);
  CHECK_OK(mimir_entry_set_json(entry, MIMIR_KEY("o"), MIMIR_KEY("1")));
  for (int level = 2; level <= 512; level++) CHECK_OK(mimir_entry_end_object(entry));
  CHECK_OK(mimir_logger_log(logger, entry));

  /* Clearing closes what is open. */
  mimir_entry_clear(entry);
  CHECK_OK(mimir_entry_begin_object(entry, MIMIR_KEY("open")));
  mimir_entry_clear(entry);
  CHECK_STATUS(mimir_entry_end_object(entry), MIMIR_ERROR_INVALID_STATE);
  CHECK_LOGS("{}");
}

/* A setter that fails leaves the entry as it was. */
static void faults(void) {
  CHECK_OK(mimir_entry_set_int64(entry, MIMIR_KEY("before"), 1));
  CHECK_STATUS(mimir_entry_set_string(entry, MIMIR_KEY("text"), MIMIR_KEY("ab\xff")),
               MIMIR_ERROR_INVALID_UTF8);
  CHECK_STATUS(mimir_entry_set_string(entry, MIMIR_KEY("half"), MIMIR_KEY("\xed\xa0\x80")),
               MIMIR_ERROR_INVALID_UTF8);
  CHECK_STATUS(mimir_entry_set_string(entry, MIMIR_KEY("overlong"), MIMIR_KEY("\xc0\x80")),
               MIMIR_ERROR_INVALID_UTF8);
  CHECK_STATUS(mimir_entry_set_int64(entry, MIMIR_KEY("\x80"), 1), MIMIR_ERROR_INVALID_UTF8);
  CHECK_STATUS(mimir_entry_begin_object(entry, MIMIR_KEY("\xf8")), MIMIR_ERROR_INVALID_UTF8);
  CHECK_STATUS(mimir_entry_end_object(entry), MIMIR_ERROR_INVALID_STATE);
  CHECK_STATUS(mimir_entry_set_json(entry, MIMIR_KEY("json"), MIMIR_KEY("[1,]")),
               MIMIR_ERROR_INVALID_JSON);
  CHECK_MESSAGE("3");
  const char *bad[] = {"",    " ",  "{",      "01",  "1.",       "nul",
                       "1 2", "[1", "\"\t\"", "'a'", "{\"a\":}", "\"\\x\""};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CHECK_STATUS(mimir_entry_set_json(entry, MIMIR_KEY("json"), bad[i], MIMIR_NUL_TERMINATED),
                 MIMIR_ERROR_INVALID_JSON);
  }
  CHECK_STATUS(mimir_entry_set_json(entry, MIMIR_KEY("json"), MIMIR_KEY("\"\xff\"")),
               MIMIR_ERROR_INVALID_UTF8);
  CHECK_OK(mimir_entry_set_int64(entry, MIMIR_KEY("after"), 2));
  CHECK_LOGS("{\"before\":1,\"after\":2}");
}

static void arrays(void) {
  double doubles[] = {1, 2, 3, 4, 5, 6};
  size_t shape[] = {2, 3};
  CHECK_OK(mimir_entry_set_array(entry, MIMIR_KEY("a"), doubles, MIMIR_DTYPE_FLOAT64, shape, 2,
                                 MIMIR_ORDER_C));
  CHECK_LOGS(
      "{\"a\":{\"__ndarray__\":"
      "\"AAAAAAAA8D8AAAAAAAAAQAAAAAAAAAhAAAAAAAAAEEAAAAAAAAAUQAAAAAAAABhA\","
      "\"descr\":\"<f8\",\"fortran_order\":false,\"shape\":[2,3]}}");
  const char bytes[16] = {1, 0, 1};
  size_t three[] = {3};
  CHECK_OK(mimir_entry_set_array(entry, MIMIR_KEY("a"), bytes, MIMIR_DTYPE_BOOL, three, 1,
                                 MIMIR_ORDER_FORTRAN));
  CHECK_LOGS(
      "{\"a\":{\"__ndarray__\":\"AQAB\",\"descr\":\"|b1\",\"fortran_order\":true,\"shape\":[3]}}");
  /* A scalar; one without elements. */
  CHECK_OK(mimir_entry_set_array(entry, MIMIR_KEY("a"), bytes, MIMIR_DTYPE_INT8, NULL, 0,
                                 MIMIR_ORDER_C));
  CHECK_LOGS(
      "{\"a\":{\"__ndarray__\":\"AQ==\",\"descr\":\"|i1\",\"fortran_order\":false,\"shape\":[]}}");
  size_t none[] = {2, 0};
  CHECK_OK(mimir_entry_set_array(entry, MIMIR_KEY("a"), NULL, MIMIR_DTYPE_INT32, none, 2,
                                 MIMIR_ORDER_C));
  CHECK_LOGS(
      "{\"a\":{\"__ndarray__\":\"\",\"descr\":\"<i4\",\"fortran_order\":false,\"shape\":[2,0]}}");

  const char *descr[] = {"|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2",
                         "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"};
  size_t one[] = {1};
  for (uint32_t dtype = MIMIR_DTYPE_BOOL; dtype <= MIMIR_DTYPE_COMPLEX128; dtype++) {
    char wanted[64];
    char *text = NULL;
    size_t length;
    CHECK_OK(mimir_entry_set_array(entry, MIMIR_KEY("a"), bytes, dtype, one, 1, MIMIR_ORDER_C));
    CHECK_OK(mimir_logger_log(logger, entry));
    CHECK_OK(mimir_logger_get(logger, -1, &text, &length));
    snprintf(wanted, sizeof wanted, "\"descr\":\"%s\"", descr[dtype - 1]);
    CHECK(text && strstr(text, wanted));
    mimir_free(text);
    mimir_entry_clear(entry);
  }
  size_t huge[] = {SIZE_MAX / 2, 3};
  CHECK(mimir_entry_set_array(entry, MIMIR_KEY("a"), doubles, MIMIR_DTYPE_FLOAT64, huge, 2, 0) < 0);
  CHECK_STATUS(mimir_entry_set_array(entry, MIMIR_KEY("a"), doubles, 0, one, 1, 0),
               MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_STATUS(mimir_entry_set_array(entry, MIMIR_KEY("a"), doubles, 15, one, 1, 0),
               MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_STATUS(
      mimir_entry_set_array(entry, MIMIR_KEY("a"), doubles, MIMIR_DTYPE_FLOAT64, one, 1, 2),
      MIMIR_ERROR_INVALID_ARGUMENT);
  size_t many[65];
  for (int i = 0; i < 65; i++) many[i] = 1;
  CHECK_STATUS(mimir_entry_set_array(entry, MIMIR_KEY("a"), bytes, MIMIR_DTYPE_INT8, many, 65, 0),
               MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_OK(mimir_entry_set_array(entry, MIMIR_KEY("a"), bytes, MIMIR_DTYPE_INT8, many, 64, 0));
  mimir_entry_clear(entry);
  CHECK_LOGS("{}");
}

int main(void) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.maxlen = 1;
  options.warnings = MIMIR_WARNINGS_OFF;
  entry = mimir_entry_new();
  if (!CHECK(entry) || !CHECK_OK(mimir_logger_open(&options, &logger))) return check_done();
  numbers();
  others();
  nesting();
  faults();
  arrays();
  /* Logging does not consume it. */
  CHECK_OK(mimir_entry_set_double(entry, MIMIR_KEY("loss"), NAN));
  CHECK_OK(mimir_logger_log(logger, entry));
  CHECK_OK(mimir_logger_log(logger, entry));
  CHECK_LOGS("{\"loss\":NaN}");
  mimir_entry_free(entry);
  CHECK_OK(mimir_logger_close(logger));
  return check_done();
}
