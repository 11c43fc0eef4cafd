// Any bytes opened for writing as a gzip log, with any bytes as its journal: either that is refused
// and the file stays as it is, or the log goes on, whole, and nothing that was in order is lost.
#include "log_mutator.hpp"

namespace {

constexpr std::string_view entry = "{\"logged\":true}";

mimir_status open_log(const std::string &path, const LogCase &input, mimir_logger **logger) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.path = path.c_str();
  options.warnings = MIMIR_WARNINGS_OFF;
  options.shared = input.is(LogCase::shared) ? 1 : 0;
  options.durability =
      input.is(LogCase::durable) ? MIMIR_DURABILITY_SYSTEM : MIMIR_DURABILITY_PROCESS;
  return mimir_logger_open(&options, logger);
}

bool ends_in_line(const Bytes &text) { return text.empty() || text.back() == '\n'; }

// The log as its journal makes it, when that is complete, meant for it, and needed; nothing when no
// writer leaves such a pair.
std::optional<Bytes> redone(const LogCase &input) {
  const auto header = Header::parse(input.log);
  if (!input.is(LogCase::has_journal) || !header) return input.log;
  if (!header->compacting && sound_log(input.log)) return input.log;
  const std::string_view bytes = input.journal;
  if (bytes.size() < Journal::size || bytes.substr(0, 4) != "MIJ1" ||
      load(bytes, 4, 4) != crc_of(bytes.substr(8, 72)) || load(bytes, 8, 8) != header->generation ||
      load(bytes, 16, 8) != header->tail || load(bytes, 24, 8) != bytes.size() - Journal::size ||
      load(bytes, 76, 4) != crc_of(bytes.substr(Journal::size)))
    return input.log;
  const uint64_t rest = load(bytes, 32, 8);
  if (header->tail > rest) return input.log;
  Bytes log = input.log.substr(0, header->tail) + input.journal.substr(Journal::size) +
              input.log.substr(std::min<size_t>(rest, input.log.size()));
  log.replace(Header::state, 36, input.journal, Journal::state, 36);
  const auto next = Header::parse(log);
  if (!next || next->tail != header->tail + input.journal.size() - Journal::size ||
      next->compacting || next->generation == header->generation)
    return input.log;
  // What it says of its chunks must be so.
  if (!chunk_text(log, *next)) return std::nullopt;
  // Of another log: unless it is needed, it is dropped.
  if (!header->compacting && !sound_log(log)) return input.log;
  // The rest moves only into the place that the compaction frees.
  const size_t size = input.log.size();
  if (rest > size || size - rest + next->tail + 64 > rest) return std::nullopt;
  return log;
}

// The text that the log must still have afterwards; nothing when the input left that open.
std::optional<Bytes> kept(const LogCase &input) {
  if (input.log.empty()) return Bytes();
  const auto log = redone(input);
  if (!log) return std::nullopt;
  if (Header::parse(*log)) {
    auto sound = sound_log(*log);
    if (sound) return std::move(sound->text);
    return std::nullopt;
  }
  // Of a later version, or damaged.
  if (Header::is_marked(*log)) return std::nullopt;
  return gzip_text(*log);
}

// What recovery does not look at, because it takes time in proportion to the tail.
bool chunks_in_order(const LogCase &input) {
  const auto log = redone(input);
  if (!log) return false;
  const auto header = Header::parse(*log);
  return !header || chunk_text(*log, *header);
}

void check_logged(const LogCase &input, const Bytes &file) {
  const Inflated after = inflated(file, 31);
  CHECK(after.whole && after.end == file.size(), "no whole gzip member after logging");
  const Bytes line = Bytes(entry) + "\n";
  const size_t before = after.text.size() - std::min(line.size(), after.text.size());
  CHECK(after.text.substr(before) == line, "its text does not end in the entry");
  if (const auto text = kept(input)) {
    const size_t lines = text->rfind('\n') + 1;  // a last line without end may go
    CHECK(after.text.compare(0, lines, *text, 0, lines) == 0, "what it held is another");
    if (ends_in_line(*text)) CHECK(before == lines, "there is something between");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const Folder folder;
  LogCase input(data, size);
  input.flags &= static_cast<uint8_t>(~LogCase::plain_name);
  const std::string path = input.lay(folder);
  mimir_logger *logger = nullptr;
  if (open_log(path, input, &logger) != MIMIR_OK) {
    CHECK(read_file(path) == input.log, "it was refused, but changed");
    const auto text = kept(input);
    CHECK(!text || !ends_in_line(*text), "a file in order was refused");
    return 0;
  }
  if (const auto log = redone(input)) {
    const auto header = Header::parse(*log);
    CHECK(!header || header->tail <= log->size(), "its chunks are cut short, but it was taken");
  }
  CHECK(mimir_logger_log_json(logger, entry.data(), entry.size()) == MIMIR_OK, "not logged");
  CHECK(mimir_logger_close(logger) == MIMIR_OK, "not closed");
  const auto file = read_file(path);
  CHECK(file, "it is gone");
  if (chunks_in_order(input)) check_logged(input, *file);
  CHECK(!read_file(path + ".journal"), "a journal is left");

  CHECK(open_log(path, input, &logger) == MIMIR_OK, "what was written is refused");
  mimir_logger_statistics statistics = MIMIR_LOGGER_STATISTICS_INIT;
  CHECK(mimir_logger_stats(logger, &statistics) == MIMIR_OK, "statistics");
  CHECK(statistics.repaired_bytes == 0, "repaired a second time");
  CHECK(mimir_logger_close(logger) == MIMIR_OK, "not closed");
  CHECK(read_file(path) == file, "a second open has changed it");
  return 0;
}
