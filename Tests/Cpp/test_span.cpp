// mimir/span.hpp: lists and arrays of std::span, in C++20.
#include <mimir/span.hpp>

#include "check.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

static mimir::Logger memory() {
  mimir::Options options;
  options.maxlen = 1;
  options.warnings = false;
  return mimir::Logger(options);
}

static void lists() {
  mimir::Logger logger = memory();
  std::vector<double> doubles{1, 0.1, NAN};
  const std::array<float, 3> floats{0.1f, 1e16f, -INFINITY};
  const std::uint64_t large[] = {0, std::numeric_limits<std::uint64_t>::max()};
  const bool flags[] = {true, false};
  const std::array<std::int8_t, 2> small{-1, 2};
  logger.log({{"d", std::span(doubles)},
              {"f", std::span(floats)},
              {"fixed", std::span<const float, 3>(floats).first<1>()},
              {"u", std::span(large)},
              {"b", std::span(flags)},
              {"in", {{"i8", std::span(small)}}}});
  CHECK_SAME(logger[-1],
             "{\"d\":[1.0,0.1,NaN],\"f\":[0.1,1e+16,-Infinity],\"fixed\":[0.1],"
             "\"u\":[0,18446744073709551615],\"b\":[true,false],\"in\":{\"i8\":[-1,2]}}");
  mimir::Entry entry;
  entry.set("d", std::span<double>()).set("i", std::span<const int>());
  logger.log(entry);
  CHECK_SAME(logger[-1], "{\"d\":[],\"i\":[]}");
  CHECK_THROWS(logger.log({{"\xff", std::span(large)}}), MIMIR_ERROR_INVALID_UTF8);

  static_assert(!std::is_constructible_v<mimir::Value, std::span<const char>>);
  static_assert(!std::is_constructible_v<mimir::Value, std::span<std::complex<double>>>);
}

// The numbers of a list are written as those of a member are.
template <class Float, class Bits>
static void texts() {
  mimir::Logger logger = memory();
  std::mt19937_64 random(2026);
  const auto is_same = [&](Float value) {
    mimir::Entry entry;
    entry.set("x", value);
    logger.log(entry);
    std::string text;
    mimir::detail::append_number(text, value);
    return logger[-1] == "{\"x\":" + text + "}";
  };
  bool all = true;
  for (int i = 0; i < 20000; i++) {
    all = all && is_same(std::bit_cast<Float>(static_cast<Bits>(random())));
    all = all && is_same(static_cast<Float>(static_cast<std::int64_t>(random()) >> (i % 60)));
  }
  for (int exponent = -12; exponent < 24; exponent++) {
    const auto power = static_cast<Float>(std::pow(10.0, exponent));
    for (const Float value : {power, -power, power * 3, power * Float(1.2345678)}) {
      all = all && is_same(value);
      all = all && is_same(std::nextafter(value, Float(0)));
    }
  }
  using limits = std::numeric_limits<Float>;
  for (const Float value : {Float(0), Float(-0.0), limits::min(), limits::max(),
                            limits::denorm_min(), -limits::quiet_NaN(), limits::infinity()}) {
    all = all && is_same(value);
  }
  CHECK(all);
}

static void arrays() {
  mimir::Logger logger = memory();
  std::vector<std::int32_t> integers{1, 2, 3, 4};
  logger.log({{"a", mimir::ndarray(std::span(integers), {2, 2})}});
  CHECK_SAME(logger[-1],
             "{\"a\":{\"__ndarray__\":\"AQAAAAIAAAADAAAABAAAAA==\",\"descr\":\"<i4\","
             "\"fortran_order\":false,\"shape\":[2,2]}}");
  const std::array<std::complex<float>, 1> complex{1};
  mimir::Entry entry;
  entry.set("a", mimir::ndarray(std::span(complex)));
  logger.log(entry);
  CHECK_SAME(logger[-1],
             "{\"a\":{\"__ndarray__\":\"AACAPwAAAAA=\",\"descr\":\"<c8\","
             "\"fortran_order\":false,\"shape\":[1]}}");

  const std::span<const std::int32_t> four(integers), none;
  logger.log({{"a", mimir::ndarray(none, {3, 0})}});
  CHECK_THROWS(mimir::ndarray(four, {3}), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_THROWS(mimir::ndarray(four, {2, 2, 2}), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_THROWS(mimir::ndarray(four, {0}), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_THROWS(mimir::ndarray(four, {}), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_THROWS(mimir::ndarray(none, {1}), MIMIR_ERROR_INVALID_ARGUMENT);
  // A product that overflows to the right number.
  CHECK_THROWS(mimir::ndarray(four, {SIZE_MAX / 2 + 1, 2, 4}), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_THROWS(mimir::ndarray(none, {SIZE_MAX / 2 + 1, 2}), MIMIR_ERROR_INVALID_ARGUMENT);
}

int main() {
  return check_main([] {
    lists();
    texts<double, std::uint64_t>();
    texts<float, std::uint32_t>();
    arrays();
  });
}
