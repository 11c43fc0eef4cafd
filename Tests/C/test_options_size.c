/* Programs built against an earlier or a later header than the library's: struct_size rules. */
#include "check.h"

#include <stddef.h>

/* An earlier one's options: a copy of the first fields in memory of just that size. */
static void smaller_options(void) {
  const size_t sizes[] = {offsetof(mimir_logger_options, maxlen),
                          offsetof(mimir_logger_options, max_entry_bytes),
                          offsetof(mimir_logger_options, nonfinite),
                          offsetof(mimir_logger_options, on_warning), sizeof(mimir_logger_options)};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    mimir_logger_options full = MIMIR_LOGGER_OPTIONS_INIT;
    full.struct_size = (uint32_t)sizes[i];
    full.path = "smaller.jsonl";
    full.maxlen = 7;
    char *exact = (char *)malloc(sizes[i]);
    memcpy(exact, &full, sizes[i]);
    mimir_logger *logger = NULL;
    CHECK_OK(mimir_logger_open((mimir_logger_options *)(void *)exact, &logger));
    CHECK_OK(mimir_logger_close(logger));
    free(exact);

    /* What lies behind is none of the library's business. */
    union {
      mimir_logger_options options;
      unsigned char bytes[sizeof(mimir_logger_options)];
    } poisoned;
    memset(poisoned.bytes, 0xff, sizeof poisoned.bytes);
    memcpy(poisoned.bytes, &full, sizes[i]);
    CHECK_OK(mimir_logger_open(&poisoned.options, &logger));
    for (int entry = 0; entry < 9; entry++) {
      CHECK_OK(mimir_logger_log_json(logger, MIMIR_KEY("{\"i\":1}")));
    }
    size_t count = 99;
    CHECK_OK(mimir_logger_count(logger, &count));
    CHECK(count == (sizes[i] > offsetof(mimir_logger_options, maxlen) ? 7 : 0));
    CHECK_OK(mimir_logger_close(logger));
  }
}

static void larger_options(void) {
  struct {
    mimir_logger_options known;
    uint64_t later[20];
  } options = {MIMIR_LOGGER_OPTIONS_INIT, {0}};
  mimir_logger *logger = NULL;
  options.known.struct_size = sizeof options;
  CHECK_OK(mimir_logger_open(&options.known, &logger));
  CHECK_OK(mimir_logger_close(logger));
  unsigned char *bytes = (unsigned char *)&options;
  const size_t places[] = {sizeof options.known, sizeof options - 1};
  for (int i = 0; i < 2; i++) {
    bytes[places[i]] = 1;
    logger = (mimir_logger *)(void *)bytes;
    CHECK_STATUS(mimir_logger_open(&options.known, &logger), MIMIR_ERROR_UNSUPPORTED);
    CHECK(logger == NULL);
    bytes[places[i]] = 0;
  }
}

static void impossible_sizes(void) {
  const uint32_t sizes[] = {0, 3};
  mimir_logger *working = NULL;
  CHECK_OK(mimir_logger_open(NULL, &working));
  for (int i = 0; i < 2; i++) {
    mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
    mimir_logger *logger = (mimir_logger *)&options;
    options.struct_size = sizes[i];
    CHECK_STATUS(mimir_logger_open(&options, &logger), MIMIR_ERROR_INVALID_ARGUMENT);
    CHECK(logger == NULL);
    mimir_logger_statistics statistics = MIMIR_LOGGER_STATISTICS_INIT;
    statistics.struct_size = sizes[i];
    CHECK_STATUS(mimir_logger_stats(working, &statistics), MIMIR_ERROR_INVALID_ARGUMENT);
  }
  CHECK_OK(mimir_logger_close(working));
}

static void statistics_sizes(void) {
  mimir_logger *logger = NULL;
  CHECK_OK(mimir_logger_open(NULL, &logger));
  CHECK_OK(mimir_logger_log_json(logger, MIMIR_KEY("{\"i\":1}")));
  /* An earlier program's: only its fields are written. */
  union {
    mimir_logger_statistics statistics;
    unsigned char bytes[sizeof(mimir_logger_statistics)];
  } small;
  memset(small.bytes, 0xaa, sizeof small.bytes);
  small.statistics.struct_size = offsetof(mimir_logger_statistics, bytes);
  CHECK_OK(mimir_logger_stats(logger, &small.statistics));
  CHECK(small.statistics.entries == 1);
  CHECK(small.statistics.struct_size == offsetof(mimir_logger_statistics, bytes));
  bool untouched = true;
  for (size_t i = offsetof(mimir_logger_statistics, bytes); i < sizeof small.bytes; i++) {
    untouched = untouched && small.bytes[i] == 0xaa;
  }
  CHECK(untouched);
  /* A later program's: what this library does not know is 0. */
  struct {
    mimir_logger_statistics known;
    uint64_t later[4];
  } large;
  memset(&large, 0xaa, sizeof large);
  large.known.struct_size = sizeof large;
  CHECK_OK(mimir_logger_stats(logger, &large.known));
  CHECK(large.known.entries == 1 && large.known.repaired_bytes == 0);
  for (int i = 0; i < 4; i++) CHECK(large.later[i] == 0);
  CHECK_OK(mimir_logger_close(logger));
}

int main(void) {
  smaller_options();
  larger_options();
  impossible_sizes();
  statistics_sizes();
  return check_done();
}
