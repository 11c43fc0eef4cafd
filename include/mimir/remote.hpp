/* mimir/remote.hpp - logs to a server. Include <mimir.hpp>. */
#ifndef MIMIR_REMOTE_HPP
#define MIMIR_REMOTE_HPP

#include "remote.h"

#include "entry.hpp"
#include "error.hpp"
#include "logger.hpp"
#include "options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mimir {

/* How a client of a log server is opened.
 * @since 0.1.0 */
struct RemoteOptions {
  std::string host = "localhost"; /* a name or address, or the server's ipc://PATH */
  std::uint32_t port = 5555;
  std::string name{};       /* the entries' remote_log; empty: a number that the server gives */
  std::string spool{};      /* folder of the spools; empty: the standard one, see mimir/remote.h */
  bool memory_only = false; /* no spool: what the server does not have is lost with this process */
  std::optional<std::uint32_t> rank{}; /* nothing: the launcher's, unless ask_launcher is false */
  std::uint32_t world_size = 0;
  bool ask_launcher = true;
  std::string key_file{};   /* this client's key pair; empty: no encryption */
  std::string server_key{}; /* the server's public key; goes with key_file */
  std::uint64_t max_entry_bytes = 64u << 20;
  std::uint64_t max_queue_bytes = 64u << 20; /* in memory, where the spool can't be written */
  std::uint64_t max_spool_bytes = std::uint64_t{4} << 30;
};

namespace detail {

inline mimir_remote_options c_options(const RemoteOptions &options) {
  mimir_remote_options c = MIMIR_REMOTE_OPTIONS_INIT;
  c.host = c_path(options.host);
  c.port = options.port;
  c.name = options.name.empty() ? nullptr : c_path(options.name);
  c.spool = options.spool.empty() ? nullptr : c_path(options.spool);
  c.memory_only = options.memory_only;
  c.no_launcher = !options.ask_launcher;
  c.has_rank = options.rank.has_value();
  c.rank = options.rank.value_or(0);
  c.world_size = options.world_size;
  c.key_file = options.key_file.empty() ? nullptr : c_path(options.key_file);
  c.server_key = options.server_key.empty() ? nullptr : c_path(options.server_key);
  c.max_entry_bytes = options.max_entry_bytes;
  c.max_queue_bytes = options.max_queue_bytes;
  c.max_spool_bytes = options.max_spool_bytes;
  return c;
}

/* Milliseconds for a wait. */
inline std::int32_t c_timeout(std::chrono::milliseconds time) noexcept {
  const auto count = time.count();
  return count < 0 ? 0 : count > INT32_MAX ? INT32_MAX : static_cast<std::int32_t>(count);
}

}  // namespace detail

/* Logs to a server, and never waits for it: an entry is in the spool when log returns, and in the
 * server's log exactly once when that can be reached, by this client or a later one.
 *
 *     mimir::RemoteLogger logger;
 *     logger.log({{"iteration", i}, {"training_error", e}});
 *     logger.close(std::chrono::seconds(5));
 *
 * Threads: any number may log at a time; moving and closing is for one alone. Fork: in a forked child
 * every call throws MIMIR_ERROR_FORKED; destruction is silent.
 * @since 0.1.0 */
class RemoteLogger {
 public:
  explicit RemoteLogger(const RemoteOptions &options = {}) {
    const mimir_remote_options c = detail::c_options(options);
    mimir_remote *remote = nullptr;
    detail::check(mimir_remote_open(&c, &remote));
    handle_.reset(remote);
  }

  /* Logs {{"iteration", i}, {"loss", loss}}; see Value. */
  void log(std::initializer_list<Field> fields) {
    detail::ScratchEntry entry;
    (*entry).set(fields);
    log(*entry);
  }

  /* Logs an entry, which can then be cleared and used again. */
  void log(const Entry &entry) { detail::check(mimir_remote_log(get(), entry.get())); }

  /* Logs an object whose type has an Adapter with fill, such as nlohmann::json. */
  template <class T, class = decltype(&Adapter<T>::fill)>
  void log(const T &object) {
    detail::ScratchEntry entry;
    (*entry).set(object);
    log(*entry);
  }

  /* Logs an entry given as JSON text, one object; it is checked. */
  void log_json(std::string_view text) {
    detail::check(mimir_remote_log_json(get(), detail::data(text), text.size()));
  }

  /* Logs {keys[0]: values[0], ..}, the cheapest way. */
  void log_doubles(const mimir_text *keys, const double *values, std::size_t count) {
    detail::check(mimir_remote_log_doubles(get(), keys, values, count));
  }

  /* Waits until the server has all that was logged before; throws MIMIR_ERROR_TIMED_OUT. */
  void flush(std::chrono::milliseconds timeout) {
    detail::check(mimir_remote_flush(get(), detail::c_timeout(timeout)));
  }

  /* What it has done; statistics.id and problem are text. */
  mimir_remote_statistics stats() const {
    mimir_remote_statistics statistics = MIMIR_REMOTE_STATISTICS_INIT;
    detail::check(mimir_remote_stats(get(), &statistics));
    return statistics;
  }

  /* Waits so long until the server has everything; returns how many entries are still in the spool, to
   * be sent later. Destruction does not wait. Closing twice does nothing. */
  std::uint64_t close(std::chrono::milliseconds timeout) {
    std::uint64_t spooled = 0;
    detail::check(mimir_remote_close(handle_.release(), detail::c_timeout(timeout), &spooled));
    return spooled;
  }

  /* The C object, which this one goes on owning. */
  mimir_remote *get() const { return detail::open(handle_); }

 private:
  struct Close {
    void operator()(mimir_remote *remote) const noexcept { mimir_remote_close(remote, 0, nullptr); }
  };

  std::unique_ptr<mimir_remote, Close> handle_;
};

/* Sends what clients that are gone have left in a spool folder; throws MIMIR_ERROR_TIMED_OUT when not
 * all could be sent.
 * @since 0.1.0 */
inline mimir_spool_report send_spools(const RemoteOptions &options,
                                      std::chrono::milliseconds timeout) {
  const mimir_remote_options c = detail::c_options(options);
  mimir_spool_report report = MIMIR_SPOOL_REPORT_INIT;
  detail::check(mimir_spool_send(&c, detail::c_timeout(timeout), &report));
  return report;
}

}  // namespace mimir

#endif /* MIMIR_REMOTE_HPP */
