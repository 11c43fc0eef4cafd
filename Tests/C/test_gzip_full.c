/* A gzip file that can't grow: what does not fit waits, and goes first as soon as writing works. */
#include "gzip_files.h"
#include "loggers.h"

#include <signal.h>
#include <sys/resource.h>

enum { ALL = 12 << 20, FIRST = 1000, ROOM = 3 << 20 };

static void limit_files_to(rlim_t size) {
  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = size;
  CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static char *some_text(int line) {
  char *text = (char *)malloc(ALL);
  for (int i = 0; i < ALL; i++) text[i] = i % line == line - 1 ? '\n' : (char)('a' + i % 26);
  return text;
}

/* All text in so many writes, of which only the first ones fit. */
static void nothing_is_lost(const char *path, int writes, int line) {
  char *text = some_text(line);
  mimir_gzip_writer *writer = NULL;
  CHECK_OK(mimir_gzip_writer_open(path, NULL, &writer));
  CHECK_OK(mimir_gzip_writer_write(writer, text, FIRST));
  limit_files_to(ROOM);
  const size_t each = (size_t)(ALL - FIRST) / (size_t)writes;
  int failed = 0;
  for (int i = 0; i < writes; i++) {
    failed += mimir_gzip_writer_write(writer, text + FIRST + (size_t)i * each, each) != MIMIR_OK;
  }
  CHECK(failed > 0);
  CHECK_MESSAGE(path);
  CHECK(mimir_gzip_writer_flush(writer) != MIMIR_OK);
  CHECK(gzip_accepts(path));
  limit_files_to(RLIM_INFINITY);
  CHECK_OK(mimir_gzip_writer_flush(writer));
  CHECK_GZIP(path, text, FIRST + (size_t)writes * each);
  CHECK_OK(mimir_gzip_writer_close(writer));
  CHECK_GZIP(path, text, FIRST + (size_t)writes * each);
  free(text);
}

/* An entry is what one call writes, whatever lines are in it: a logger of the same file counts so. */
static void calls_are_counted(const char *path) {
  char *text = some_text(50);
  mimir_logger_options options = quiet(path);
  mimir_logger *logger = NULL;
  mimir_gzip_writer *writer = NULL;
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK_OK(mimir_gzip_writer_open(path, NULL, &writer));
  limit_files_to(FIRST);
  CHECK(mimir_gzip_writer_write(writer, text, ALL / 2) != MIMIR_OK);
  CHECK(mimir_gzip_writer_write(writer, text, ALL / 2) != MIMIR_OK);
  CHECK(stats(logger).pending_entries == 2 && stats(logger).pending_bytes == ALL);
  limit_files_to(ROOM);
  CHECK(mimir_gzip_writer_flush(writer) != MIMIR_OK);
  const mimir_logger_statistics some = stats(logger);
  CHECK(some.pending_bytes > 0 && some.pending_bytes < ALL);
  CHECK(some.pending_entries == 1 || some.pending_entries == 2);
  limit_files_to(RLIM_INFINITY);
  CHECK_OK(mimir_gzip_writer_close(writer));
  CHECK(stats(logger).pending_entries == 0 && stats(logger).recovered == 2);
  CHECK_OK(mimir_logger_close(logger));
  free(text);
}

int main(void) {
  signal(SIGXFSZ, SIG_IGN);              /* the limit shows as an error of the write */
  nothing_is_lost("parts.gz", 300, ALL); /* without a newline there is no part to try */
  nothing_is_lost("lines.gz", 3000, 80);
  nothing_is_lost("one_call.gz", 1, 80);
  nothing_is_lost("one_line.gz", 1, ALL);
  calls_are_counted("counted.gz");
  return check_done();
}
