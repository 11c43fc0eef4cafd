/* mimir/ndarray.hpp - an array of numbers as the value of a member. Include <mimir.hpp>. */
#ifndef MIMIR_NDARRAY_HPP
#define MIMIR_NDARRAY_HPP

#include "entry.hpp"

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace mimir {

/* What ndarray() gives: it refers to the elements.
 * @since 0.1.0 */
template <class T>
struct NDArray {
  const T *data;
  std::vector<std::size_t> shape;
  Order order;
};

/* An array, in the form Python's mimir reads back as a NumPy array:
 *
 *     logger.log({{"weights", mimir::ndarray(weights.data(), {10, 64})}});
 *
 * data: as many elements as the product of shape, whose extents are std::size_t: an int variable in
 * its braces narrows. What it costs is a copy as base64.
 * @since 0.1.0 */
template <class T>
NDArray<T> ndarray(const T *data, std::vector<std::size_t> shape, Order order = Order::c) {
  return {data, std::move(shape), order};
}

template <class T>
struct Adapter<NDArray<T>> {
  static void set(Entry &entry, std::string_view key, const NDArray<T> &array) {
    entry.array(key, array.data, array.shape, array.order);
  }
};

}  // namespace mimir

#endif /* MIMIR_NDARRAY_HPP */
