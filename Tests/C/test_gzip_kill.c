/* A gzip writer that is killed loses nothing that was acknowledged: any bytes, not only whole lines. */
#include "gzip_files.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* The stream's byte at a place: letters, now and then a NUL or a newline. */
static char byte_at(size_t place) {
  const size_t mixed = (place * 2654435761u) >> 7;
  return mixed % 50 == 0 ? 0 : mixed % 90 == 1 ? '\n' : (char)('a' + mixed % 26);
}

static size_t size_of_write(unsigned number) {
  return number % 40 == 39 ? 70000 + number % 999 : number % 13 == 0 ? 5000 : 1 + number * 31 % 200;
}

/* Goes on with the stream until killed; tells how much of it was acknowledged. */
static void write_stream(const char *path, size_t from, volatile size_t *acknowledged) {
  mimir_gzip_writer *writer = NULL;
  if (mimir_gzip_writer_open(path, NULL, &writer) != MIMIR_OK) _exit(1);
  static char text[80000];
  for (unsigned number = 0;; number++) {
    const size_t length = size_of_write(number);
    for (size_t i = 0; i < length; i++) text[i] = byte_at(from + i);
    if (mimir_gzip_writer_write(writer, text, length) != MIMIR_OK) _exit(1);
    from += length;
    *acknowledged = from;
  }
}

/* Whether the text is the stream's beginning. */
static bool is_stream(const char *text, size_t length) {
  static char *known;
  static size_t count;
  if (count < length) known = (char *)realloc(known, length);
  for (; count < length; count++) known[count] = byte_at(count);
  return memcmp(text, known, length) == 0;
}

static void kills(const char *path) {
  enum { KILLS = 30, LONGEST_WRITE = 71000 };
  size_t *acknowledged = (size_t *)mmap(NULL, sizeof(size_t), PROT_READ | PROT_WRITE,
                                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  size_t length = 0;
  for (int number = 0; number < KILLS; number++) {
    *acknowledged = length;
    const pid_t child = fork();
    if (child == 0) write_stream(path, length, acknowledged);
    usleep((useconds_t)(3000 + number * 977 % 12000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    if (!CHECK(WIFSIGNALED(status))) break;

    mimir_gzip_writer *writer = NULL;
    if (!CHECK_OK(mimir_gzip_writer_open(path, NULL, &writer))) break;
    char *text = gzip_text(path, &length);
    CHECK(text && length >= *acknowledged && length <= *acknowledged + LONGEST_WRITE);
    CHECK(text && is_stream(text, length));
    free(text);
    CHECK_OK(mimir_gzip_writer_close(writer));
  }
  CHECK(length > 0);
  CHECK(gzip_accepts(path));
  munmap(acknowledged, sizeof(size_t));
}

int main(void) {
  kills("killed.gz");
  return check_done();
}
