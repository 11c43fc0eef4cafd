// The header needs nothing but itself, and can be included twice.
#include <mimir.hpp>

#include "../C/check.h"

#include <type_traits>

template <class T>
constexpr bool moves_only =
    std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
    std::is_nothrow_destructible_v<T>;

static_assert(moves_only<mimir::Logger> && moves_only<mimir::Entry> && moves_only<mimir::Ring> &&
              moves_only<mimir::Reader>);
static_assert(std::is_base_of_v<std::runtime_error, mimir::Error>);

// What is no JSON value does not compile, instead of turning into true or a number.
static_assert(!std::is_constructible_v<mimir::Value, int *>);
static_assert(!std::is_constructible_v<mimir::Value, void *>);
static_assert(!std::is_constructible_v<mimir::Value, char>);
static_assert(!std::is_constructible_v<mimir::Value, long double>);
static_assert(std::is_constructible_v<mimir::Value, bool>);
static_assert(std::is_constructible_v<mimir::Value, signed char>);
static_assert(std::is_constructible_v<mimir::Value, unsigned long long>);

int main() {
  CHECK(mimir::version_number() == MIMIR_VERSION_NUMBER);
  CHECK(mimir::version() == MIMIR_VERSION_STRING);
  CHECK(mimir::status_name(MIMIR_ERROR_LOCKED) == "MIMIR_ERROR_LOCKED");
  CHECK(mimir::Error(MIMIR_ERROR_BUSY, "").name() == "MIMIR_ERROR_BUSY");
  return check_done();
}
