/* NaN and infinities: what stands on disk and in memory for each policy; the warnings. */
#include "check.h"

#include <math.h>
#include <unistd.h>

struct heard {
  int count;
  mimir_status status;
  char text[1024];
};

static void hear(void *context, mimir_status status, const char *message, size_t length) {
  struct heard *heard = (struct heard *)context;
  heard->count++;
  heard->status = status;
  CHECK(message[length] == 0 && strlen(message) == length && strchr(message, '\n') == NULL);
  snprintf(heard->text, sizeof heard->text, "%s", message);
}

static mimir_logger *open_with(const char *path, uint32_t policy, struct heard *heard) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  mimir_logger *logger = NULL;
  options.path = path;
  options.maxlen = 10;
  options.nonfinite = policy;
  options.warnings = MIMIR_WARNINGS_CALLBACK;
  options.on_warning = hear;
  options.warning_context = heard;
  CHECK_OK(mimir_logger_open(&options, &logger));
  return logger;
}

static const char *all_kinds =
    "{\"loss\":NaN,\"a/b~\":[1,Infinity],\"o\":{\"x\":-Infinity},\"fine\":1.5}";

static void policy(uint32_t policy, const char *written, const char *read_back) {
  struct heard heard = {0, 0, ""};
  char path[32];
  snprintf(path, sizeof path, "policy%u.jsonl", policy);
  mimir_logger *logger = open_with(path, policy, &heard);
  double infinity = -INFINITY;
  mimir_entry *entry = mimir_entry_new();
  CHECK_OK(mimir_entry_set_double(entry, MIMIR_KEY("loss"), NAN));
  CHECK_OK(mimir_entry_set_json(entry, MIMIR_KEY("a/b~"), MIMIR_KEY("[1, Infinity]")));
  CHECK_OK(mimir_entry_begin_object(entry, MIMIR_KEY("o")));
  CHECK_OK(mimir_entry_set_double(entry, MIMIR_KEY("x"), infinity));
  CHECK_OK(mimir_entry_end_object(entry));
  CHECK_OK(mimir_entry_set_double(entry, MIMIR_KEY("fine"), 1.5));
  CHECK_OK(mimir_logger_log(logger, entry));
  CHECK_ENTRY(logger, -1, all_kinds);
  CHECK_FILE(path, written);
  /* The same from text; each key has warned already. */
  int warned = heard.count;
  CHECK(warned == 3);
  CHECK_OK(mimir_logger_log_json(logger, all_kinds, MIMIR_NUL_TERMINATED));
  CHECK_ENTRY(logger, -1, all_kinds);
  CHECK(heard.count == warned);
  mimir_logger_statistics statistics = MIMIR_LOGGER_STATISTICS_INIT;
  CHECK_OK(mimir_logger_stats(logger, &statistics));
  CHECK(statistics.nonfinite == 6);
  CHECK_OK(mimir_logger_close(logger));
  char twice[1024];
  snprintf(twice, sizeof twice, "%s%s", written, written);
  CHECK_FILE(path, twice);

  logger = open_with(path, policy, &heard);
  CHECK_ENTRY(logger, -1, read_back);
  CHECK_OK(mimir_logger_close(logger));
  mimir_entry_free(entry);
}

static void refusing(void) {
  struct heard heard = {0, 0, ""};
  mimir_logger *logger = open_with("refusing.jsonl", MIMIR_NONFINITE_ERROR, &heard);
  mimir_text key = MIMIR_TEXT("loss");
  double value = NAN;
  CHECK_STATUS(mimir_logger_log_json(logger, all_kinds, MIMIR_NUL_TERMINATED),
               MIMIR_ERROR_NONFINITE);
  CHECK_STATUS(mimir_logger_log_doubles(logger, &key, &value, 1), MIMIR_ERROR_NONFINITE);
  CHECK_MESSAGE("loss");
  size_t count = 99;
  CHECK_OK(mimir_logger_count(logger, &count));
  CHECK(count == 0);
  CHECK_FILE("refusing.jsonl", "");
  CHECK_OK(mimir_logger_close(logger));
}

static void warnings(void) {
  struct heard heard = {0, 0, ""};
  mimir_logger *logger = open_with("/dev/null", MIMIR_NONFINITE_NULL, &heard);
  mimir_text keys[] = {MIMIR_TEXT("loss"), MIMIR_TEXT("gradient")};
  double values[] = {NAN, 0.5};
  CHECK_OK(mimir_logger_log_doubles(logger, keys, values, 2));
  CHECK(heard.count == 1 && heard.status == MIMIR_OK);
  CHECK(strstr(heard.text, "loss") && strstr(heard.text, "NaN"));
  values[1] = INFINITY;
  CHECK_OK(mimir_logger_log_doubles(logger, keys, values, 2));
  CHECK(heard.count == 2 && strstr(heard.text, "gradient"));
  CHECK_OK(mimir_logger_close(logger));
  /* Memory alone keeps the true values: nothing to warn of. */
  logger = open_with(NULL, MIMIR_NONFINITE_NULL, &heard);
  CHECK_OK(mimir_logger_log_doubles(logger, keys, values, 2));
  CHECK(heard.count == 2);
  CHECK_OK(mimir_logger_close(logger));
}

/* To standard error, or nowhere. */
static void quiet(uint32_t where, bool expected) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.warnings = where;
  options.path = "/dev/null";
  mimir_logger *logger = NULL;
  CHECK_OK(mimir_logger_open(&options, &logger));
  fflush(stderr);
  int console = dup(2);
  CHECK(freopen("stderr.txt", "w", stderr) != NULL);
  mimir_status status = mimir_logger_log_json(logger, MIMIR_KEY("{\"loss\":NaN}"));
  fflush(stderr);
  dup2(console, 2);
  close(console);
  CHECK_OK(status);
  char *text = file_text("stderr.txt");
  CHECK(expected ? strstr(text, "loss") != NULL && strchr(text, '\n') == text + strlen(text) - 1
                 : *text == 0);
  free(text);
  CHECK_OK(mimir_logger_close(logger));
}

int main(void) {
  policy(MIMIR_NONFINITE_NULL,
         "{\"loss\":null,\"a/b~\":[1,null],\"o\":{\"x\":null},\"fine\":1.5}\n",
         "{\"loss\":null,\"a/b~\":[1,null],\"o\":{\"x\":null},\"fine\":1.5}");
  policy(MIMIR_NONFINITE_TAGGED,
         "{\"loss\":null,\"a/b~\":[1,null],\"o\":{\"x\":null},\"fine\":1.5,\"__nonfinite__\":"
         "{\"/loss\":\"NaN\",\"/a~1b~0/1\":\"Infinity\",\"/o/x\":\"-Infinity\"}}\n",
         all_kinds);
  policy(MIMIR_NONFINITE_STRING,
         "{\"loss\":\"NaN\",\"a/b~\":[1,\"Infinity\"],\"o\":{\"x\":\"-Infinity\"},\"fine\":1.5}\n",
         "{\"loss\":\"NaN\",\"a/b~\":[1,\"Infinity\"],\"o\":{\"x\":\"-Infinity\"},\"fine\":1.5}");
  policy(MIMIR_NONFINITE_LITERAL,
         "{\"loss\":NaN,\"a/b~\":[1,Infinity],\"o\":{\"x\":-Infinity},\"fine\":1.5}\n", all_kinds);
  refusing();
  warnings();
  quiet(MIMIR_WARNINGS_STDERR, true);
  quiet(MIMIR_WARNINGS_OFF, false);
  return check_done();
}
