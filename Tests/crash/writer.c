/* Logs numbered entries until it is done or killed, and acknowledges each after log has returned.
 *
 *     writer LOG ACK ID COUNT FIRST LARGEST SHARED [NOISE PAUSE]
 *
 * Entries: {"writer": ID, "n": FIRST.., "pad": "xxx.."}; COUNT of them (-1: until killed), most
 * short, some with up to LARGEST bytes of pad. ACK is a file whose first 8 bytes hold the number of
 * the last entry that log has taken: a shared mapping, which outlives the process as the log must.
 * NOISE 1: the pad is what hardly compresses. PAUSE: microseconds to sleep per entry, on average. */
#include <fcntl.h>
#include <mimir.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic uint64_t *map_acknowledged(const char *path) {
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0 || ftruncate(file, sizeof(uint64_t)) != 0) return NULL;
  void *memory = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return memory == MAP_FAILED ? NULL : memory;
}

static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

enum { noise_size = 1 << 17 };

/* The same letters in every process; campaign.py makes them too. */
static char *make_noise(void) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
  char *noise = malloc(noise_size);
  uint64_t state = 2026;
  for (size_t i = 0; noise != NULL && i < noise_size; i++) {
    noise[i] = letters[next_random(&state) >> 58];
  }
  return noise;
}

static void fill_pad(char *pad, size_t length, uint64_t n, const char *noise) {
  if (noise == NULL) {
    memset(pad, 'a' + (int)(n % 26), length);
    return;
  }
  for (size_t i = 0; i < length; i++) pad[i] = noise[(n * 7919 + i) % noise_size];
}

/* In bursts of a millisecond at least: shorter sleeps would take longer than asked. */
static void pause_after(uint64_t microseconds) {
  static uint64_t due = 0;
  due += microseconds;
  if (due < 1000) return;
  usleep((useconds_t)due);
  due = 0;
}

/* Two thirds of the entries are short, the rest of any size up to the largest. */
static size_t pad_length(uint64_t *state, size_t largest) {
  uint64_t value = next_random(state);
  return value % 3 == 0 ? (value >> 8) % (largest + 1) : (value >> 8) % 100;
}

static mimir_status log_as_entry(mimir_logger *logger, mimir_entry *entry, long id, uint64_t n,
                                 const char *pad, size_t length) {
  mimir_entry_clear(entry);
  mimir_entry_set_int64(entry, MIMIR_KEY("writer"), id);
  mimir_entry_set_uint64(entry, MIMIR_KEY("n"), n);
  mimir_entry_set_string(entry, MIMIR_KEY("pad"), pad, length);
  return mimir_logger_log(logger, entry);
}

static mimir_status log_as_text(mimir_logger *logger, char *buffer, long id, uint64_t n,
                                const char *pad, size_t length) {
  int end =
      sprintf(buffer, "{\"writer\": %ld, \"n\": %llu, \"pad\": \"", id, (unsigned long long)n);
  memcpy(buffer + end, pad, length);
  memcpy(buffer + end + length, "\"}", 2);
  return mimir_logger_log_json(logger, buffer, (size_t)end + length + 2);
}

int main(int argument_count, char **arguments) {
  if (argument_count != 8 && argument_count != 10) {
    fprintf(stderr, "usage: writer LOG ACK ID COUNT FIRST LARGEST SHARED [NOISE PAUSE]\n");
    return 2;
  }
  const long id = atol(arguments[3]);
  uint64_t count = strtoull(arguments[4], NULL, 10); /* -1 becomes more than anyone can log */
  const uint64_t first = strtoull(arguments[5], NULL, 10);
  const size_t largest = strtoull(arguments[6], NULL, 10);
  const int is_noisy = argument_count == 10 && atoi(arguments[8]) != 0;
  const uint64_t pause = argument_count == 10 ? strtoull(arguments[9], NULL, 10) : 0;

  _Atomic uint64_t *acknowledged = map_acknowledged(arguments[2]);
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.path = arguments[1];
  options.shared = atoi(arguments[7]) != 0;
  options.warnings = MIMIR_WARNINGS_OFF; /* torn lines are what this test makes */
  mimir_logger *logger;
  if (mimir_logger_open(&options, &logger) != MIMIR_OK) {
    fprintf(stderr, "writer %ld: %s\n", id, mimir_last_error());
    return 1;
  }
  mimir_entry *entry = mimir_entry_new();
  char *pad = malloc(largest + 100);
  char *buffer = malloc(largest + 300);
  char *noise = is_noisy ? make_noise() : NULL;
  if (is_noisy && noise == NULL) return 1;
  if (acknowledged == NULL || entry == NULL || pad == NULL || buffer == NULL) return 1;

  uint64_t state = 0x9E3779B97F4A7C15u ^ ((uint64_t)getpid() << 20) ^ first;
  for (uint64_t n = first; count > 0; n++, count--) {
    size_t length = pad_length(&state, largest);
    fill_pad(pad, length, n, noise);
    mimir_status status = n % 2 == 0 ? log_as_entry(logger, entry, id, n, pad, length)
                                     : log_as_text(logger, buffer, id, n, pad, length);
    if (status != MIMIR_OK) {
      fprintf(stderr, "writer %ld, entry %llu: %s\n", id, (unsigned long long)n,
              mimir_last_error());
      return 1;
    }
    atomic_store(acknowledged, n);
    pause_after(pause);
  }
  mimir_entry_free(entry);
  free(pad);
  free(buffer);
  free(noise);
  return mimir_logger_close(logger) == MIMIR_OK ? 0 : 1;
}
