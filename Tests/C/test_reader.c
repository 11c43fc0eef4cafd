/* The reader: entries of plain and gzip logs, the last ones, and what it says of what it left out. */
#include "loggers.h"

#include <sys/wait.h>
#include <unistd.h>

static void put(const char *path, const char *text, size_t length) {
  FILE *file = fopen(path, "wb");
  fwrite(text, 1, length, file);
  fclose(file);
}

static mimir_reader *reader_of(const char *path) {
  mimir_reader *reader = NULL;
  CHECK_OK(mimir_reader_open(path, &reader));
  return reader;
}

static bool next_is(mimir_reader *reader, const char *wanted) {
  const char *text = NULL;
  size_t length = 99;
  if (!CHECK_OK(mimir_reader_next(reader, &text, &length))) return false;
  if (!wanted) return CHECK(text == NULL && length == 0);
  return CHECK_TEXT(text, wanted) && CHECK(length == strlen(wanted));
}

static mimir_reader_statistics report(mimir_reader *reader) {
  mimir_reader_statistics statistics = MIMIR_READER_STATISTICS_INIT;
  CHECK_OK(mimir_reader_report(reader, &statistics));
  return statistics;
}

/* The same entries from a plain and from a gzip log, while it is written and when it is closed. */
static void both_formats(const char *path) {
  enum { COUNT = 20000 };
  mimir_logger_options options = quiet(path);
  mimir_logger *logger = NULL;
  char text[64];
  CHECK_OK(mimir_logger_open(&options, &logger));
  for (int i = 0; i < COUNT; i++) {
    snprintf(text, sizeof text, "{\"i\":%d}", i);
    if (log_text(logger, text) != MIMIR_OK) CHECK(false);
  }
  for (int closed = 0; closed < 2; closed++) {
    mimir_reader *reader = reader_of(path);
    int right = 0;
    const char *entry;
    size_t length;
    for (int i = 0; i < COUNT; i++) {
      snprintf(text, sizeof text, "{\"i\":%d}", i);
      if (mimir_reader_next(reader, &entry, &length) != MIMIR_OK || !entry) break;
      right += strcmp(entry, text) == 0 && length == strlen(text);
    }
    CHECK(right == COUNT);
    next_is(reader, NULL);
    next_is(reader, NULL);
    mimir_reader_statistics all = report(reader);
    CHECK(all.entries == COUNT && !all.damaged && !all.torn);
    CHECK(all.skipped_lines == 0 && all.skipped_bytes == 0);
    CHECK_TEXT(all.message, "");

    CHECK_OK(mimir_reader_last(reader, 2));
    next_is(reader, "{\"i\":19998}");
    next_is(reader, "{\"i\":19999}");
    next_is(reader, NULL);
    CHECK(report(reader).entries == 2);
    CHECK_OK(mimir_reader_last(reader, 0));
    next_is(reader, NULL);
    CHECK_OK(mimir_reader_last(reader, UINT64_MAX));
    next_is(reader, "{\"i\":0}");
    mimir_reader_close(reader);
    if (!closed) CHECK_OK(mimir_logger_close(logger));
  }
}

static void what_is_left_out(void) {
  const char text[] = "{\"a\":1}\n\n[2]\nno\n  { \"b\" : 2 }\r\n{\"torn";
  put("mixed.jsonl", text, sizeof text - 1);
  mimir_reader *reader = reader_of("mixed.jsonl");
  next_is(reader, "{\"a\":1}");
  next_is(reader, "{\"b\":2}");
  next_is(reader, NULL);
  mimir_reader_statistics all = report(reader);
  CHECK(all.entries == 2 && all.skipped_lines == 2 && all.torn && !all.damaged);
  CHECK(all.skipped_bytes == 6);
  CHECK(strstr(all.message, "torn entry") &&
        strstr(all.message, "2 lines of mixed.jsonl are no JSON objects"));

  /* A torn end is not one of the last entries; one that only lacks its newline is. */
  CHECK_OK(mimir_reader_last(reader, 1));
  next_is(reader, "{\"b\":2}");
  next_is(reader, NULL);
  mimir_reader_close(reader);
  put("whole.jsonl", "{\"a\":1}\n{\"b\":2}", 15);
  reader = reader_of("whole.jsonl");
  CHECK_OK(mimir_reader_last(reader, 1));
  next_is(reader, "{\"b\":2}");
  next_is(reader, NULL);
  CHECK_OK(mimir_reader_last(reader, 0));
  next_is(reader, NULL);
  CHECK_OK(mimir_reader_last(reader, 5));
  next_is(reader, "{\"a\":1}");
  next_is(reader, "{\"b\":2}");
  next_is(reader, NULL);
  CHECK(report(reader).skipped_lines == 0 && !report(reader).torn);
  mimir_reader_close(reader);
}

