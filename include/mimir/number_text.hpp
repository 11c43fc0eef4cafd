/* mimir/number_text.hpp - numbers as JSON text, the same as the library writes: what the adapters for
 * lists have in common. Needs std::to_chars for double: GCC 11, or Clang with libc++ 14. */
#ifndef MIMIR_NUMBER_TEXT_HPP
#define MIMIR_NUMBER_TEXT_HPP

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <type_traits>

namespace mimir {
namespace detail {

/* Appends the shortest text that reads back to the same value, laid out as Python's repr does: 1.0,
 * 0.0001, 1e-05, 1e+16; and the bare NaN, Infinity, -Infinity, which the library takes. */
template <class Float>
void append_float(std::string &out, Float value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value > 0 ? "Infinity" : "-Infinity";
    return;
  }
  char buffer[40];
  const char *const text = buffer;
  const char *const end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  const char *const mark = std::find(text, end, 'e');
  int exponent = 0;
  std::from_chars(mark + (mark[1] == '+' ? 2 : 1), end, exponent);
  if (exponent < -4 || exponent >= 16) {
    out.append(text, end);
    return;
  }
  char digits[40];
  const char *const first = text + (text[0] == '-');
  const auto count = static_cast<std::size_t>(std::remove_copy(first, mark, digits, '.') - digits);
  out.append(text, first);
  if (exponent < 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-exponent - 1), '0').append(digits, count);
    return;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (count > whole) {
    out.append(digits, whole).append(1, '.').append(digits + whole, count - whole);
  } else {
    out.append(digits, count).append(whole - count, '0').append(".0");
  }
}

/* Appends any number, or true or false. */
template <class T>
void append_number(std::string &out, T value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    char text[24];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
  } else {
    append_float(out, value);
  }
}

}  // namespace detail
}  // namespace mimir

#endif /* MIMIR_NUMBER_TEXT_HPP */
