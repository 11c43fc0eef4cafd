/* The gzip writer: any bytes, complete after every write. */
#include "gzip_files.h"

#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static mimir_gzip_writer *writer_of(const char *path) {
  mimir_gzip_writer *writer = NULL;
  CHECK_OK(mimir_gzip_writer_open(path, NULL, &writer));
  return writer;
}

/* Many pieces of one text, each checked: empty, lines in parts, NULs, no newline at the end. */
static void any_bytes(void) {
  char every_byte[256];
  for (int i = 0; i < 256; i++) every_byte[i] = (char)i;
  const struct {
    const void *data;
    size_t length;
  } pieces[] = {
      {NULL, 0},
      {"", 0},
      {"a whole line\n", 13},
      {"the first part, ", 16},
      {"the ", 4},
      {"rest\n", 5},
      {"\n\n", 2},
      {"two\nlines\n", 10},
      {"\0", 1},
      {"a\0b\0", 4},
      {"\0\0\0\0\n", 5},
      {every_byte, 256},
      {"\x1f\x8b", 2},
      {"no newline", 10},
  };
  char all[1024];
  size_t length = 0;
  mimir_gzip_writer *writer = writer_of("bytes.gz");
  CHECK_GZIP("bytes.gz", "", 0);
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    CHECK_OK(mimir_gzip_writer_write(writer, pieces[i].data, pieces[i].length));
    if (pieces[i].length) memcpy(all + length, pieces[i].data, pieces[i].length);
    length += pieces[i].length;
    CHECK_GZIP("bytes.gz", all, length);
  }
  CHECK_OK(mimir_gzip_writer_flush(writer));
  CHECK_OK(mimir_gzip_writer_close(writer));
  CHECK_GZIP("bytes.gz", all, length);

  /* Goes on where it ended, also within a line; several times. */
  for (int i = 0; i < 3; i++) {
    writer = writer_of("bytes.gz");
    CHECK_GZIP("bytes.gz", all, length);
    CHECK_OK(mimir_gzip_writer_write(writer, "\0 goes on", 9));
    memcpy(all + length, "\0 goes on", 9);
    length += 9;
    CHECK_GZIP("bytes.gz", all, length);
    CHECK_OK(mimir_gzip_writer_close(writer));
    CHECK_GZIP("bytes.gz", all, length);
  }
}

enum { BIG = 10 << 20 };

static void big_writes(void) {
  static char text[BIG];
  const char *const paths[] = {"lines.gz", "one_line.gz", "zeros.gz", "noise.gz"};
  for (int kind = 0; kind < 4; kind++) {
    unsigned state = 1;
    for (int i = 0; i < BIG; i++) {
      state = state * 1103515245 + 12345;
      const char random = (char)(state >> 16);
      text[i] = kind == 0   ? (i % 61 == 60 ? '\n' : (char)('0' + (random & 7)))
                : kind == 1 ? (char)('a' + (random & 15))
                : kind == 2 ? 0
                            : random;
    }
    mimir_gzip_writer *writer = writer_of(paths[kind]);
    CHECK_OK(mimir_gzip_writer_write(writer, text, BIG));
    CHECK_GZIP(paths[kind], text, BIG);
    CHECK_OK(mimir_gzip_writer_close(writer));
    CHECK_GZIP(paths[kind], text, BIG);
    struct stat status;
    CHECK(stat(paths[kind], &status) == 0);
    /* Compressed, as far as that can be done. */
    CHECK(status.st_size < (kind == 3 ? BIG + BIG / 100 : BIG * 2 / 3));
  }
}

/* Enough small writes for several compactions beside them. */
static void many_writes(void) {
  enum { COUNT = 40000, MOST = 60 };
  char *all = (char *)malloc((size_t)COUNT * MOST);
  size_t length = 0;
  int failed = 0;
  mimir_gzip_writer *writer = writer_of("many.gz");
  for (int i = 0; i < COUNT; i++) {
    const int count =
        snprintf(all + length, MOST, "%s%d of many%s", i % 3 ? "" : "\n", i, i % 7 ? ", " : ".\n");
    failed += mimir_gzip_writer_write(writer, all + length, (size_t)count) != MIMIR_OK;
    length += (size_t)count;
    if (i % 9000 == 0) CHECK_GZIP("many.gz", all, length);
  }
  CHECK(failed == 0);
  CHECK_OK(mimir_gzip_writer_close(writer));
  CHECK_GZIP("many.gz", all, length);
  free(all);
}

