// Any bytes read as a log, plain or gzip, with any bytes as its journal. What is in order is read to
// the last entry, the last n entries are those of the whole, and nothing is given that is no entry.
#include "json_oracle.hpp"
#include "log_mutator.hpp"

namespace {

constexpr size_t most_text = 4 << 20;

struct Line {
  Bytes text;
  bool ended;
};

std::vector<Line> lines_of(const Bytes &text) {
  std::vector<Line> lines;
  for (size_t start = 0; start < text.size();) {
    const size_t newline = text.find('\n', start);
    const bool ended = newline != text.npos;
    const size_t end = ended ? newline : text.size();
    lines.push_back({text.substr(start, end - start), ended});
    start = end + 1;
  }
  return lines;
}

// Restoring what was tagged is the JSON target's business.
bool is_tagged(const Bytes &entry) { return entry.find("nonfinite") != entry.npos; }

void check_same(const std::vector<Bytes> &read, const std::vector<Bytes> &expected) {
  CHECK(read.size() == expected.size(), "%zu entries instead of %zu", read.size(), expected.size());
  for (size_t index = 0; index < read.size(); index++) {
    CHECK(read[index] == expected[index] || is_tagged(expected[index]), "entry %zu is %s", index,
          read[index].c_str());
  }
}

// The entries of a text, or of its last lines. One without newline counts when it is an entry.
std::vector<Bytes> entries_of(std::vector<Line> lines, size_t last) {
  if (!lines.empty() && !lines.back().ended && !JSONOracle::compact(lines.back().text))
    lines.pop_back();
  std::vector<Bytes> entries;
  const size_t first = lines.size() > last ? lines.size() - last : 0;
  for (size_t index = first; index < lines.size(); index++) {
    if (auto entry = JSONOracle::compact(lines[index].text)) entries.push_back(*entry);
  }
  return entries;
}

void check_sound(const std::string &path, const Bytes &text, const Reading &all, uint8_t count) {
  const auto lines = lines_of(text);
  CHECK(all.report.damaged == 0, "a file in order is called damaged");
  const bool may_be_torn = !lines.empty() && !lines.back().ended;
  CHECK(all.report.torn == 0 || may_be_torn, "a file in order is called torn");
  check_same(all.entries, entries_of(lines, SIZE_MAX));
  const auto last = read_log(path, count);
  CHECK(last, "its last entries can't be read");
  CHECK(last->report.damaged == 0, "a file in order is called damaged");
  check_same(last->entries, entries_of(lines, count));
}

void check_load(const std::string &path, const Reading &all, uint8_t count) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.maxlen = count;
  options.warnings = MIMIR_WARNINGS_OFF;
  mimir_logger *logger = nullptr;
  CHECK(mimir_logger_open(&options, &logger) == MIMIR_OK, "a logger without file");
  uint64_t loaded = 0;
  CHECK(mimir_logger_load(logger, path.c_str(), &loaded) == MIMIR_OK, "what is read is not loaded");
  CHECK(loaded == all.entries.size(), "%zu entries loaded", static_cast<size_t>(loaded));
  size_t held = 0;
  CHECK(mimir_logger_count(logger, &held) == MIMIR_OK, "count");
  CHECK(held == std::min(all.entries.size(), size_t{count}), "%zu held", held);
  mimir_logger_close(logger);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const Folder folder;
  const LogCase input(data, size);
  const std::string path = input.lay(folder);
  const auto all = read_log(path);
  if (!all) return 0;
  for (const Bytes &entry : all->entries) {
    CHECK(JSONOracle::compact(entry) == entry, "no entry: %s", entry.c_str());
  }
  const auto again = read_log(path);
  CHECK(again && again->entries == all->entries, "read again, it is another");
  CHECK(std::memcmp(&again->report, &all->report, sizeof all->report) == 0, "another report");

  const auto last = read_log(path, input.count);
  CHECK(last, "all can be read, but not the last");
  CHECK(last->report.damaged != 0 || last->entries.size() <= input.count,
        "%zu entries of the last %d", last->entries.size(), input.count);
  if (const auto text = sound_text(input.log); text && text->size() < most_text)
    check_sound(path, *text, *all, input.count);
  check_load(path, *all, input.count);
  CHECK(read_file(path) == input.log, "reading has changed the file");
  return 0;
}
