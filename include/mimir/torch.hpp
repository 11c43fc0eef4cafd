/* mimir/torch.hpp - tensors of libtorch (2.3 or later) as numbers and arrays. Include it besides
 * <mimir.hpp>, which does without.
 *
 *     logger.log({{"step", step}, {"loss", loss}, {"weights", model->weight}});
 *     entry.set("gradient_norm", model->weight.grad().norm());
 *
 * A tensor without dimensions becomes a number (true or false of bool; NaN is kept for the logger's
 * policy); a complex one, and any with dimensions, an array with its dtype and shape, which Python's
 * mimir reads back as a NumPy array. What NumPy lacks goes into the next that holds all its values:
 * bfloat16 into float32, complex32 into complex64. It does not matter whether a tensor requires a
 * gradient, is contiguous, or is a view.
 *
 * What it costs: a tensor on a GPU is copied to the CPU, and log waits until the GPU has computed it,
 * so log a loss every some steps, or gather losses on the device and log them as one array. One on the
 * CPU is copied only when it is not contiguous. An array takes 4/3 of its bytes as text.
 *
 * Errors: mimir::Error with MIMIR_ERROR_UNSUPPORTED for a tensor that is sparse, quantized, of the
 * device meta or of a dtype that there is no array of (float8); MIMIR_ERROR_INVALID_ARGUMENT for an
 * undefined one, such as the grad() of what has none. Nothing is logged then. What libtorch itself
 * throws (c10::Error: the device has failed, or has no memory) is passed on. */
#ifndef MIMIR_TORCH_HPP
#define MIMIR_TORCH_HPP

#include "entry.hpp"
#include "error.hpp"

#include <ATen/ATen.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mimir {
namespace detail {

/* MIMIR_DTYPE_* of a tensor's elements. */
inline std::uint32_t dtype(c10::ScalarType type) {
  switch (type) {
    case c10::ScalarType::Bool:
      return MIMIR_DTYPE_BOOL;
    case c10::ScalarType::Char:
      return MIMIR_DTYPE_INT8;
    case c10::ScalarType::Short:
      return MIMIR_DTYPE_INT16;
    case c10::ScalarType::Int:
      return MIMIR_DTYPE_INT32;
    case c10::ScalarType::Long:
      return MIMIR_DTYPE_INT64;
    case c10::ScalarType::Byte:
      return MIMIR_DTYPE_UINT8;
    case c10::ScalarType::UInt16:
      return MIMIR_DTYPE_UINT16;
    case c10::ScalarType::UInt32:
      return MIMIR_DTYPE_UINT32;
    case c10::ScalarType::UInt64:
      return MIMIR_DTYPE_UINT64;
    case c10::ScalarType::Half:
      return MIMIR_DTYPE_FLOAT16;
    case c10::ScalarType::Float:
      return MIMIR_DTYPE_FLOAT32;
    case c10::ScalarType::Double:
      return MIMIR_DTYPE_FLOAT64;
    case c10::ScalarType::ComplexFloat:
      return MIMIR_DTYPE_COMPLEX64;
    case c10::ScalarType::ComplexDouble:
      return MIMIR_DTYPE_COMPLEX128;
    default:
      throw Error(MIMIR_ERROR_UNSUPPORTED, std::string("a tensor of ") + c10::toString(type) +
                                               " can't be logged; convert it with .to(at::kFloat)");
  }
}

inline void check_loggable(const at::Tensor &tensor) {
  if (!tensor.defined()) {
    throw Error(MIMIR_ERROR_INVALID_ARGUMENT, "an undefined tensor can't be logged");
  }
  if (tensor.is_nested()) {
    throw Error(MIMIR_ERROR_UNSUPPORTED,
                "a nested tensor can't be logged; log each of its .unbind()");
  }
  if (tensor.layout() != c10::kStrided) {
    throw Error(MIMIR_ERROR_UNSUPPORTED,
                "a tensor that is not strided can't be logged; make it so with .to_dense()");
  }
  if (tensor.is_quantized()) {
    throw Error(MIMIR_ERROR_UNSUPPORTED,
                "a quantized tensor can't be logged; log its .dequantize() or .int_repr()");
  }
  if (tensor.is_meta()) {
    throw Error(MIMIR_ERROR_UNSUPPORTED, "a tensor of the device meta has no values to log");
  }
}

/* A type that NumPy has and that holds the same values. */
inline c10::ScalarType numpy_type(c10::ScalarType type) noexcept {
  if (type == c10::ScalarType::BFloat16) return c10::ScalarType::Float;
  if (type == c10::ScalarType::ComplexHalf) return c10::ScalarType::ComplexFloat;
  return type;
}

}  // namespace detail

/* torch::Tensor is the same type. */
template <>
struct Adapter<at::Tensor> {
  static void set(Entry &entry, std::string_view key, const at::Tensor &tensor) {
    detail::check_loggable(tensor);
    const c10::ScalarType type = detail::numpy_type(tensor.scalar_type());
    const std::uint32_t dtype = detail::dtype(type);
    if (tensor.dim() == 0 && !c10::isComplexType(type))
      return set_number(entry, key, tensor, dtype);
    const at::Tensor elements =
        tensor.detach().resolve_conj().resolve_neg().to(at::kCPU, type).contiguous();
    const std::vector<std::size_t> shape(elements.sizes().begin(), elements.sizes().end());
    detail::check(mimir_entry_set_array(entry.get(), detail::data(key), key.size(),
                                        elements.data_ptr(), dtype, shape.data(), shape.size(),
                                        MIMIR_ORDER_C));
  }

 private:
  static void set_number(Entry &entry, std::string_view key, const at::Tensor &tensor,
                         std::uint32_t dtype) {
    switch (dtype) {
      case MIMIR_DTYPE_BOOL:
        entry.set(key, tensor.item<bool>());
        break;
      case MIMIR_DTYPE_UINT64:
        entry.set(key, tensor.item().toUInt64());
        break;
      case MIMIR_DTYPE_FLOAT64:
        entry.set(key, tensor.item<double>());
        break;
      case MIMIR_DTYPE_FLOAT16:
      case MIMIR_DTYPE_FLOAT32:
        entry.set(key, tensor.item<float>());
        break;
      default:
        entry.set(key, tensor.item<std::int64_t>());
    }
  }
};

}  // namespace mimir

#endif /* MIMIR_TORCH_HPP */
