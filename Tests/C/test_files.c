/* Copies and repairs of logs, plain and gzip. */
#include "gzip_files.h"
#include "loggers.h"

#include <stddef.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COUNT = 12000, LINE = 48, ALL = COUNT * LINE };

static char lines[ALL];
static size_t length;

/* Logs COUNT entries; their lines are in `lines`. */
static mimir_logger *log_many(const char *path) {
  mimir_logger_options options = quiet(path);
  mimir_logger *logger = NULL;
  int failed = 0;
  CHECK_OK(mimir_logger_open(&options, &logger));
  length = 0;
  for (int i = 0; i < COUNT; i++) {
    char *line = lines + length;
    snprintf(line, LINE, "{\"i\":%d,\"noise\":%d}\n", i, i * 7919 % 10007);
    const size_t count = strlen(line);
    failed += mimir_logger_log_json(logger, line, count - 1) != MIMIR_OK;
    length += count;
  }
  CHECK(failed == 0);
  return logger;
}

static off_t size_of(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 ? status.st_size : -1;
}

/* Turns bits of a file over. */
static void damage(const char *path, off_t place, int count) {
  FILE *file = fopen(path, "r+b");
  for (int i = 0; i < count; i++) {
    fseek(file, place + i, SEEK_SET);
    const int byte = fgetc(file);
    fseek(file, place + i, SEEK_SET);
    fputc(byte ^ 0xff, file);
  }
  fclose(file);
}

static void live_copies(void) {
  mimir_logger *logger = log_many("live.jsonl.gz");
  CHECK_OK(mimir_copy("live.jsonl.gz", "copy.jsonl.gz", 0));
  CHECK_GZIP("copy.jsonl.gz", lines, length);
  /* A log of its own. */
  mimir_logger_options options = quiet("copy.jsonl.gz");
  mimir_logger *other = NULL;
  CHECK_OK(mimir_logger_open(&options, &other));
  CHECK_OK(log_text(other, "{\"only\":\"copy\"}"));
  CHECK_OK(mimir_logger_close(other));
  CHECK_OK(mimir_logger_close(logger));
  CHECK_GZIP("live.jsonl.gz", lines, length);
  memcpy(lines + length, "{\"only\":\"copy\"}\n", 16);
  CHECK_GZIP("copy.jsonl.gz", lines, length + 16);

  logger = log_many("live.jsonl");
  CHECK_OK(mimir_copy("live.jsonl", "copy.jsonl", 0));
  lines[length] = 0;
  CHECK_FILE("copy.jsonl", lines);
  CHECK_OK(mimir_logger_close(logger));
}

/* The whole entries of what a killed writer has left; the source is only read. */
static void torn_logs(void) {
  put_file("torn.jsonl", "{\"i\":1}\n{\"i\":2", 14);
  CHECK_OK(mimir_copy("torn.jsonl", "whole.jsonl", 0));
  CHECK_FILE("whole.jsonl", "{\"i\":1}\n");
  CHECK_FILE("torn.jsonl", "{\"i\":1}\n{\"i\":2");
  put_file("torn.jsonl", "{\"i\":1}\n{\"i\":2}", 15);
  CHECK_OK(mimir_copy("torn.jsonl", "whole.jsonl", MIMIR_COPY_OVERWRITE));
  CHECK_FILE("whole.jsonl", "{\"i\":1}\n{\"i\":2}\n");
  /* Another program's gzip file is copied as it is. */
  put_gzip("foreign.gz", "{\"i\":1}\n", 8);
  CHECK_OK(mimir_copy("foreign.gz", "foreign_copy.gz", 0));
  CHECK_GZIP("foreign_copy.gz", "{\"i\":1}\n", 8);
  put_file("empty.gz", "", 0);
  CHECK_OK(mimir_copy("empty.gz", "empty_copy.gz", 0));
  CHECK_GZIP("empty_copy.gz", "", 0);
}

/* Any bytes of a gzip writer, not only entries. */
static void copies_of_text(void) {
  mimir_gzip_writer *writer = NULL;
  CHECK_OK(mimir_gzip_writer_open("text.gz", NULL, &writer));
  CHECK_OK(mimir_gzip_writer_write(writer, "a\0b\nno newline", 14));
  CHECK_OK(mimir_copy("text.gz", "text_copy.gz", 0));
  CHECK_GZIP("text_copy.gz", "a\0b\nno newline", 14);
  CHECK_OK(mimir_gzip_writer_close(writer));
}