static void modes(void) {
  mimir_gzip_writer_options options = MIMIR_GZIP_WRITER_OPTIONS_INIT;
  mimir_gzip_writer *writer = NULL, *second = NULL;
  options.mode = MIMIR_MODE_EXCLUSIVE;
  CHECK_OK(mimir_gzip_writer_open("modes.gz", &options, &writer));
  CHECK_OK(mimir_gzip_writer_write(writer, "one ", 4));
  options.mode = MIMIR_MODE_TRUNCATE;
  second = writer;
  CHECK_STATUS(mimir_gzip_writer_open("modes.gz", &options, &second), MIMIR_ERROR_BUSY);
  CHECK(second == NULL);
  /* Two in one process share the file. */
  CHECK_OK(mimir_gzip_writer_open("modes.gz", NULL, &second));
  CHECK_OK(mimir_gzip_writer_write(second, "two ", 4));
  CHECK_OK(mimir_gzip_writer_write(writer, "one", 3));
  CHECK_OK(mimir_gzip_writer_close(writer));
  CHECK_OK(mimir_gzip_writer_write(second, " two", 4));
  CHECK_OK(mimir_gzip_writer_close(second));
  CHECK_GZIP("modes.gz", "one two one two", 15);

  options.mode = MIMIR_MODE_EXCLUSIVE;
  CHECK_STATUS(mimir_gzip_writer_open("modes.gz", &options, &writer), MIMIR_ERROR_EXISTS);
  CHECK_MESSAGE("modes.gz");
  CHECK_GZIP("modes.gz", "one two one two", 15);
  options.mode = MIMIR_MODE_TRUNCATE;
  options.durability = MIMIR_DURABILITY_SYSTEM;
  CHECK_OK(mimir_gzip_writer_open("modes.gz", &options, &writer));
  CHECK_GZIP("modes.gz", "", 0);
  CHECK_OK(mimir_gzip_writer_write(writer, "anew", 4));
  CHECK_OK(mimir_gzip_writer_close(writer));
  CHECK_GZIP("modes.gz", "anew", 4);
}

static void interval(void) {
  mimir_gzip_writer_options options = MIMIR_GZIP_WRITER_OPTIONS_INIT;
  mimir_gzip_writer *writer = NULL;
  options.flush = MIMIR_FLUSH_INTERVAL;
  options.flush_interval_ms = 3600000;
  CHECK_OK(mimir_gzip_writer_open("interval.gz", &options, &writer));
  CHECK_OK(mimir_gzip_writer_write(writer, "a\0b", 3));
  CHECK_GZIP("interval.gz", "", 0);
  CHECK_OK(mimir_gzip_writer_flush(writer));
  CHECK_GZIP("interval.gz", "a\0b", 3);
  CHECK_OK(mimir_gzip_writer_write(writer, "c", 1));
  CHECK_GZIP("interval.gz", "a\0b", 3);
  CHECK_OK(mimir_gzip_writer_close(writer));
  CHECK_GZIP("interval.gz", "a\0bc", 4);
}

/* Another program's file keeps its text, to the last byte. */
static void foreign_files(void) {
  const char *const texts[] = {"", "whole lines\n", "no {newline\0", "{\"half\": "};
  const size_t lengths[] = {0, 12, 12, 9};
  for (int i = 0; i < 4; i++) {
    char all[64];
    put_gzip("foreign.gz", texts[i], lengths[i]);
    memcpy(all, texts[i], lengths[i]);
    memcpy(all + lengths[i], "more", 4);
    mimir_gzip_writer *writer = writer_of("foreign.gz");
    CHECK_GZIP("foreign.gz", all, lengths[i]);
    CHECK_OK(mimir_gzip_writer_write(writer, "more", 4));
    CHECK_OK(mimir_gzip_writer_close(writer));
    CHECK_GZIP("foreign.gz", all, lengths[i] + 4);
  }
}

