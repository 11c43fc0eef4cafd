/* mimir/entry.hpp - builds one entry, a JSON object. Include <mimir.hpp>. */
#ifndef MIMIR_ENTRY_HPP
#define MIMIR_ENTRY_HPP

#include "entry.h"

#include "error.hpp"
#include "value.hpp"

#include <complex>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace mimir {

/* How an array lies in memory. */
enum class Order : std::uint32_t {
  c = MIMIR_ORDER_C,            /* the last index varies fastest */
  fortran = MIMIR_ORDER_FORTRAN /* the first index varies fastest */
};

namespace detail {

/* MIMIR_DTYPE_* of an element type. */
template <class T>
constexpr std::uint32_t dtype() {
  if constexpr (std::is_same_v<T, bool>) {
    static_assert(sizeof(bool) == 1, "MIMIR_DTYPE_BOOL has one byte");
    return MIMIR_DTYPE_BOOL;
  } else if constexpr (std::is_integral_v<T>) {
    static_assert(sizeof(T) <= 8, "no integers of more than 64 bits");
    constexpr std::uint32_t first = std::is_signed_v<T> ? MIMIR_DTYPE_INT8 : MIMIR_DTYPE_UINT8;
    return first + (sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3);
  } else if constexpr (std::is_same_v<T, float>) {
    return MIMIR_DTYPE_FLOAT32;
  } else if constexpr (std::is_same_v<T, double>) {
    return MIMIR_DTYPE_FLOAT64;
  } else if constexpr (std::is_same_v<T, std::complex<float>>) {
    return MIMIR_DTYPE_COMPLEX64;
  } else {
    static_assert(std::is_same_v<T, std::complex<double>>, "arrays hold numbers or bool");
    return MIMIR_DTYPE_COMPLEX128;
  }
}

}  // namespace detail

/* One entry under construction. Clear it and set it again to log the next one without allocating.
 * Every setter copies what it is given, adds one member to the innermost open object, and throws
 * Error, with the entry as it was, when it fails (of a list of fields, those before the one that
 * failed stay). Threads: one at a time.
 * @since 0.1.0 */
class Entry {
 public:
  Entry() : handle_(mimir_entry_new()) {
    if (!handle_) throw Error(MIMIR_ERROR_OUT_OF_MEMORY, "no memory for an entry");
  }

  /* Sets a member: see Value for what it can be. */
  Entry &set(std::string_view key, const Value &value) {
    std::visit([&](const auto &held) { put(key, held); }, value.variant());
    return *this;
  }

  /* Sets several: entry.set({{"iteration", i}, {"loss", loss}}). */
  Entry &set(std::initializer_list<Field> fields) {
    for (const Field &field : fields) set(field.key, field.value);
    return *this;
  }

  /* Sets the members of an object whose type has an Adapter with fill, such as nlohmann::json. */
  template <class T, class = decltype(&Adapter<T>::fill)>
  Entry &set(const T &object) {
    Adapter<T>::fill(*this, object);
    return *this;
  }

  /* Sets any JSON value given as text; it is checked. */
  Entry &json(std::string_view key, std::string_view text) { return set(key, Json{text}); }

  /* Sets an array of numbers in the form Python's mimir reads back as a NumPy array. data: as many
   * elements as the product of shape. */
  template <class T>
  Entry &array(std::string_view key, const T *data, const std::vector<std::size_t> &shape,
               Order order = Order::c) {
    return done(mimir_entry_set_array(get(), detail::data(key), key.size(), data,
                                      detail::dtype<T>(), shape.data(), shape.size(),
                                      static_cast<std::uint32_t>(order)));
  }

  /* Opens a nested object; members go into it until end_object(). */
  Entry &begin_object(std::string_view key) {
    return done(mimir_entry_begin_object(get(), detail::data(key), key.size()));
  }

  /* Closes the innermost open object. */
  Entry &end_object() { return done(mimir_entry_end_object(get())); }

  /* Empties it and keeps its memory. */
  void clear() noexcept { mimir_entry_clear(handle_.get()); }

  /* The C object, which this one goes on owning. */
  mimir_entry *get() const { return detail::open(handle_); }

 private:
  struct Delete {
    void operator()(mimir_entry *entry) const noexcept { mimir_entry_free(entry); }
  };

  Entry &done(mimir_status status) {
    detail::check(status);
    return *this;
  }

  void put(std::string_view key, std::nullptr_t) {
    done(mimir_entry_set_null(get(), detail::data(key), key.size()));
  }
  void put(std::string_view key, bool value) {
    done(mimir_entry_set_bool(get(), detail::data(key), key.size(), value));
  }
  void put(std::string_view key, std::int64_t value) {
    done(mimir_entry_set_int64(get(), detail::data(key), key.size(), value));
  }
  void put(std::string_view key, std::uint64_t value) {
    done(mimir_entry_set_uint64(get(), detail::data(key), key.size(), value));
  }
  void put(std::string_view key, float value) {
    done(mimir_entry_set_float(get(), detail::data(key), key.size(), value));
  }
  void put(std::string_view key, double value) {
    done(mimir_entry_set_double(get(), detail::data(key), key.size(), value));
  }
  void put(std::string_view key, const mimir_text &text) {
    done(mimir_entry_set_string(get(), detail::data(key), key.size(), text.data, text.length));
  }
  void put(std::string_view key, const detail::Doubles &list) {
    done(mimir_entry_set_doubles(get(), detail::data(key), key.size(), list.data, list.count));
  }
  void put(std::string_view key, const Json &json) {
    done(mimir_entry_set_json(get(), detail::data(key), key.size(), detail::data(json.text),
                              json.text.size()));
  }
  void put(std::string_view key, const detail::Adapted &adapted) {
    adapted.set(*this, key, adapted.value);
  }
  void put(std::string_view key, const detail::Object &object) {
    begin_object(key);
    try {
      for (std::size_t i = 0; i < object.count; i++) {
        set(object.begin[i].key, object.begin[i].value);
      }
    } catch (...) {
      mimir_entry_end_object(handle_.get());
      throw;
    }
    end_object();
  }

  std::unique_ptr<mimir_entry, Delete> handle_;
};

}  // namespace mimir

#endif /* MIMIR_ENTRY_HPP */
