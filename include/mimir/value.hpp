/* mimir/value.hpp - what a member of an entry can be. Include <mimir.hpp>. */
#ifndef MIMIR_VALUE_HPP
#define MIMIR_VALUE_HPP

#include "status.h"

#include "error.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace mimir {

class Entry;
struct Field;

/* How the values of one more type are logged. Specialize it for the type with
 *
 *     static void set(Entry &entry, std::string_view key, const T &value);
 *
 * which adds one member: {"key", value} then works wherever a Value does. And, when a T can be a whole
 * entry, also with
 *
 *     static void fill(Entry &entry, const T &value);
 *
 * which adds its members, for logger.log(value). What they throw is passed on, and nothing is logged.
 * One that opens an object closes it also when it throws; entry.set(key, {{..}}) does so by itself.
 * mimir/nlohmann.hpp, mimir/span.hpp and mimir/torch.hpp do it for other libraries.
 * @since 0.1.0 */
template <class T, class = void>
struct Adapter;

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

/* A value of a type that has an Adapter. */
struct Adapted {
  const void *value;
  void (*set)(Entry &entry, std::string_view key, const void *value);
};

template <class T, class = void>
inline constexpr bool is_adapted = false;
template <class T>
inline constexpr bool is_adapted<T, std::void_t<decltype(&Adapter<T>::set)>> = true;

}  // namespace detail

/* A number, true or false, text, null, a list of doubles, JSON text, an object {{key, value}, ..}, or
 * what has an Adapter.
 *
 * It refers to all but numbers and does not copy them: make it in the call that uses it.
 * @since 0.1.0 */
class Value {
 public:
  using Variant = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, float, double,
                               mimir_text, detail::Doubles, detail::Object, Json, detail::Adapted>;

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

  template <class T, std::enable_if_t<detail::is_adapted<T>, int> = 0>
  Value(const T &value) noexcept
      : variant_(detail::Adapted{std::addressof(value), set_adapted<T>}) {}

  const Variant &variant() const noexcept { return variant_; }

 private:
  template <class T>
  static void set_adapted(Entry &entry, std::string_view key, const void *value) {
    Adapter<T>::set(entry, key, *static_cast<const T *>(value));
  }

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