/* Entries for a reader, in parts that end anywhere: chunks then end within lines. */
static void lines_in_parts(const char *path) {
  enum { COUNT = 30000, PART = 300007 };
  char *all = (char *)malloc((size_t)COUNT * 40);
  size_t length = 0, right = 0, size;
  for (int i = 0; i < COUNT; i++) {
    length += (size_t)snprintf(all + length, 40, "{\"i\":%d,\"noise\":%d}\n", i, i * 7919 % 10007);
  }
  for (size_t start = 0; start < length; start += PART) {
    mimir_gzip_writer *writer = writer_of(path);
    const size_t part = length - start < PART ? length - start : PART;
    CHECK_OK(mimir_gzip_writer_write(writer, all + start, part));
    CHECK_OK(mimir_gzip_writer_close(writer));
  }
  CHECK_GZIP(path, all, length);

  const char *entry;
  mimir_reader *reader = NULL;
  mimir_reader_statistics report = MIMIR_READER_STATISTICS_INIT;
  CHECK_OK(mimir_reader_open(path, &reader));
  const int counts[] = {COUNT, COUNT - 1, COUNT / 2, 9000, 1};
  for (int c = 0; c < 5; c++) {
    CHECK_OK(mimir_reader_last(reader, (uint64_t)counts[c]));
    right = 0;
    for (int i = COUNT - counts[c]; mimir_reader_next(reader, &entry, &size) == MIMIR_OK && entry;
         i++) {
      char wanted[40];
      snprintf(wanted, sizeof wanted, "{\"i\":%d,\"noise\":%d}", i, i * 7919 % 10007);
      right += strcmp(entry, wanted) == 0;
    }
    CHECK(right == (size_t)counts[c]);
    CHECK_OK(mimir_reader_report(reader, &report));
    CHECK(report.entries == (uint64_t)counts[c] && !report.damaged && !report.skipped_lines);
  }
  mimir_reader_close(reader);
  free(all);
}

static void *write_some(void *writer) {
  static int next;
  const char letter = (char)('a' + __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED));
  char text[101];
  memset(text, letter, 100);
  text[100] = '\n';
  long failed = 0;
  for (int i = 0; i < 500; i++) failed += mimir_gzip_writer_write(writer, text, 101) != MIMIR_OK;
  return (void *)failed;
}

static void threads(void) {
  pthread_t all[4];
  mimir_gzip_writer *writer = writer_of("threads.gz");
  for (int i = 0; i < 4; i++) CHECK(pthread_create(&all[i], NULL, write_some, writer) == 0);
  for (int i = 0; i < 4; i++) {
    void *failed = NULL;
    pthread_join(all[i], &failed);
    CHECK(failed == NULL);
  }
  CHECK_OK(mimir_gzip_writer_close(writer));
  size_t length = 0;
  char *text = gzip_text("threads.gz", &length);
  int counts[4] = {0}, mixed = 0;
  if (CHECK(text && length == 4 * 500 * 101)) {
    for (const char *line = text; line < text + length; line += 101) {
      if (*line >= 'a' && *line < 'e') counts[*line - 'a']++;
      mixed += strspn(line, (const char[]){*line, 0}) != 100 || line[100] != '\n';
    }
  }
  CHECK(mixed == 0);
  for (int i = 0; i < 4; i++) CHECK(counts[i] == 500);
  free(text);
}

static void refused(const char *path, mimir_status status, const char *words) {
  char other;
  mimir_gzip_writer *writer = (mimir_gzip_writer *)&other;
  CHECK_STATUS(mimir_gzip_writer_open(path, NULL, &writer), status);
  CHECK_MESSAGE(words);
  CHECK(writer == NULL);
}

