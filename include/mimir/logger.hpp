/* mimir/logger.hpp - the logger. Include <mimir.hpp>. */
#ifndef MIMIR_LOGGER_HPP
#define MIMIR_LOGGER_HPP

#include "logger.h"

#include "entry.hpp"
#include "error.hpp"
#include "options.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace mimir {

namespace detail {

/* Closes a logger; the callback lives until that is done, for closing may warn. */
struct Close {
  std::unique_ptr<Warning> warning;
  void operator()(mimir_logger *logger) const noexcept { mimir_logger_close(logger); }
};

/* Whether a status tells of the file and not of the call. */
inline bool is_about_file(mimir_status status) noexcept {
  switch (status) {
    case MIMIR_ERROR_IO:
    case MIMIR_ERROR_NO_SPACE:
    case MIMIR_ERROR_NOT_FOUND:
    case MIMIR_ERROR_PERMISSION:
    case MIMIR_ERROR_LOCKED:
    case MIMIR_ERROR_BUSY:
    case MIMIR_ERROR_DROPPED:
    case MIMIR_ERROR_UNSUPPORTED:
    case MIMIR_ERROR_CORRUPT:
      return true;
    default:
      return false;
  }
}

/* An entry of this thread for one call, so that logging does not allocate. Taken out of its place
 * meanwhile: a warning's callback may log to another logger. */
class ScratchEntry {
 public:
  ScratchEntry() : entry_(!is_gone && place() ? std::move(place()) : std::make_unique<Entry>()) {}
  ~ScratchEntry() {
    entry_->clear();
    if (!is_gone) place() = std::move(entry_);
  }
  ScratchEntry(const ScratchEntry &) = delete;
  ScratchEntry &operator=(const ScratchEntry &) = delete;

  Entry &operator*() noexcept { return *entry_; }

 private:
  struct Place {
    std::unique_ptr<Entry> entry;
    ~Place() { is_gone = true; }
  };

  static std::unique_ptr<Entry> &place() noexcept {
    static thread_local Place place;
    return place.entry;
  }

  /* A destructor of a static object may log, and the thread's own objects are gone by then. */
  static inline thread_local bool is_gone = false;

  std::unique_ptr<Entry> entry_;
};

}  // namespace detail

/* A logger: numbers each entry and hands it to the ring in memory, the file, and the console.
 *
 * Threads: any number may log, read and flush at a time; moving and closing is for one alone.
 * Fork: in a forked child every call throws MIMIR_ERROR_FORKED; destruction is silent.
 * log, flush and close return MIMIR_OK, or with OnError::warn the status of a failed write.
 * @since 0.1.0 */
class Logger {
 public:
  explicit Logger(const Options &options = {}) : on_error_(options.on_error) {
    mimir_logger_options c = detail::c_options(options);
    std::unique_ptr<detail::Warning> warning;
    if (options.warnings && options.on_warning) {
      warning = std::make_unique<detail::Warning>(options.on_warning);
      c.warnings = MIMIR_WARNINGS_CALLBACK;
      c.on_warning = detail::warn;
      c.warning_context = warning.get();
    }
    mimir_logger *logger = nullptr;
    detail::check(mimir_logger_open(&c, &logger));
    handle_ = Handle(logger, detail::Close{std::move(warning)});
  }

  /* Logs {{"iteration", i}, {"loss", loss}, {"config", {{"lr", 0.1}}}}; see Value. */
  mimir_status log(std::initializer_list<Field> fields) {
    detail::ScratchEntry entry;
    (*entry).set(fields);
    return log(*entry);
  }

  /* Logs an entry, which can then be cleared and used again. */
  mimir_status log(const Entry &entry) { return written(mimir_logger_log(get(), entry.get())); }

  /* Logs an object whose type has an Adapter with fill, such as nlohmann::json. */
  template <class T, class = decltype(&Adapter<T>::fill)>
  mimir_status log(const T &object) {
    detail::ScratchEntry entry;
    (*entry).set(object);
    return log(*entry);
  }

  /* Logs an entry given as JSON text, one object; it is checked. */
  mimir_status log_json(std::string_view text) {
    return written(mimir_logger_log_json(get(), detail::data(text), text.size()));
  }

  /* Logs {keys[0]: values[0], ..}, the cheapest way. */
  mimir_status log_doubles(const mimir_text *keys, const double *values, std::size_t count) {
    return written(mimir_logger_log_doubles(get(), keys, values, count));
  }

  /* Reads a plain JSON Lines file into memory; returns how many entries it holds. Always throws when
   * it can't. */
  std::uint64_t load(const std::string &path) {
    std::uint64_t count = 0;
    detail::check(mimir_logger_load(get(), detail::c_path(path), &count));
    return count;
  }

  /* How many entries are in memory: 0 to maxlen. */
  std::size_t count() const {
    std::size_t count = 0;
    detail::check(mimir_logger_count(get(), &count));
    return count;
  }
  std::size_t size() const { return count(); }

  /* An entry in memory, as JSON text: 0 is the oldest, -1 the newest. Throws
   * MIMIR_ERROR_OUT_OF_RANGE unless -count() <= index < count(). */
  std::string at(std::int64_t index) const {
    char *text = nullptr;
    std::size_t length = 0;
    detail::check(mimir_logger_get(get(), index, &text, &length));
    return detail::take(text, length);
  }
  std::string operator[](std::int64_t index) const { return at(index); }

  /* Up to count entries in memory, as they are at one moment, from index start on: JSON text, a line
   * each. */
  std::string range(std::int64_t start = 0, std::size_t count = SIZE_MAX) const {
    char *text = nullptr;
    std::size_t length = 0;
    detail::check(mimir_logger_range(get(), start, count, &text, &length));
    return text ? detail::take(text, length) : std::string();
  }

  /* Writes what waits in memory to the file. */
  mimir_status flush() { return written(mimir_logger_flush(get())); }

  /* What the logger has done so far. */
  mimir_logger_statistics stats() const {
    mimir_logger_statistics statistics = MIMIR_LOGGER_STATISTICS_INIT;
    detail::check(mimir_logger_stats(get(), &statistics));
    return statistics;
  }

  /* Where its stream can be reached, and what that has done. Throws MIMIR_ERROR_INVALID_STATE without
   * Options::stream. */
  mimir_publisher_statistics stream() const {
    mimir_publisher_statistics statistics = MIMIR_PUBLISHER_STATISTICS_INIT;
    detail::check(mimir_logger_stream(get(), &statistics));
    return statistics;
  }

  /* Closes, while other threads may still be logging: they get MIMIR_ERROR_CLOSED from now on. Entries
   * in memory can be read. */
  mimir_status finish() { return written(mimir_logger_finish(get())); }

  /* Writes what waits in memory and closes the file, whatever comes of it. Without it the destructor
   * does so, and errors stay unseen. Closing twice does nothing. */
  mimir_status close() { return written(mimir_logger_close(handle_.release())); }

  bool is_open() const noexcept { return handle_ != nullptr; }

  /* The C object, which this one goes on owning. */
  mimir_logger *get() const { return detail::open(handle_); }

 private:
  using Handle = std::unique_ptr<mimir_logger, detail::Close>;

  mimir_status written(mimir_status status) const {
    if (status == MIMIR_OK) return status;
    if (on_error_ == OnError::raise || !detail::is_about_file(status)) detail::raise(status);
    return status;
  }

  Handle handle_;
  OnError on_error_;
};

}  // namespace mimir

#endif /* MIMIR_LOGGER_HPP */
