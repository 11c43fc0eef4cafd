// Any text handed in as JSON: taken exactly when a second opinion takes it, stored as it is without
// its white space, and read back the same.
#include <memory>

#include "json_oracle.hpp"

namespace {

class Ring {
 public:
  Ring(const char *path, uint32_t nonfinite) {
    mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
    options.path = path;
    options.mode = MIMIR_MODE_TRUNCATE;
    options.maxlen = 1;
    options.nonfinite = nonfinite;
    options.warnings = MIMIR_WARNINGS_OFF;
    CHECK(mimir_logger_open(&options, &logger_) == MIMIR_OK, "no logger");
  }
  ~Ring() { mimir_logger_close(logger_); }

  mimir_status log(std::string_view text) {
    return mimir_logger_log_json(logger_, text.data(), text.size());
  }
  mimir_status log(const mimir_entry *entry) { return mimir_logger_log(logger_, entry); }

  Bytes last() const {
    char *text = nullptr;
    size_t length = 0;
    CHECK(mimir_logger_get(logger_, -1, &text, &length) == MIMIR_OK, "no last entry");
    CHECK(text[length] == '\0', "no NUL behind an entry");
    Bytes copy(text, length);
    mimir_free(text);
    return copy;
  }

 private:
  mimir_logger *logger_ = nullptr;
};

void check_entry(std::string_view text) {
  static Ring ring(nullptr, MIMIR_NONFINITE_NULL);
  const auto expected = JSONOracle::compact(text);
  const mimir_status status = ring.log(text);
  CHECK((status == MIMIR_OK) == expected.has_value(), "%s by one, not by the other",
        mimir_status_string(status));
  if (!expected) {
    CHECK(status == MIMIR_ERROR_INVALID_JSON || status == MIMIR_ERROR_INVALID_UTF8 ||
              status == MIMIR_ERROR_TOO_DEEP,
          "%s", mimir_status_string(status));
    return;
  }
  CHECK(ring.last() == *expected, "stored as %s", ring.last().c_str());
  CHECK(ring.log(*expected) == MIMIR_OK && ring.last() == *expected, "not stable");
}

void check_value(std::string_view text) {
  static Ring ring(nullptr, MIMIR_NONFINITE_NULL);
  mimir_entry *entry = mimir_entry_new();
  CHECK(entry != nullptr, "no entry");
  CHECK(mimir_entry_set_int64(entry, MIMIR_KEY("i"), 1) == MIMIR_OK, "no integer");
  const auto expected = JSONOracle::compact(text, 511, false);
  const mimir_status status = mimir_entry_set_json(entry, MIMIR_KEY("k"), text.data(), text.size());
  CHECK((status == MIMIR_OK) == expected.has_value(), "%s by one, not by the other",
        mimir_status_string(status));
  CHECK(ring.log(entry) == MIMIR_OK, "an entry that can't be logged");
  const Bytes whole = expected ? "{\"i\":1,\"k\":" + *expected + "}" : "{\"i\":1}";
  CHECK(ring.last() == whole, "stored as %s", ring.last().c_str());
  mimir_entry_free(entry);
}

// By a file and back, under each policy.
void check_file(std::string_view text, uint32_t nonfinite) {
  static const Folder folder;
  const std::string path = folder / "log.jsonl";
  Bytes stored;
  {
    Ring ring(path.c_str(), nonfinite);
    const mimir_status status = ring.log(text);
    if (status != MIMIR_OK) {
      CHECK(read_file(path) == Bytes(), "nothing was stored, but the file has grown");
      return;
    }
    stored = ring.last();
  }
  const auto file = read_file(path);
  CHECK(file && JSONOracle::compact(*file), "no JSON in the file");
  CHECK(file->find('\n') == file->size() - 1, "not one line");
  const auto reading = read_log(path);
  CHECK(reading && reading->entries.size() == 1 && reading->report.skipped_lines == 0,
        "it is not read back");
  // Whoever logs a tag of their own gets it undone, as far as it fits.
  if (stored.find("nonfinite") != stored.npos) return;
  if (nonfinite == MIMIR_NONFINITE_TAGGED || nonfinite == MIMIR_NONFINITE_LITERAL)
    CHECK(reading->entries[0] == stored, "read back as %s", reading->entries[0].c_str());
}

// As it stands in somebody's file.
void check_read(std::string_view text) {
  static const Folder folder;
  const std::string path = folder / "log.jsonl";
  write_file(path, text);
  const auto reading = read_log(path);
  if (!reading) return;
  for (const Bytes &entry : reading->entries)
    CHECK(JSONOracle::compact(entry) == entry, "no entry: %s", entry.c_str());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  // In memory of its own exact size: nothing may be read past its end.
  const std::unique_ptr<char[]> copy(new char[size - 1]);
  std::memcpy(copy.get(), data + 1, size - 1);
  const std::string_view text(copy.get(), size - 1);
  check_entry(text);
  check_value(text);
  if ((data[0] & 8) != 0) check_file(text, data[0] % 5);
  if ((data[0] & 16) != 0) check_read(text);
  return 0;
}
