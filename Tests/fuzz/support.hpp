// What every fuzz target needs: checks that end the process, files in memory, the split input.
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <mimir.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A property that does not hold: says so and ends as a crash does, so that the input is kept.
#define CHECK(condition, ...) \
  do { \
    if (!(condition)) { \
      std::fprintf(stderr, "%s:%d: not so: %s: ", __FILE__, __LINE__, #condition); \
      std::fprintf(stderr, __VA_ARGS__); \
      std::fprintf(stderr, " (last error: %s)\n", mimir_last_error()); \
      std::abort(); \
    } \
  } while (0)

using Bytes = std::string;

// A folder in memory (run.sh says where), emptied before each input.
class Folder {
 public:
  Folder() {
    const char *parent = std::getenv("TMPDIR");
    path_ = std::string(parent == nullptr ? "/dev/shm" : parent) + "/mimir-fuzz-XXXXXX";
    CHECK(mkdtemp(path_.data()) != nullptr, "no folder %s", path_.c_str());
  }
  ~Folder() {
    clear();
    rmdir(path_.c_str());
  }

  std::string operator/(const char *name) const { return path_ + "/" + name; }

  void clear() const {
    DIR *folder = opendir(path_.c_str());
    if (folder == nullptr) return;
    while (const dirent *entry = readdir(folder)) {
      if (entry->d_name[0] != '.') unlink((path_ + "/" + entry->d_name).c_str());
    }
    closedir(folder);
  }

 private:
  std::string path_;
};

inline void write_file(const std::string &path, std::string_view bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  CHECK(file >= 0, "cannot write %s", path.c_str());
  CHECK(write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "write");
  close(file);
}

// nothing when there is no such file.
inline std::optional<Bytes> read_file(const std::string &path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  struct stat status;
  CHECK(fstat(file, &status) == 0, "fstat");
  Bytes bytes(static_cast<size_t>(status.st_size), '\0');
  CHECK(read(file, bytes.data(), bytes.size()) == status.st_size, "read");
  close(file);
  return bytes;
}

// An input: a log and what lies beside it.
//   flags, count, length of the log (3 bytes), the log, the journal
struct LogCase {
  enum : uint8_t { has_journal = 1, plain_name = 2, shared = 4, durable = 8 };
  static constexpr size_t prefix = 5;

  uint8_t flags = 0;
  uint8_t count = 0;
  Bytes log;
  Bytes journal;

  LogCase(const uint8_t *data, size_t size) {
    if (size < prefix) return;
    flags = data[0];
    count = data[1];
    const size_t wanted = data[2] | data[3] << 8 | data[4] << 16;
    const size_t length = std::min(wanted, size - prefix);
    const char *text = reinterpret_cast<const char *>(data) + prefix;
    log.assign(text, length);
    journal.assign(text + length, size - prefix - length);
  }

  Bytes encoded() const {
    Bytes bytes;
    for (size_t byte :
         {size_t{flags}, size_t{count}, log.size(), log.size() >> 8, log.size() >> 16})
      bytes.push_back(static_cast<char>(byte));
    return bytes + log + journal;
  }

  bool is(uint8_t flag) const { return (flags & flag) != 0; }

  // Puts the files there and returns the log's path.
  std::string lay(const Folder &folder) const {
    folder.clear();
    const std::string path = folder / (is(plain_name) ? "log.jsonl" : "log.jsonl.gz");
    write_file(path, log);
    if (is(has_journal)) write_file(path + ".journal", journal);
    return path;
  }
};

// What a reader gives.
struct Reading {
  std::vector<Bytes> entries;
  mimir_reader_statistics report = MIMIR_READER_STATISTICS_INIT;
};

// last: only so many entries; nothing: all. Nothing comes back when it can't be opened or read.
inline std::optional<Reading> read_log(const std::string &path, std::optional<uint64_t> last = {}) {
  mimir_reader *reader = nullptr;
  if (mimir_reader_open(path.c_str(), &reader) != MIMIR_OK) return std::nullopt;
  Reading reading;
  mimir_status status = last ? mimir_reader_last(reader, *last) : MIMIR_OK;
  while (status == MIMIR_OK) {
    const char *text = nullptr;
    size_t length = 0;
    status = mimir_reader_next(reader, &text, &length);
    if (status != MIMIR_OK || text == nullptr) break;
    CHECK(text[length] == '\0', "no NUL behind an entry");
    reading.entries.emplace_back(text, length);
  }
  CHECK(mimir_reader_report(reader, &reading.report) == MIMIR_OK, "report");
  reading.report.message = nullptr;  // the reader's own
  mimir_reader_close(reader);
  if (status != MIMIR_OK) return std::nullopt;
  CHECK(reading.report.entries == reading.entries.size(), "%llu entries reported, %zu given",
        static_cast<unsigned long long>(reading.report.entries), reading.entries.size());
  return reading;
}
