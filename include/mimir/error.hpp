/* mimir/error.hpp - the exception, and how text comes out of the library. Include <mimir.hpp>. */
#ifndef MIMIR_ERROR_HPP
#define MIMIR_ERROR_HPP

#include "status.h"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mimir {

/* The version of the library that is loaded, e.g. "0.1.0".
 * @since 0.1.0 */
inline std::string_view version() noexcept { return mimir_version_string(); }

/* The same as a number, as MIMIR_VERSION_NUMBER counts.
 * @since 0.1.0 */
inline std::uint32_t version_number() noexcept { return mimir_version_number(); }

/* The name of a status, e.g. "MIMIR_ERROR_LOCKED".
 * @since 0.1.0 */
inline std::string_view status_name(mimir_status status) noexcept {
  return mimir_status_string(status);
}

/* What went wrong: what() says what, where and what to do.
 * @since 0.1.0 */
class Error : public std::runtime_error {
 public:
  Error(mimir_status code, const std::string &message) : std::runtime_error(message), code_(code) {}

  /* MIMIR_ERROR_*. */
  mimir_status code() const noexcept { return code_; }
  std::string_view name() const noexcept { return status_name(code_); }

 private:
  mimir_status code_;
};

namespace detail {

/* Throws what the failed call of this thread has to say. */
[[noreturn]] inline void raise(mimir_status status) { throw Error(status, mimir_last_error()); }

inline void check(mimir_status status) {
  if (status != MIMIR_OK) raise(status);
}

/* An empty view may have no address, which the C functions would take for a missing argument. */
inline const char *data(std::string_view text) noexcept { return text.data() ? text.data() : ""; }

struct Free {
  void operator()(char *text) const noexcept { mimir_free(text); }
};

/* Takes over memory that the library has handed out. */
inline std::string take(char *text, std::size_t length) {
  const std::unique_ptr<char, Free> owner(text);
  return std::string(text, length);
}

/* The C object in a handle; throws when it is gone. */
template <class Handle>
typename Handle::pointer open(const Handle &handle) {
  if (!handle)
    throw Error(MIMIR_ERROR_CLOSED, "the object was closed or moved from; make a new one");
  return handle.get();
}

}  // namespace detail
}  // namespace mimir

#endif /* MIMIR_ERROR_HPP */
