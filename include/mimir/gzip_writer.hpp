/* mimir/gzip_writer.hpp - any text to a gzip file that is always complete. Include <mimir.hpp>. */
#ifndef MIMIR_GZIP_WRITER_HPP
#define MIMIR_GZIP_WRITER_HPP

#include "gzip_writer.h"

#include "error.hpp"
#include "options.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mimir {

/* How a GzipWriter is opened. What is not set has its default.
 * @since 0.1.0 */
struct GzipWriterOptions {
  Mode mode = Mode::append;
  Flush flush = Flush::every_entry;              /* an entry is what one call writes */
  std::chrono::milliseconds flush_interval{100}; /* 1 ms to 1 h */
  Durability durability = Durability::process;
  bool shared = false; /* other processes may write the same file, if they too say so */
  std::uint64_t max_pending_bytes = 64u << 20; /* how much may wait while writing fails */
};

/* Writes text to a gzip file that is complete and valid after every write. Every failure throws Error;
 * what could not be written waits and goes first as soon as writing works again. Threads: any number
 * at a time; moving and closing are for one alone.
 * @since 0.1.0 */
class GzipWriter {
 public:
  /* path: ends in .gz. */
  explicit GzipWriter(const std::string &path, const GzipWriterOptions &options = {}) {
    mimir_gzip_writer_options c = MIMIR_GZIP_WRITER_OPTIONS_INIT;
    c.mode = static_cast<std::uint32_t>(options.mode);
    c.flush = static_cast<std::uint32_t>(options.flush);
    c.flush_interval_ms = detail::c_milliseconds(options.flush_interval);
    c.durability = static_cast<std::uint32_t>(options.durability);
    c.shared = options.shared;
    c.max_pending_bytes = options.max_pending_bytes;
    mimir_gzip_writer *writer = nullptr;
    detail::check(mimir_gzip_writer_open(detail::c_path(path), &c, &writer));
    handle_.reset(writer);
  }

  /* Appends text as it is. */
  void write(std::string_view text) {
    detail::check(mimir_gzip_writer_write(get(), text.data(), text.size()));
  }

  /* Writes what waits in memory. */
  void flush() { detail::check(mimir_gzip_writer_flush(get())); }

  /* Writes what waits, compresses the rest and closes the file. Closing again does nothing; the
   * destructor closes too, but can't throw. */
  void close() { detail::check(mimir_gzip_writer_close(handle_.release())); }

  /* The C object, which this one goes on owning. */
  mimir_gzip_writer *get() const { return detail::open(handle_); }

 private:
  struct Close {
    void operator()(mimir_gzip_writer *writer) const noexcept { mimir_gzip_writer_close(writer); }
  };

  std::unique_ptr<mimir_gzip_writer, Close> handle_;
};

}  // namespace mimir

#endif /* MIMIR_GZIP_WRITER_HPP */