static void copies_refused(void) {
  CHECK_STATUS(mimir_copy("none.jsonl", "to.jsonl", 0), MIMIR_ERROR_NOT_FOUND);
  CHECK_MESSAGE("none.jsonl");
  CHECK_STATUS(mimir_copy(".", "to.jsonl", 0), MIMIR_ERROR_UNSUPPORTED);
  CHECK_STATUS(mimir_copy("", "to.jsonl", 0), MIMIR_ERROR_NOT_FOUND);
  put_file("from.jsonl", "{\"i\":1}\n", 8);
  CHECK_STATUS(mimir_copy("from.jsonl", "", 0), MIMIR_ERROR_NOT_FOUND);
  CHECK_STATUS(mimir_copy("from.jsonl", "none/to.jsonl", 0), MIMIR_ERROR_NOT_FOUND);
  CHECK_MESSAGE("none/to.jsonl");
  CHECK_STATUS(mimir_copy("from.jsonl", ".", MIMIR_COPY_OVERWRITE), MIMIR_ERROR_UNSUPPORTED);
  CHECK_STATUS(mimir_copy("from.jsonl", "to.jsonl", 2), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_MESSAGE("flags");
  CHECK_STATUS(mimir_copy("from.jsonl", "./from.jsonl", 1), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_MESSAGE("is the log itself");
  CHECK_STATUS(mimir_copy("from.jsonl", "from.jsonl", 0), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_STATUS(mimir_copy("\xff", "to.jsonl", 0), MIMIR_ERROR_INVALID_UTF8);
  CHECK_STATUS(mimir_copy("from.jsonl", "\xff", 0), MIMIR_ERROR_INVALID_UTF8);
  CHECK(access("to.jsonl", F_OK) != 0);

  put_file("precious.jsonl", "{\"i\":2}\n", 8);
  CHECK_STATUS(mimir_copy("from.jsonl", "precious.jsonl", 0), MIMIR_ERROR_EXISTS);
  CHECK_MESSAGE("precious.jsonl is there already");
  mimir_logger_options options = quiet("precious.jsonl");
  mimir_logger *logger = NULL;
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK_STATUS(mimir_copy("from.jsonl", "precious.jsonl", 1), MIMIR_ERROR_LOCKED);
  CHECK_MESSAGE("precious.jsonl");
  CHECK_OK(mimir_logger_close(logger));
  CHECK_FILE("precious.jsonl", "{\"i\":2}\n");
  CHECK_OK(mimir_copy("from.jsonl", "precious.jsonl", MIMIR_COPY_OVERWRITE));
  CHECK_FILE("precious.jsonl", "{\"i\":1}\n");
}

static bool is_untouched(const mimir_repair_report *report) {
  return report->struct_size == sizeof *report && !report->healthy && !report->entries &&
         !report->uncertain_entries && !report->lines_left_out && !report->bytes_left_out &&
         !report->original;
}

static void repair_healthy(void) {
  CHECK_OK(mimir_logger_close(log_many("healthy.jsonl.gz")));
  mimir_repair_report report = MIMIR_REPAIR_REPORT_INIT;
  CHECK(is_untouched(&report));
  CHECK_OK(mimir_repair("healthy.jsonl.gz", &report));
  CHECK(report.healthy == 1 && report.entries == COUNT && report.original == NULL);
  CHECK(!report.uncertain_entries && !report.lines_left_out && !report.bytes_left_out);
  CHECK_GZIP("healthy.jsonl.gz", lines, length);
  CHECK(access("healthy.jsonl.gz.damaged", F_OK) != 0);
}

/* The whole path of a file in this folder. */
static void check_original(char *path, const char *name) {
  char wanted[4096];
  CHECK(realpath(name, wanted) != NULL);
  CHECK_TEXT(path, wanted);
  mimir_free(path);
}

static void repair_gzip(void) {
  CHECK_OK(mimir_logger_close(log_many("log.jsonl.gz")));
  /* In the last chunk: the first ones stay whole. */
  const off_t size = size_of("log.jsonl.gz");
  damage("log.jsonl.gz", size - 1000, 50);
  CHECK(!gzip_text("log.jsonl.gz", &(size_t){0}));
  mimir_repair_report report = MIMIR_REPAIR_REPORT_INIT;
  CHECK_OK(mimir_repair("log.jsonl.gz", &report));
  CHECK(!report.healthy && report.entries > COUNT / 3 && report.entries <= COUNT);
  check_original(report.original, "log.jsonl.gz.damaged");
  CHECK(size_of("log.jsonl.gz.damaged") == size);

  size_t saved = 0, entries = 0, same = 0;
  char *text = gzip_text("log.jsonl.gz", &saved);
  if (CHECK(text) && CHECK(gzip_accepts("log.jsonl.gz"))) {
    for (size_t i = 0; i < saved; i++) entries += text[i] == '\n';
    while (same < saved && same < length && text[same] == lines[same]) same++;
  }
  CHECK(entries == report.entries);
  CHECK(same > length / 3);
  free(text);
  CHECK_OK(mimir_repair("log.jsonl.gz", &report));
  CHECK(report.healthy == 1 && report.entries == entries && report.original == NULL);
}

static void repair_plain(void) {
  const char damaged[] = "{\"i\":1}\nnothing\n{\"i\":2}\n{\"i\":";
  put_file("plain.jsonl", damaged, sizeof damaged - 1);
  put_file("plain.jsonl.damaged", "an older one", 12);
  mimir_repair_report report = MIMIR_REPAIR_REPORT_INIT;
  CHECK_OK(mimir_repair("plain.jsonl", &report));
  CHECK(!report.healthy && report.entries == 2 && report.uncertain_entries == 0);
  CHECK(report.lines_left_out == 2 && report.bytes_left_out == 8 + 5);
  check_original(report.original, "plain.jsonl.damaged-2");
  CHECK_FILE("plain.jsonl", "{\"i\":1}\n{\"i\":2}\n");
  CHECK_FILE("plain.jsonl.damaged-2", damaged);
  CHECK_FILE("plain.jsonl.damaged", "an older one");
}

static void repairs_refused(void) {
  mimir_repair_report report = MIMIR_REPAIR_REPORT_INIT;
  CHECK_STATUS(mimir_repair("none.jsonl", &report), MIMIR_ERROR_NOT_FOUND);
  CHECK_MESSAGE("none.jsonl");
  CHECK(mimir_repair(".", &report) != MIMIR_OK);
  CHECK_STATUS(mimir_repair("\xff", &report), MIMIR_ERROR_INVALID_UTF8);
  put_file("hopeless.gz", "no entry in here", 16);
  report.entries = 99;
  CHECK_STATUS(mimir_repair("hopeless.gz", &report), MIMIR_ERROR_CORRUPT);
  CHECK_MESSAGE("hopeless.gz");
  CHECK(is_untouched(&report));
  CHECK_FILE("hopeless.gz", "no entry in here");
  CHECK(access("hopeless.gz.damaged", F_OK) != 0);

  /* One that is being written, in this process or another. */
  mimir_logger_options options = quiet("busy.jsonl.gz");
  mimir_logger *logger = NULL;
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK_STATUS(mimir_repair("busy.jsonl.gz", &report), MIMIR_ERROR_LOCKED);
  const pid_t child = fork();
  if (child == 0) {
    char pid[32];
    snprintf(pid, sizeof pid, "%d", (int)getppid());
    const bool refused = mimir_repair("busy.jsonl.gz", &report) == MIMIR_ERROR_LOCKED;
    _exit(refused && strstr(mimir_last_error(), pid) ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK_OK(mimir_logger_close(logger));
}

/* A program built against an earlier or a later header. */
static void report_sizes(void) {
  union {
    mimir_repair_report report;
    unsigned char bytes[sizeof(mimir_repair_report) + 32];
  } later;
  memset(later.bytes, 0xff, sizeof later.bytes);
  later.report.struct_size = sizeof later.bytes;
  CHECK_OK(mimir_repair("healthy.jsonl.gz", &later.report));
  CHECK(later.report.struct_size == sizeof later.bytes && later.report.entries == COUNT);
  size_t set = 0;
  for (size_t i = sizeof later.report; i < sizeof later.bytes; i++) set += later.bytes[i] != 0;
  CHECK(set == 0);
  /* It could not give its `original` back. */
  mimir_repair_report early = MIMIR_REPAIR_REPORT_INIT;
  early.struct_size = offsetof(mimir_repair_report, original);
  CHECK_STATUS(mimir_repair("healthy.jsonl.gz", &early), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_MESSAGE("mimir_repair_report");
  put_file("damaged.jsonl", "{\"i\":1}\nno\n", 11);
  CHECK_STATUS(mimir_repair("damaged.jsonl", &early), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_FILE("damaged.jsonl", "{\"i\":1}\nno\n");
}

int main(void) {
  live_copies();
  torn_logs();
  copies_of_text();
  copies_refused();
  repair_healthy();
  repair_gzip();
  repair_plain();
  repairs_refused();
  report_sizes();
  return check_done();
}
