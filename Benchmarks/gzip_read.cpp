// Reads a log with mimir_reader and prints the milliseconds it took and how many entries it had.
//
//     gzip_read LOG [LAST]             LAST: only so many entries from the end
#include <mimir.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

void require_ok(mimir_status status) {
  if (status == MIMIR_OK) return;
  std::fprintf(stderr, "%s\n", mimir_last_error());
  std::exit(1);
}

}  // namespace

int main(int count, char **arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: gzip_read LOG [LAST]\n");
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  mimir_reader *reader = nullptr;
  require_ok(mimir_reader_open(arguments[1], &reader));
  if (count > 2) require_ok(mimir_reader_last(reader, std::strtoull(arguments[2], nullptr, 10)));
  unsigned long long entries = 0;
  while (true) {
    const char *text = nullptr;
    size_t length = 0;
    require_ok(mimir_reader_next(reader, &text, &length));
    if (text == nullptr) break;
    ++entries;
  }
  mimir_reader_close(reader);
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
  std::printf("%.3f %llu\n", time.count(), entries);
  return 0;
}
