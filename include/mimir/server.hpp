/* mimir/server.hpp - takes the entries of many processes into one log. Include <mimir.hpp>. */
#ifndef MIMIR_SERVER_HPP
#define MIMIR_SERVER_HPP

#include "server.h"

#include "error.hpp"
#include "logger.hpp"
#include "options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace mimir {

/* How a log server is opened.
 * @since 0.1.0 */
struct ServerOptions {
  std::string bind{}; /* address of this machine, or ipc://PATH; empty: 127.0.0.1 */
  std::uint32_t port = 5555;
  std::string key_file{};        /* key pair (mimir::keygen); empty: no encryption */
  std::string authorized_keys{}; /* folder with the public keys of those who may connect */
  bool insecure = false;         /* allow an address that others can reach, without keys */
  std::uint32_t max_clients = 1024;
  std::chrono::milliseconds client_timeout{30000}; /* who is silent for so long has left */
  std::uint64_t max_entry_bytes = 64u << 20;
  std::string straggler_key{}; /* a number of which to log min, median, max over the ranks, .. */
  std::uint32_t straggler_every = 0; /* .. each so many steps; 0: never */
  std::string straggler_step_key{};  /* what numbers the steps; empty: they are counted */

  /* Called with each entry that the logger was given: JSON text, with what it has gained; it is gone
   * after the call. On the server's thread, which does nothing else meanwhile; it must not close the
   * server. What it throws is dropped. */
  std::function<void(std::string_view)> on_entry{};
};

namespace detail {

using OnEntry = std::function<void(std::string_view)>;

/* Stands between the library and an OnEntry: an exception must not pass through C frames. */
inline void take_entry(void *context, const char *text, std::size_t length) noexcept {
  try {
    (*static_cast<const OnEntry *>(context))(std::string_view(text, length));
  } catch (...) {
  }
}

/* Closes a server; the callback lives until that is done, for what has arrived is stored first. */
struct CloseServer {
  std::unique_ptr<OnEntry> on_entry;
  void operator()(mimir_server *server) const noexcept { mimir_server_close(server); }
};

}  // namespace detail

/* Takes the entries of many processes, RemoteLoggers and clients of the original project, into a logger.
 *
 *     mimir::Logger logger(options);
 *     mimir::LogServer server(logger);
 *     server.wait();
 *
 * The logger must outlive it. Threads: any number at a time. Fork: in a forked child every call throws
 * MIMIR_ERROR_FORKED; destruction is silent.
 * @since 0.1.0 */
class LogServer {
 public:
  explicit LogServer(Logger &logger, const ServerOptions &options = {}) {
    mimir_server_options c = MIMIR_SERVER_OPTIONS_INIT;
    c.insecure = options.insecure;
    c.bind = options.bind.empty() ? nullptr : detail::c_path(options.bind);
    c.port = options.port;
    c.max_clients = options.max_clients;
    c.client_timeout_ms = detail::c_milliseconds(options.client_timeout);
    c.straggler_every = options.straggler_every;
    c.key_file = options.key_file.empty() ? nullptr : detail::c_path(options.key_file);
    c.authorized_keys =
        options.authorized_keys.empty() ? nullptr : detail::c_path(options.authorized_keys);
    c.max_entry_bytes = options.max_entry_bytes;
    c.straggler_key =
        options.straggler_key.empty() ? nullptr : detail::c_path(options.straggler_key);
    c.straggler_step_key =
        options.straggler_step_key.empty() ? nullptr : detail::c_path(options.straggler_step_key);
    std::unique_ptr<detail::OnEntry> on_entry;
    if (options.on_entry) {
      on_entry = std::make_unique<detail::OnEntry>(options.on_entry);
      c.on_entry = detail::take_entry;
      c.entry_context = on_entry.get();
    }
    mimir_server *server = nullptr;
    detail::check(mimir_server_open(logger.get(), &c, &server));
    handle_ = Handle(server, detail::CloseServer{std::move(on_entry)});
  }

  /* Waits until at least one client has joined and all have left. */
  void wait() { detail::check(mimir_server_wait(get(), -1)); }

  /* The same for so long; false when not all have left by then. */
  bool wait(std::chrono::milliseconds timeout) {
    const auto count = timeout.count();
    const mimir_status status =
        mimir_server_wait(get(), count < 0           ? 0
                                 : count > INT32_MAX ? INT32_MAX
                                                     : static_cast<std::int32_t>(count));
    if (status == MIMIR_ERROR_TIMED_OUT) return false;
    detail::check(status);
    return true;
  }

  /* Where it can be reached, and what it has done. */
  mimir_server_statistics stats() const {
    mimir_server_statistics statistics = MIMIR_SERVER_STATISTICS_INIT;
    detail::check(mimir_server_stats(get(), &statistics));
    return statistics;
  }

  /* Ends it; wait() in another thread then throws MIMIR_ERROR_CLOSED. */
  void finish() { detail::check(mimir_server_finish(get())); }

  /* Stores what has arrived, and ends; the logger stays open. Closing twice does nothing. */
  void close() noexcept { handle_.reset(); }

  /* The C object, which this one goes on owning. */
  mimir_server *get() const { return detail::open(handle_); }

 private:
  using Handle = std::unique_ptr<mimir_server, detail::CloseServer>;

  Handle handle_;
};

}  // namespace mimir

#endif /* MIMIR_SERVER_HPP */
