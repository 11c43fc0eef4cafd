// Any bytes copied and repaired as a log. A copy is in order and has the same entries; a repair
// leaves a log that is in order, or the file as it was.
#include "log_mutator.hpp"

namespace {

void check_whole(const std::string &path, const Bytes &file) {
  if (path.back() != 'z') return;
  const Inflated log = inflated(file, 31);
  CHECK(log.whole && log.end == file.size(), "it is no whole gzip member");
}

void check_copy(const std::string &path, const LogCase &input, const Folder &folder) {
  const std::string copy =
      folder / (input.is(LogCase::plain_name) ? "copy.jsonl" : "copy.jsonl.gz");
  const bool copied = mimir_copy(path.c_str(), copy.c_str(), 0) == MIMIR_OK;
  CHECK(read_file(path) == input.log, "copying has changed the log");
  CHECK(copied == read_file(copy).has_value(), "a copy that is none");
  if (!copied) return;
  const auto before = read_log(path);
  const auto after = read_log(copy);
  CHECK(before.has_value() == after.has_value(), "only one of log and copy can be read");
  // Of damaged chunks, which a copy does not check, it has what the log has; but where they begin may
  // be less clear.
  if (!before || before->report.damaged != 0) return;
  CHECK(before->entries == after->entries, "the copy has other entries");
  CHECK(after->report.damaged == 0, "the copy is damaged");
  CHECK(after->report.torn <= before->report.torn, "the copy is torn");
}

void check_repair(const std::string &path, const LogCase &input) {
  mimir_repair_report report = MIMIR_REPAIR_REPORT_INIT;
  const mimir_status status = mimir_repair(path.c_str(), &report);
  const auto file = read_file(path);
  CHECK(file, "it is gone");
  if (status != MIMIR_OK || report.healthy != 0) {
    CHECK(report.original == nullptr, "an original, but nothing was repaired");
    CHECK(*file == input.log, "nothing was repaired, but it was changed");
    return;
  }
  CHECK(report.original != nullptr, "no original");
  CHECK(read_file(report.original) == input.log, "the damaged file was changed");
  mimir_free(report.original);
  check_whole(path, *file);
  const auto reading = read_log(path);
  CHECK(reading, "what was repaired can't be read");
  CHECK(reading->report.damaged == 0 && reading->report.torn == 0, "repaired, but not in order");
  CHECK(reading->report.skipped_lines == 0, "lines that are no entries");
  CHECK(reading->entries.size() == report.entries && report.entries > 0, "%zu entries, not %zu",
        reading->entries.size(), static_cast<size_t>(report.entries));
  CHECK(report.uncertain_entries <= report.entries, "more uncertain than there are");

  mimir_repair_report again = MIMIR_REPAIR_REPORT_INIT;
  CHECK(mimir_repair(path.c_str(), &again) == MIMIR_OK && again.healthy != 0, "repaired twice");
  CHECK(again.entries == report.entries, "another number of entries");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const Folder folder;
  const LogCase input(data, size);
  const std::string path = input.lay(folder);
  check_copy(path, input, folder);
  check_repair(path, input);
  return 0;
}
