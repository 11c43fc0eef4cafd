/* mimir/options.hpp - how a logger is opened. Include <mimir.hpp>. */
#ifndef MIMIR_OPTIONS_HPP
#define MIMIR_OPTIONS_HPP

#include "logger.h"

#include "error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mimir {

/* For maxlen: keep all. */
inline constexpr std::uint64_t unlimited = MIMIR_UNLIMITED;

/* What happens to a file that is there already. */
enum class Mode : std::uint32_t {
  append = MIMIR_MODE_APPEND,      /* go on after what it holds */
  truncate = MIMIR_MODE_TRUNCATE,  /* empty it, once the lock on it is held */
  exclusive = MIMIR_MODE_EXCLUSIVE /* fail with MIMIR_ERROR_EXISTS */
};

/* When entries go to the file. */
enum class Flush : std::uint32_t {
  every_entry = MIMIR_FLUSH_EVERY_ENTRY, /* before log returns: it survives the process's death */
  interval = MIMIR_FLUSH_INTERVAL        /* each flush_interval: a kill may lose the last one */
};

/* What a written entry survives. */
enum class Durability : std::uint32_t {
  process = MIMIR_DURABILITY_PROCESS, /* the death of the process */
  system = MIMIR_DURABILITY_SYSTEM    /* also a power cut: fdatasync with each flush */
};

/* How NaN and infinities, which JSON lacks, are written; in memory the true value is kept. */
enum class Nonfinite : std::uint32_t {
  null = MIMIR_NONFINITE_NULL,       /* null: every reader takes it */
  tagged = MIMIR_NONFINITE_TAGGED,   /* null, and a last key "__nonfinite__" that tells */
  string = MIMIR_NONFINITE_STRING,   /* "NaN", "Infinity", "-Infinity" */
  literal = MIMIR_NONFINITE_LITERAL, /* bare NaN, Infinity, -Infinity: not JSON */
  error = MIMIR_NONFINITE_ERROR      /* log throws and stores nothing */
};

/* What log, flush and close do when the file can't be written (its disk is full, its folder is
 * gone). Misuse (an entry that is not JSON, too large, a logger that is closed) always throws. */
enum class OnError {
  warn, /* return the status; the library has warned, and writes the entry when it can again */
  raise /* throw mimir::Error */
};

/* For push_port and router_port: any free port. */
inline constexpr std::uint32_t any_port = MIMIR_PORT_ANY;

/* How entries are published live; see docs/protocol.md.
 * @since 0.1.0 */
struct StreamOptions {
  std::uint64_t maxlen = 0; /* entries held for those who come late: 0 none, and no router port;
                               mimir::unlimited all */
  std::string bind{};       /* address of this machine, or ipc://PATH; empty: 127.0.0.1 */
  std::uint32_t push_port = 5557;
  std::uint32_t router_port = 5556;
  std::string key_file{};        /* key pair (mimir::keygen); empty: no encryption */
  std::string authorized_keys{}; /* folder with the public keys of those who may connect */
  bool insecure = false;         /* allow an address that others can reach, without keys */
};

/* How a logger is opened. What is not set has its default.
 * @since 0.1.0 */
struct Options {
  std::string path{};       /* the file; empty: none */
  std::uint64_t maxlen = 0; /* entries kept in memory: 0 none, mimir::unlimited all; an existing
                                  log that is opened for appending loads its last ones */
  Mode mode = Mode::append;
  Flush flush = Flush::every_entry;
  std::chrono::milliseconds flush_interval{100}; /* 1 ms to 1 h */
  Durability durability = Durability::process;
  Nonfinite nonfinite = Nonfinite::null;
  OnError on_error = OnError::warn;
  std::optional<StreamOptions> stream{}; /* publish each entry live */
  bool shared = false;  /* other processes may write the same file, if they too say so */
  bool print = false;   /* print each entry on standard output, a line per key */
  bool warnings = true; /* false: none, whatever on_warning is */
  std::uint64_t max_entry_bytes = 64u << 20;   /* largest entry, 1 to 1 GiB */
  std::uint64_t max_pending_bytes = 64u << 20; /* how much may wait while writing fails */

  /* Called with each warning (its status and text); empty: they go to standard error. It runs on a
   * thread that is inside the constructor, log, load, flush or close, and must not call the same
   * logger. What it throws is dropped. */
  std::function<void(mimir_status, std::string_view)> on_warning{};
};

namespace detail {

using Warning = std::function<void(mimir_status, std::string_view)>;

/* Stands between the library and a Warning: an exception must not pass through C frames. */
inline void warn(void *context, mimir_status status, const char *message,
                 std::size_t length) noexcept {
  try {
    (*static_cast<const Warning *>(context))(status, std::string_view(message, length));
  } catch (...) {
  }
}

/* What is out of range stays so, for the library to refuse: 0 would mean its default. */
inline std::uint32_t c_milliseconds(std::chrono::milliseconds time) noexcept {
  constexpr std::uint32_t refused = UINT32_MAX;
  const auto count = time.count();
  return count > 0 && count < refused ? static_cast<std::uint32_t>(count) : refused;
}

/* A path for C, which would take it to end at a NUL within. */
inline const char *c_path(const std::string &path) {
  if (path.find('\0') != std::string::npos) {
    throw Error(MIMIR_ERROR_INVALID_ARGUMENT, "a path can't have a NUL in it");
  }
  return path.c_str();
}

/* The C options, without the callback. They point into the C++ ones. */
inline mimir_logger_options c_options(const Options &options) {
  mimir_logger_options c = MIMIR_LOGGER_OPTIONS_INIT;
  c.path = options.path.empty() ? nullptr : c_path(options.path);
  c.maxlen = options.maxlen;
  c.max_entry_bytes = options.max_entry_bytes;
  c.max_pending_bytes = options.max_pending_bytes;
  c.mode = static_cast<std::uint32_t>(options.mode);
  c.flush = static_cast<std::uint32_t>(options.flush);
  c.flush_interval_ms = c_milliseconds(options.flush_interval);
  c.durability = static_cast<std::uint32_t>(options.durability);
  c.nonfinite = static_cast<std::uint32_t>(options.nonfinite);
  c.shared = options.shared;
  c.print = options.print;
  c.warnings = options.warnings ? MIMIR_WARNINGS_STDERR : MIMIR_WARNINGS_OFF;
  if (!options.stream) return c;
  const StreamOptions &stream = *options.stream;
  c.stream = 1;
  c.insecure = stream.insecure;
  c.stream_maxlen = stream.maxlen;
  c.bind = stream.bind.empty() ? nullptr : c_path(stream.bind);
  c.push_port = stream.push_port;
  c.router_port = stream.router_port;
  c.key_file = stream.key_file.empty() ? nullptr : c_path(stream.key_file);
  c.authorized_keys = stream.authorized_keys.empty() ? nullptr : c_path(stream.authorized_keys);
  return c;
}

}  // namespace detail

}  // namespace mimir

#endif /* MIMIR_OPTIONS_HPP */
