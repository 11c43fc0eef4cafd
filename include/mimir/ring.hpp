/* mimir/ring.hpp - the last entries, in memory. Include <mimir.hpp>. */
#ifndef MIMIR_RING_HPP
#define MIMIR_RING_HPP

#include "ring.h"

#include "error.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mimir {

/* A bounded ring of byte strings: pushing one more than maxlen drops the oldest. Threads: any number
 * at a time; moving is for one alone.
 * @since 0.1.0 */
class Ring {
 public:
  /* maxlen: 0 (keeps nothing) or more, or MIMIR_UNLIMITED. */
  explicit Ring(std::uint64_t maxlen) {
    mimir_ring *ring = nullptr;
    detail::check(mimir_ring_new(maxlen, &ring));
    handle_.reset(ring);
  }

  /* Appends a copy. */
  void push(std::string_view bytes) {
    detail::check(mimir_ring_push(get(), bytes.data(), bytes.size()));
  }

  /* How many strings it holds. */
  std::size_t count() const {
    std::size_t count = 0;
    detail::check(mimir_ring_count(get(), &count));
    return count;
  }
  std::size_t size() const { return count(); }

  /* How many bytes of memory it occupies, its own administration included. */
  std::size_t memory() const {
    std::size_t bytes = 0;
    detail::check(mimir_ring_memory(get(), &bytes));
    return bytes;
  }

  /* A copy of one string: 0 is the oldest, -1 the newest. Throws MIMIR_ERROR_OUT_OF_RANGE unless
   * -count() <= index < count(). */
  std::string at(std::int64_t index) const {
    char *data = nullptr;
    std::size_t length = 0;
    detail::check(mimir_ring_get(get(), index, &data, &length));
    return detail::take(data, length);
  }
  std::string operator[](std::int64_t index) const { return at(index); }

  /* Drops all it holds. */
  void clear() { detail::check(mimir_ring_clear(get())); }

  /* The C object, which this one goes on owning. */
  mimir_ring *get() const { return detail::open(handle_); }

 private:
  struct Delete {
    void operator()(mimir_ring *ring) const noexcept { mimir_ring_free(ring); }
  };

  std::unique_ptr<mimir_ring, Delete> handle_;
};

}  // namespace mimir

#endif /* MIMIR_RING_HPP */
