/* mimir/span.hpp - std::span as a list or an array. Include it besides <mimir.hpp>; it needs C++20.
 *
 *     std::vector<float> losses; std::array<double, 64> image;
 *     logger.log({{"losses", std::span(losses)}});                        // a list: [0.5, 0.25, ..]
 *     logger.log({{"image", mimir::ndarray(std::span(image), {8, 8})}});  // a NumPy array
 *
 * A list is of integers, float, double or bool, and any JSON reader gets its numbers; it costs about
 * 20 ns a double, 40 an integer, 70 a float, and up to 25 bytes each. An array may also be of
 * std::complex; it keeps its type and shape, is for Mimir's readers, and costs about 5 ns and 11 bytes
 * a double. A span is not copied: make it in the call that uses it. */
#ifndef MIMIR_SPAN_HPP
#define MIMIR_SPAN_HPP

#if !defined(__cplusplus) || __cplusplus < 202002L
#error "mimir/span.hpp needs C++20 (-std=c++20), which brings std::span"
#else

#include "entry.hpp"
#include "error.hpp"
#include "ndarray.hpp"
#include "number_text.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mimir {
namespace detail {

/* What a JSON list can be made of. */
template <class T>
inline constexpr bool is_listed = is_integer<T> || std::is_same_v<T, bool> ||
                                  std::is_same_v<T, float> || std::is_same_v<T, double>;

}  // namespace detail

template <class T, std::size_t extent>
struct Adapter<std::span<T, extent>, std::enable_if_t<detail::is_listed<std::remove_cv_t<T>>>> {
  static void set(Entry &entry, std::string_view key, const std::span<T, extent> &list) {
    if constexpr (std::is_same_v<std::remove_cv_t<T>, double>) {
      detail::check(mimir_entry_set_doubles(entry.get(), detail::data(key), key.size(), list.data(),
                                            list.size()));
    } else {
      std::string text;
      for (const T &element : list) {
        text += text.empty() ? '[' : ',';
        detail::append_number(text, element);
      }
      entry.json(key, text.empty() ? "[]" : text += ']');
    }
  }
};

/* An array of the elements of a span, of one dimension unless a shape is given. Throws
 * MIMIR_ERROR_INVALID_ARGUMENT when the shape has not as many elements.
 * @since 0.1.0 */
template <class T, std::size_t extent>
NDArray<std::remove_cv_t<T>> ndarray(std::span<T, extent> elements, std::vector<std::size_t> shape,
                                     Order order = Order::c) {
  std::size_t left = elements.size();
  bool is_empty = false;
  for (const std::size_t size : shape) {
    is_empty = is_empty || size == 0;
    left = size != 0 && left % size == 0 ? left / size : 0;
  }
  if (is_empty ? !elements.empty() : left != 1) {
    throw Error(
        MIMIR_ERROR_INVALID_ARGUMENT,
        "the shape does not have the " + std::to_string(elements.size()) + " elements of the span");
  }
  return {elements.data(), std::move(shape), order};
}

template <class T, std::size_t extent>
NDArray<std::remove_cv_t<T>> ndarray(std::span<T, extent> elements) {
  return {elements.data(), {elements.size()}, Order::c};
}

}  // namespace mimir

#endif /* C++20 */
#endif /* MIMIR_SPAN_HPP */
