/* mimir/reader.hpp - reads the entries of a log file. Include <mimir.hpp>. */
#ifndef MIMIR_READER_HPP
#define MIMIR_READER_HPP

#include "reader.h"

#include "error.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mimir {

/* Reads a log file, plain or gzip, also one that is being written or whose writer was killed.
 *
 *     mimir::Reader reader("log.jsonl.gz");
 *     for (std::string_view entry : reader) std::cout << entry << '\n';
 *     if (reader.report().is_incomplete()) std::cerr << reader.report().message << '\n';
 *
 * Threads: one at a time.
 * @since 0.1.0 */
class Reader {
 public:
  /* What was read and left out; see mimir_reader_statistics. */
  struct Report {
    std::uint64_t entries = 0;
    std::uint64_t skipped_lines = 0;
    std::uint64_t skipped_bytes = 0;
    bool damaged = false;
    bool torn = false;
    std::string message;

    /* Whether there is more in the file than the entries that were read, or they may be wrong. */
    bool is_incomplete() const noexcept { return damaged || torn || skipped_lines > 0; }
  };

  /* Goes through the entries once; each text is valid until the next one is asked for. */
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view *;
    using reference = std::string_view;

    Iterator() = default;
    explicit Iterator(Reader *reader) : reader_(reader) { ++*this; }

    std::string_view operator*() const noexcept { return text_; }
    Iterator &operator++() {
      const std::optional<std::string_view> text = reader_->next();
      if (text) {
        text_ = *text;
      } else {
        reader_ = nullptr;
      }
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(const Iterator &other) const noexcept { return reader_ == other.reader_; }
    bool operator!=(const Iterator &other) const noexcept { return reader_ != other.reader_; }

   private:
    Reader *reader_ = nullptr;
    std::string_view text_;
  };

  /* Its first bytes decide whether the file is gzip. */
  explicit Reader(const std::string &path) {
    mimir_reader *reader = nullptr;
    detail::check(mimir_reader_open(path.c_str(), &reader));
    handle_.reset(reader);
  }

  /* The next entry as JSON text, valid until the next call; nothing at the end. */
  std::optional<std::string_view> next() {
    const char *text = nullptr;
    std::size_t length = 0;
    detail::check(mimir_reader_next(get(), &text, &length));
    if (!text) return std::nullopt;
    return std::string_view(text, length);
  }

  /* From the next entry on. */
  Iterator begin() { return Iterator(this); }
  Iterator end() noexcept { return Iterator(); }

  /* Goes to the last count entries. */
  void last(std::uint64_t count) { detail::check(mimir_reader_last(get(), count)); }

  /* So far; damage is known at the end. */
  Report report() const {
    mimir_reader_statistics statistics = MIMIR_READER_STATISTICS_INIT;
    detail::check(mimir_reader_report(get(), &statistics));
    Report report;
    report.entries = statistics.entries;
    report.skipped_lines = statistics.skipped_lines;
    report.skipped_bytes = statistics.skipped_bytes;
    report.damaged = statistics.damaged != 0;
    report.torn = statistics.torn != 0;
    report.message = statistics.message;
    return report;
  }

  /* The C object, which this one goes on owning. */
  mimir_reader *get() const { return detail::open(handle_); }

 private:
  struct Close {
    void operator()(mimir_reader *reader) const noexcept { mimir_reader_close(reader); }
  };

  std::unique_ptr<mimir_reader, Close> handle_;
};

}  // namespace mimir

#endif /* MIMIR_READER_HPP */
