/* What publisher.c and viewer.c share: options NAME=VALUE, and the entries that both know. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <mimir.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int option_count;
static char **options_given;

/* The value of NAME=VALUE on the command line. */
static inline const char *text_option(const char *name, const char *otherwise) {
  const size_t length = strlen(name);
  for (int i = 0; i < option_count; i++) {
    const char *option = options_given[i];
    if (strncmp(option, name, length) == 0 && option[length] == '=') return option + length + 1;
  }
  return otherwise;
}

static inline uint64_t number_option(const char *name, uint64_t otherwise) {
  const char *text = text_option(name, NULL);
  return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

/* Entry `number` of the run called `tag`, in `text`, which has room for `pad` + 100 bytes. */
static inline size_t make_entry(char *text, uint64_t tag, uint64_t number, uint64_t pad) {
  const size_t length = pad == 0 ? 0 : (size_t)(number * 7919 % pad);
  const int head = sprintf(text, "{\"tag\":%llu,\"n\":%llu,\"pad\":\"", (unsigned long long)tag,
                           (unsigned long long)number);
  memset(text + head, 'a' + (int)(number % 26), length);
  strcpy(text + (size_t)head + length, "\"}");
  return (size_t)head + length + 2;
}

static inline uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
