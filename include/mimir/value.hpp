/* mimir/value.hpp - what a member of an entry can be. Include <mimir.hpp>. */
#ifndef MIMIR_VALUE_HPP
#define MIMIR_VALUE_HPP

#include "status.h"

#include "error.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace mimir {

struct Field;

/* JSON text as a value: {"config", mimir::Json{text}}. It is checked.
 * @since 0.1.0 */
struct Json {
  std::string_view text;
};

namespace detail {

/* Letters are no numbers: char and its kin are left out, so that 'x' does not become 120. */
template <class T>
inline constexpr bool is_letter = std::is_same_v<T, char> || std::is_same_v<T, wchar_t> ||
                                  std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;

template <class T>
inline constexpr bool is_integer = std::is_integral_v<T> && !std::is_same_v<T, bool> &&
                                   !is_letter<T> && sizeof(T) <= sizeof(std::int64_t);

struct Doubles {
  const double *data;
  std::size_t count;
};

struct Object {
  const Field *begin;
  std::size_t count;
};

}  // namespace detail

/* A number, true or false, text, null, a list of doubles, JSON text, or an object {{key, value}, ..}.
 *
 * It refers to text, lists and objects and does not copy them: make it in the call that uses it.
 * @since 0.1.0 */
class Value {
 public:
  using Variant = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, float, double,
                               mimir_text, detail::Doubles, detail::Object, Json>;

  Value(std::nullptr_t) noexcept : variant_(nullptr) {}

  /* A template, because every pointer would convert to bool. */
  template <class T, std::enable_if_t<std::is_same_v<T, bool>, int> = 0>
  Value(T value) noexcept : variant_(value) {}

  template <class T, std::enable_if_t<detail::is_integer<T> && std::is_signed_v<T>, int> = 0>
  Value(T value) noexcept : variant_(static_cast<std::int64_t>(value)) {}

  template <class T, std::enable_if_t<detail::is_integer<T> && std::is_unsigned_v<T>, int> = 0>
  Value(T value) noexcept : variant_(static_cast<std::uint64_t>(value)) {}

  Value(float value) noexcept : variant_(value) {}
  Value(double value) noexcept : variant_(value) {}

  /* A null pointer gives MIMIR_ERROR_INVALID_ARGUMENT. */
  Value(const char *text) noexcept : variant_(mimir_text{text, MIMIR_NUL_TERMINATED}) {}
  Value(std::string_view text) noexcept : variant_(mimir_text{detail::data(text), text.size()}) {}
  Value(const std::string &text) noexcept : Value(std::string_view(text)) {}

  Value(const std::vector<double> &list) noexcept
      : variant_(detail::Doubles{list.data(), list.size()}) {}
  Value(Json json) noexcept : variant_(json) {}
  Value(std::initializer_list<Field> object) noexcept;

  const Variant &variant() const noexcept { return variant_; }

 private:
  Variant variant_;
};

/* One member of an object.
 * @since 0.1.0 */
struct Field {
  Field(std::string_view field_key, Value field_value) noexcept
      : key(field_key), value(field_value) {}

  std::string_view key;
  Value value;
};

inline Value::Value(std::initializer_list<Field> object) noexcept
    : variant_(detail::Object{object.begin(), object.size()}) {}

}  // namespace mimir

#endif /* MIMIR_VALUE_HPP */
