/* gzip_files.h - gzip files as zlib and gzip, which know nothing of Mimir, see them. */
#ifndef GZIP_FILES_H
#define GZIP_FILES_H

#include "check.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

/* The text of a gzip file, to be freed; NULL when zlib has something against it. */
static inline char *gzip_text(const char *path, size_t *length) {
  size_t capacity = 1 << 16;
  char *text = (char *)malloc(capacity + 1);
  *length = 0;
  gzFile file = gzopen(path, "rb");
  if (!file) {
    free(text);
    return NULL;
  }
  int got;
  while ((got = gzread(file, text + *length, (unsigned)(capacity - *length))) > 0) {
    *length += (size_t)got;
    if (*length == capacity) text = (char *)realloc(text, (capacity *= 2) + 1);
  }
  text[*length] = 0;
  /* It passes through what is no gzip file at all. */
  bool right = got == 0 && !gzdirect(file);
  right = gzclose(file) == Z_OK && right;
  if (right) return text;
  free(text);
  return NULL;
}

/* Whether gzip finds nothing wrong: zlib does not mind what follows the end. */
static inline bool gzip_accepts(const char *path) {
  char command[1024];
  snprintf(command, sizeof command, "flock -s '%s' gzip -t '%s' 2>&1", path, path);
  FILE *gzip = popen(command, "r");
  if (!gzip) return false;
  bool silent = true;
  for (int c; (c = fgetc(gzip)) != EOF;) {
    silent = false;
    putchar(c);
  }
  return pclose(gzip) == 0 && silent;
}

static inline bool check_gzip(const char *path, const void *wanted, size_t length, const char *file,
                              int line) {
  size_t got = 0;
  /* As `flock -s` does for other programs: no compaction meanwhile. */
  const int lock = open(path, O_RDONLY | O_CLOEXEC);
  if (lock >= 0) flock(lock, LOCK_SH);
  char *text = gzip_text(path, &got);
  bool same =
      check_report(text && got == length && (length == 0 || memcmp(text, wanted, length) == 0),
                   file, line, path);
  if (!same) printf("  %s: %zu bytes, wanted %zu\n", text ? "readable" : "unreadable", got, length);
  free(text);
  const bool accepted = check_report(gzip_accepts(path), file, line, "gzip -t");
  if (lock >= 0) close(lock);
  return accepted && same;
}

/* That a gzip file is complete and right, and holds just this text. */
#define CHECK_GZIP(path, wanted, length) check_gzip((path), (wanted), (length), __FILE__, __LINE__)

/* A gzip file as other programs write them. */
static inline void put_gzip(const char *path, const void *text, size_t length) {
  gzFile file = gzopen(path, "wb");
  CHECK(gzwrite(file, text, (unsigned)length) == (int)length);
  CHECK(gzclose(file) == Z_OK);
}

static inline void put_file(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "wb");
  CHECK(fwrite(bytes, 1, length, file) == length);
  fclose(file);
}

#endif
