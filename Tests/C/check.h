/* check.h - counts what holds and what does not. For the tests in C and C++. */
#ifndef CHECK_H
#define CHECK_H

#include <mimir.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_passed;
static int check_failed;

static inline bool check_report(bool holds, const char *file, int line, const char *text) {
  if (holds) {
    check_passed++;
  } else {
    check_failed++;
    printf("%s:%d: failed: %s\n", file, line, text);
  }
  return holds;
}

static inline bool check_status(mimir_status got, mimir_status wanted, const char *file, int line,
                                const char *text) {
  if (!check_report(got == wanted, file, line, text)) {
    printf("  got %s, wanted %s; last error: %s\n", mimir_status_string(got),
           mimir_status_string(wanted), mimir_last_error());
  }
  return got == wanted;
}

static inline bool check_text(const char *got, const char *wanted, const char *file, int line,
                              const char *text) {
  bool same = got && strcmp(got, wanted) == 0;
  if (!check_report(same, file, line, text)) {
    printf("  got    %s\n  wanted %s\n", got ? got : "NULL", wanted);
  }
  return same;
}

#define CHECK(condition) check_report((condition), __FILE__, __LINE__, #condition)
#define CHECK_STATUS(call, wanted) check_status((call), (wanted), __FILE__, __LINE__, #call)
#define CHECK_OK(call) CHECK_STATUS(call, MIMIR_OK)
#define CHECK_TEXT(got, wanted) check_text((got), (wanted), __FILE__, __LINE__, #got)
/* That the message of the last failed call has these words in it. */
#define CHECK_MESSAGE(words) \
  (CHECK(strstr(mimir_last_error(), words)) || (printf("  it is: %s\n", mimir_last_error()), false))

/* What main returns. */
static inline int check_done(void) {
  printf("%d passed, %d failed\n", check_passed, check_failed);
  return check_failed == 0 && check_passed > 0 ? 0 : 1;
}

/* A whole file as text, to be freed; "" when it is not there. */
static inline char *file_text(const char *path) {
  char *text = (char *)calloc(1, 1);
  FILE *file = fopen(path, "rb");
  if (!file) return text;
  size_t size = 0;
  char block[65536];
  size_t got;
  while ((got = fread(block, 1, sizeof block, file)) > 0) {
    text = (char *)realloc(text, size + got + 1);
    memcpy(text + size, block, got);
    size += got;
    text[size] = 0;
  }
  fclose(file);
  return text;
}

static inline bool check_file(const char *path, const char *wanted, const char *source, int line) {
  char *text = file_text(path);
  bool same = check_text(text, wanted, source, line, path);
  free(text);
  return same;
}

#define CHECK_FILE(path, wanted) check_file((path), (wanted), __FILE__, __LINE__)

/* An entry in a logger's memory. */
static inline bool check_entry(const mimir_logger *logger, int64_t index, const char *wanted,
                               const char *file, int line) {
  char *text = NULL;
  size_t length = 0;
  bool same = check_status(mimir_logger_get(logger, index, &text, &length), MIMIR_OK, file, line,
                           "mimir_logger_get") &&
              check_text(text, wanted, file, line, "the entry") &&
              check_report(length == strlen(wanted), file, line, "its length");
  mimir_free(text);
  return same;
}

#define CHECK_ENTRY(logger, index, wanted) \
  check_entry((logger), (index), (wanted), __FILE__, __LINE__)

#endif
