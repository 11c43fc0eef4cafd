/* mimir/subscriber.hpp - follows a live log. Include <mimir.hpp>. */
#ifndef MIMIR_SUBSCRIBER_HPP
#define MIMIR_SUBSCRIBER_HPP

#include "subscriber.h"

#include "error.hpp"
#include "options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mimir {

/* What was published before.
 * @since 0.1.0 */
enum class Past : std::uint32_t {
  all = MIMIR_PAST_ALL,         /* all that can be had */
  nothing = MIMIR_PAST_NOTHING, /* only what comes from now on */
  last = MIMIR_PAST_LAST,       /* the last past_count entries */
  from = MIMIR_PAST_FROM        /* from entry number past_count on */
};

/* How a subscriber is opened.
 * @since 0.1.0 */
struct SubscriberOptions {
  std::string host = "localhost"; /* a name or address, or the publisher's ipc://PATH */
  std::uint32_t push_port = 5557;
  std::uint32_t router_port = 5556;
  bool live_only = false; /* no router port: neither the past nor what was missed can be had */
  Past past = Past::all;
  std::uint64_t past_count = 0;
  std::string key_file{};                    /* this client's key pair; empty: no encryption */
  std::string server_key{};                  /* the publisher's public key; goes with key_file */
  std::uint64_t max_queue_bytes = 64u << 20; /* live entries that wait while older ones come */
};

/* Follows a publisher: the past that is wanted, then each entry as it comes, in order, each once.
 *
 *     mimir::Subscriber subscriber;
 *     for (const auto &live : subscriber) std::cout << live.sequence << ' ' << live.text << '\n';
 *
 * Threads: one at a time.
 * @since 0.1.0 */
class Subscriber {
 public:
  /* An entry; its text is valid until the next one is asked for. */
  struct Live {
    std::uint64_t sequence = 0;
    std::string_view text{};
  };

  /* Waits for one entry after another, for ever. */
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Live;
    using difference_type = std::ptrdiff_t;
    using pointer = const Live *;
    using reference = const Live &;

    Iterator() = default;
    explicit Iterator(Subscriber *subscriber) : subscriber_(subscriber) { ++*this; }

    const Live &operator*() const noexcept { return live_; }
    const Live *operator->() const noexcept { return &live_; }
    Iterator &operator++() {
      const std::optional<Live> live = subscriber_->next();
      if (live) live_ = *live;
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(const Iterator &other) const noexcept {
      return subscriber_ == other.subscriber_;
    }
    bool operator!=(const Iterator &other) const noexcept { return !(*this == other); }

   private:
    Subscriber *subscriber_ = nullptr;
    Live live_{};
  };

  explicit Subscriber(const SubscriberOptions &options = {}) {
    mimir_subscriber_options c = MIMIR_SUBSCRIBER_OPTIONS_INIT;
    c.past = static_cast<std::uint32_t>(options.past);
    c.host = detail::c_path(options.host);
    c.push_port = options.push_port;
    c.router_port = options.router_port;
    c.live_only = options.live_only;
    c.max_queue_bytes = options.max_queue_bytes;
    c.past_count = options.past_count;
    c.key_file = options.key_file.empty() ? nullptr : detail::c_path(options.key_file);
    c.server_key = options.server_key.empty() ? nullptr : detail::c_path(options.server_key);
    mimir_subscriber *subscriber = nullptr;
    detail::check(mimir_subscriber_open(&c, &subscriber));
    handle_.reset(subscriber);
  }

  /* The next entry, waiting for ever. */
  std::optional<Live> next() { return next_within(-1); }

  /* The next entry; nothing when none has come in time. */
  std::optional<Live> next(std::chrono::milliseconds timeout) {
    const auto count = timeout.count();
    return next_within(count < 0           ? 0
                       : count > INT32_MAX ? INT32_MAX
                                           : static_cast<std::int32_t>(count));
  }

  Iterator begin() { return Iterator(this); }
  Iterator end() noexcept { return Iterator(); }

  /* What it has seen; statistics.run is text. */
  mimir_subscriber_statistics stats() const {
    mimir_subscriber_statistics statistics = MIMIR_SUBSCRIBER_STATISTICS_INIT;
    detail::check(mimir_subscriber_stats(get(), &statistics));
    return statistics;
  }

  void close() noexcept { handle_.reset(); }

  /* The C object, which this one goes on owning. */
  mimir_subscriber *get() const { return detail::open(handle_); }

 private:
  struct Close {
    void operator()(mimir_subscriber *subscriber) const noexcept {
      mimir_subscriber_close(subscriber);
    }
  };

  std::optional<Live> next_within(std::int32_t milliseconds) {
    const char *text = nullptr;
    std::size_t length = 0;
    Live live;
    detail::check(mimir_subscriber_next(get(), milliseconds, &live.sequence, &text, &length));
    if (!text) return std::nullopt;
    live.text = std::string_view(text, length);
    return live;
  }

  std::unique_ptr<mimir_subscriber, Close> handle_;
};

}  // namespace mimir

#endif /* MIMIR_SUBSCRIBER_HPP */
