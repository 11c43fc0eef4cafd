/* mimir/publisher.hpp - publishes entries live. Include <mimir.hpp>. */
#ifndef MIMIR_PUBLISHER_HPP
#define MIMIR_PUBLISHER_HPP

#include "publisher.h"

#include "error.hpp"
#include "options.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mimir {

/* Makes a key pair: the file at path, of mode 0600, and path with .pub behind it, to be given away.
 * @since 0.1.0 */
inline void keygen(const std::string &path) { detail::check(mimir_keygen(detail::c_path(path))); }

/* Publishes entries live, and tells those who come late what they have missed. A logger with
 * Options::stream has one of its own; this is for entries that come from elsewhere.
 *
 * Threads: any number may publish at a time. Fork: in a forked child every call throws
 * MIMIR_ERROR_FORKED; destruction is silent.
 * @since 0.1.0 */
class Publisher {
 public:
  /* max_queue_bytes: how much may wait for its thread. */
  explicit Publisher(const StreamOptions &options = {}, std::uint64_t max_queue_bytes = 64u << 20) {
    mimir_publisher_options c = MIMIR_PUBLISHER_OPTIONS_INIT;
    c.insecure = options.insecure;
    c.bind = options.bind.empty() ? nullptr : detail::c_path(options.bind);
    c.push_port = options.push_port;
    c.router_port = options.router_port;
    c.maxlen = options.maxlen;
    c.max_queue_bytes = max_queue_bytes;
    c.key_file = options.key_file.empty() ? nullptr : detail::c_path(options.key_file);
    c.authorized_keys =
        options.authorized_keys.empty() ? nullptr : detail::c_path(options.authorized_keys);
    mimir_publisher *publisher = nullptr;
    detail::check(mimir_publisher_open(&c, &publisher));
    handle_.reset(publisher);
  }

  /* Publishes an entry given as JSON text, one object; returns its number, from 1. */
  std::uint64_t publish(std::string_view text) {
    std::uint64_t sequence = 0;
    detail::check(mimir_publisher_publish(get(), detail::data(text), text.size(), &sequence));
    return sequence;
  }

  /* Where it can be reached, and what it has done. */
  mimir_publisher_statistics stats() const {
    mimir_publisher_statistics statistics = MIMIR_PUBLISHER_STATISTICS_INIT;
    detail::check(mimir_publisher_stats(get(), &statistics));
    return statistics;
  }

  /* Sends what waits, for a second at the most. Closing twice does nothing. */
  void close() noexcept { handle_.reset(); }

  /* The C object, which this one goes on owning. */
  mimir_publisher *get() const { return detail::open(handle_); }

 private:
  struct Close {
    void operator()(mimir_publisher *publisher) const noexcept { mimir_publisher_close(publisher); }
  };

  std::unique_ptr<mimir_publisher, Close> handle_;
};

}  // namespace mimir

#endif /* MIMIR_PUBLISHER_HPP */