static void damage(void) {
  mimir_logger_options options = quiet("damaged.jsonl.gz");
  mimir_logger *logger = NULL;
  CHECK_OK(mimir_logger_open(&options, &logger));
  for (int i = 0; i < 100; i++) CHECK_OK(log_text(logger, "{\"text\":\"to be damaged\"}"));
  CHECK_OK(mimir_logger_flush(logger));
  char file[8192];
  FILE *source = fopen("damaged.jsonl.gz", "rb");
  size_t size = fread(file, 1, sizeof file, source);
  fclose(source);
  CHECK_OK(mimir_logger_close(logger));

  put("cut.gz", file, size - 20);
  mimir_reader *reader = reader_of("cut.gz");
  const char *text;
  size_t length;
  do CHECK_OK(mimir_reader_next(reader, &text, &length));
  while (text);
  CHECK(report(reader).torn && !report(reader).damaged && report(reader).entries == 99);
  CHECK(report(reader).skipped_bytes > 0);
  mimir_reader_close(reader);

  file[size - 25] ^= 1;
  put("flipped.gz", file, size);
  reader = reader_of("flipped.gz");
  CHECK(!report(reader).damaged);
  do CHECK_OK(mimir_reader_next(reader, &text, &length));
  while (text);
  CHECK(report(reader).damaged && strlen(report(reader).message) > 0);
  mimir_reader_close(reader);
}

static void what_is_restored(void) {
  mimir_logger_options options = quiet("tagged.jsonl.gz");
  options.nonfinite = MIMIR_NONFINITE_TAGGED;
  mimir_logger *logger = NULL;
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK_OK(log_text(logger, "{\"loss\":NaN,\"i\":1}"));
  CHECK_OK(mimir_logger_close(logger));
  mimir_reader *reader = reader_of("tagged.jsonl.gz");
  next_is(reader, "{\"loss\":NaN,\"i\":1}");
  mimir_reader_close(reader);
}

static void errors(void) {
  char other;
  mimir_reader *reader = (mimir_reader *)&other;
  CHECK_STATUS(mimir_reader_open("none.jsonl", &reader), MIMIR_ERROR_NOT_FOUND);
  CHECK(reader == NULL);
  CHECK_STATUS(mimir_reader_open(".", &reader), MIMIR_ERROR_UNSUPPORTED);
  put("empty.gz", "", 0);
  reader = reader_of("empty.gz");
  next_is(reader, NULL);
  mimir_reader_statistics small = MIMIR_READER_STATISTICS_INIT;
  small.struct_size = 8;
  CHECK_STATUS(mimir_reader_report(reader, &small), MIMIR_ERROR_INVALID_ARGUMENT);
  mimir_reader_close(reader);
}

static void fork_while_reading(void) {
  mimir_reader *reader = reader_of("whole.jsonl");
  next_is(reader, "{\"a\":1}");
  pid_t child = fork();
  if (child == 0) {
    const char *text;
    size_t length;
    bool refused = mimir_reader_next(reader, &text, &length) == MIMIR_ERROR_FORKED &&
                   mimir_reader_last(reader, 1) == MIMIR_ERROR_FORKED;
    mimir_reader_close(reader);
    _exit(refused ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  next_is(reader, "{\"b\":2}");
  mimir_reader_close(reader);
}

int main(void) {
  both_formats("log.jsonl");
  both_formats("log.jsonl.gz");
  what_is_left_out();
  damage();
  what_is_restored();
  errors();
  fork_while_reading();
  return check_done();
}
