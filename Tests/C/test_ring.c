/* The ring: both ends, its bound, its memory. */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>

/* Counts calls of malloc and its kin by this thread, between counting = true and false. */
static _Thread_local bool counting;
static _Thread_local long allocations;

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

#ifdef SANITIZED
#include <sanitizer/allocator_interface.h>
static void on_malloc(const volatile void *memory, size_t size) {
  (void)memory, (void)size;
  if (counting) allocations++;
}
static void on_free(const volatile void *memory) { (void)memory; }
static void count_allocations(void) {
  __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
}
#else
void *__libc_malloc(size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void *malloc(size_t size) {
  if (counting) allocations++;
  return __libc_malloc(size);
}
void *realloc(void *memory, size_t size) {
  if (counting) allocations++;
  return __libc_realloc(memory, size);
}
int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (counting) allocations++;
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : 12;
}
static void count_allocations(void) {}
#endif

static bool check_at(mimir_ring *ring, int64_t index, const char *wanted) {
  char *data = NULL;
  size_t length = 99;
  bool same = CHECK_OK(mimir_ring_get(ring, index, &data, &length)) && CHECK_TEXT(data, wanted) &&
              CHECK(length == strlen(wanted));
  mimir_free(data);
  return same;
}

static size_t count_of(mimir_ring *ring) {
  size_t count = 99;
  CHECK_OK(mimir_ring_count(ring, &count));
  return count;
}

static void ends(void) {
  mimir_ring *ring = NULL;
  CHECK_OK(mimir_ring_new(3, &ring));
  CHECK(count_of(ring) == 0);
  const char *words[] = {"one", "two", "", "four", "five"};
  for (int i = 0; i < 5; i++) CHECK_OK(mimir_ring_push(ring, words[i], strlen(words[i])));
  CHECK(count_of(ring) == 3);
  check_at(ring, 0, "");
  check_at(ring, 1, "four");
  check_at(ring, -1, "five");
  check_at(ring, -3, "");
  int64_t outside[] = {3, -4, INT64_MAX, INT64_MIN};
  for (int i = 0; i < 4; i++) {
    char *data = (char *)ring;
    size_t length = 99;
    CHECK_STATUS(mimir_ring_get(ring, outside[i], &data, &length), MIMIR_ERROR_OUT_OF_RANGE);
    CHECK(data == NULL && length == 0);
  }
  CHECK_OK(mimir_ring_push(ring, NULL, 0));
  check_at(ring, -1, "");
  CHECK_STATUS(mimir_ring_push(ring, "x", (size_t)UINT32_MAX + 1), MIMIR_ERROR_TOO_LARGE);
  CHECK(count_of(ring) == 3);
  CHECK_OK(mimir_ring_clear(ring));
  CHECK(count_of(ring) == 0);
  CHECK_OK(mimir_ring_push(ring, "again", 5));
  check_at(ring, 0, "again");
  mimir_ring_free(ring);
}

static void bounds(void) {
  mimir_ring *ring = NULL;
  CHECK_OK(mimir_ring_new(0, &ring));
  CHECK_OK(mimir_ring_push(ring, "x", 1));
  CHECK(count_of(ring) == 0);
  mimir_ring_free(ring);

  uint64_t limits[] = {MIMIR_UNLIMITED, MIMIR_UNLIMITED - 1, INT64_MAX, (uint64_t)INT64_MAX + 1};
  for (int i = 0; i < 4; i++) {
    CHECK_OK(mimir_ring_new(limits[i], &ring));
    for (int entry = 0; entry < 10000; entry++) {
      char text[16];
      int length = snprintf(text, sizeof text, "%d", entry);
      if (mimir_ring_push(ring, text, (size_t)length) != MIMIR_OK) CHECK(false);
    }
    CHECK(count_of(ring) == 10000);
    check_at(ring, 0, "0");
    check_at(ring, 5000, "5000");
    check_at(ring, -1, "9999");
    size_t bytes = 0;
    CHECK_OK(mimir_ring_memory(ring, &bytes));
    CHECK(bytes >= 38890 && bytes < 200000);
    mimir_ring_free(ring);
  }
}

/* A full ring allocates nothing, whether its strings are alike or not. */
static void steady_state(const size_t *lengths, int kinds) {
  mimir_ring *ring = NULL;
  static const char line[4000];
  CHECK_OK(mimir_ring_new(1000, &ring));
  for (int i = 0; i < 100000; i++) mimir_ring_push(ring, line, lengths[i % kinds]);
  allocations = 0;
  counting = true;
  for (int i = 0; i < 100000; i++) mimir_ring_push(ring, line, lengths[i % kinds]);
  counting = false;
  if (!CHECK(allocations == 0)) printf("  %ld for 100000 pushes\n", allocations);
  CHECK(count_of(ring) == 1000);
  size_t held = 0, memory = 0;
  for (int i = 0; i < 1000; i++) held += lengths[i % kinds] + 4;
  CHECK_OK(mimir_ring_memory(ring, &memory));
  CHECK(memory >= held && memory < 2 * held + 16384);
  mimir_ring_free(ring);
}

static void allocations_are_seen(void) {
  allocations = 0;
  counting = true;
  void *volatile memory = malloc(16);
  counting = false;
  CHECK(allocations == 1);
  free(memory);
}

enum { THREADS = 4, PUSHES = 20000 };

static void *push_many(void *ring) {
  static atomic_int next;
  char text[32];
  int thread = atomic_fetch_add(&next, 1);
  long failures = 0;
  for (int i = 0; i < PUSHES; i++) {
    int length = snprintf(text, sizeof text, "%d %d", thread, i);
    failures += mimir_ring_push(ring, text, (size_t)length) != MIMIR_OK;
    char *data = NULL;
    size_t got;
    if (i % 100 == 0) failures += mimir_ring_get(ring, -1, &data, &got) != MIMIR_OK;
    mimir_free(data);
  }
  return (void *)failures;
}

static void threads(void) {
  mimir_ring *ring = NULL;
  pthread_t ids[THREADS];
  CHECK_OK(mimir_ring_new(MIMIR_UNLIMITED, &ring));
  for (int i = 0; i < THREADS; i++) pthread_create(&ids[i], NULL, push_many, ring);
  for (int i = 0; i < THREADS; i++) {
    void *failures;
    pthread_join(ids[i], &failures);
    CHECK(failures == NULL);
  }
  CHECK(count_of(ring) == THREADS * PUSHES);
  int last[THREADS] = {0};
  bool ordered = true;
  for (int64_t i = 0; i < THREADS * PUSHES; i++) {
    char *data = NULL;
    size_t length;
    int thread = -1, number = -1;
    if (mimir_ring_get(ring, i, &data, &length) == MIMIR_OK)
      sscanf(data, "%d %d", &thread, &number);
    mimir_free(data);
    ordered = ordered && thread >= 0 && thread < THREADS && number == last[thread]++;
  }
  CHECK(ordered);
  mimir_ring_free(ring);
}

int main(void) {
  ends();
  bounds();
  count_allocations();
  allocations_are_seen();
  const size_t alike[] = {60}, empty[] = {0}, mixed[] = {10, 200, 3000};
  steady_state(alike, 1);
  steady_state(empty, 1);
  steady_state(mixed, 3);
  threads();
  return check_done();
}