static void bad_paths(void) {
  refused("", MIMIR_ERROR_INVALID_ARGUMENT, ".gz");
  refused("text.txt", MIMIR_ERROR_INVALID_ARGUMENT, "text.txt does not end in .gz");
  refused("missing/text.gz", MIMIR_ERROR_NOT_FOUND, "missing/text.gz");
  mkdir("folder.gz", 0777);
  char long_name[400];
  memset(long_name, 'x', sizeof long_name);
  strcpy(long_name + sizeof long_name - 4, ".gz");
  refused(long_name, MIMIR_ERROR_IO, "xxx.gz");
  refused("\xff.gz", MIMIR_ERROR_INVALID_UTF8, "UTF-8");
  char other;
  mimir_gzip_writer *writer = (mimir_gzip_writer *)&other;
  CHECK(mimir_gzip_writer_open("folder.gz", NULL, &writer) != MIMIR_OK && writer == NULL);
  CHECK_MESSAGE("folder.gz");
  CHECK(access("text.txt", F_OK) != 0);
}

/* What is there and is not right stays as it is. */
static void bad_files(void) {
  put_file("plain.gz", "no gzip\n", 8);
  refused("plain.gz", MIMIR_ERROR_CORRUPT, "plain.gz is not a gzip file");
  CHECK_FILE("plain.gz", "no gzip\n");
  char bytes[64] = "";
  put_gzip("cut.gz", "some text", 9);
  FILE *file = fopen("cut.gz", "rb");
  const size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  put_file("cut.gz", bytes, size - 3);
  refused("cut.gz", MIMIR_ERROR_CORRUPT, "cut.gz is a damaged gzip file");
  struct stat status;
  CHECK(stat("cut.gz", &status) == 0 && (size_t)status.st_size == size - 3);
}

static void bad_options(void) {
  const mimir_gzip_writer_options usual = MIMIR_GZIP_WRITER_OPTIONS_INIT;
  mimir_gzip_writer_options bad[] = {usual, usual, usual, usual, usual, usual};
  bad[0].struct_size = 4;
  bad[1].mode = 9;
  bad[2].flush = 9;
  bad[3].durability = 9;
  bad[4].flush = MIMIR_FLUSH_INTERVAL;
  bad[4].flush_interval_ms = 3600001;
  bad[5].max_pending_bytes = UINT64_MAX;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    mimir_gzip_writer *writer = NULL;
    CHECK_STATUS(mimir_gzip_writer_open("options.gz", &bad[i], &writer),
                 MIMIR_ERROR_INVALID_ARGUMENT);
    CHECK(writer == NULL && access("options.gz", F_OK) != 0);
  }
  mimir_gzip_writer *writer = writer_of("options.gz");
  CHECK_STATUS(mimir_gzip_writer_write(writer, "x", (size_t)-1), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_OK(mimir_gzip_writer_close(writer));
  CHECK_GZIP("options.gz", "", 0);
}

static void fork_while_writing(void) {
  mimir_gzip_writer *writer = writer_of("forked.gz");
  CHECK_OK(mimir_gzip_writer_write(writer, "parent ", 7));
  const pid_t child = fork();
  if (child == 0) {
    mimir_gzip_writer *own = NULL;
    const bool right = mimir_gzip_writer_write(writer, "child", 5) == MIMIR_ERROR_FORKED &&
                       mimir_gzip_writer_flush(writer) == MIMIR_ERROR_FORKED &&
                       mimir_gzip_writer_close(writer) == MIMIR_OK &&
                       mimir_gzip_writer_open("forked.gz", NULL, &own) == MIMIR_ERROR_LOCKED;
    char pid[32];
    snprintf(pid, sizeof pid, "%d", (int)getppid());
    _exit(right && strstr(mimir_last_error(), pid) ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK_OK(mimir_gzip_writer_write(writer, "goes on", 7));
  CHECK_OK(mimir_gzip_writer_close(writer));
  CHECK_GZIP("forked.gz", "parent goes on", 14);
}

int main(void) {
  any_bytes();
  big_writes();
  many_writes();
  modes();
  interval();
  foreign_files();
  lines_in_parts("parts.gz");
  threads();
  bad_paths();
  bad_files();
  bad_options();
  fork_while_writing();
  return check_done();
}
