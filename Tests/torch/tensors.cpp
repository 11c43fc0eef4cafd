// mimir/torch.hpp: tensors as numbers and arrays. Writes dtypes.jsonl for test_adapter.py.
#include <ATen/ATen.h>
#include <mimir/torch.hpp>

// libtorch has a CHECK of its own.
#undef CHECK
#include "../Cpp/check.hpp"

#include <cmath>
#include <limits>
#include <string>

static mimir::Logger memory(const std::string &path = {}) {
  mimir::Options options;
  options.path = path;
  options.maxlen = 1;
  options.warnings = false;
  return mimir::Logger(options);
}

static void numbers() {
  mimir::Logger logger = memory();
  const at::Tensor loss = at::full({}, 0.1, at::requires_grad());
  logger.log({{"step", 1},
              {"loss", loss},
              {"twice", loss * 2},
              {"double", at::full({}, 0.1, at::kDouble)},
              {"half", at::full({}, 0.5, at::kHalf)},
              {"bfloat16", at::full({}, 1.5, at::kBFloat16)},
              {"nan", at::full({}, NAN)}});
  CHECK_SAME(logger[-1],
             "{\"step\":1,\"loss\":0.1,\"twice\":0.2,\"double\":0.1,\"half\":0.5,\"bfloat16\":1.5,"
             "\"nan\":NaN}");
  CHECK(logger.stats().nonfinite == 1);
  mimir::Entry entry;
  entry.set("yes", at::full({}, true)).set("byte", at::full({}, 200, at::kByte));
  entry.set("char", at::full({}, -3, at::kChar)).set("argmax", at::arange(5).argmax());
  entry.set("least", at::full({}, std::numeric_limits<std::int64_t>::min(), at::kLong));
  entry.set("most", at::full({}, -1, at::kLong).view(at::kUInt64));
  logger.log(entry);
  CHECK_SAME(logger[-1],
             "{\"yes\":true,\"byte\":200,\"char\":-3,\"argmax\":4,\"least\":-9223372036854775808,"
             "\"most\":18446744073709551615}");
}

static std::string text_of(const at::Tensor &tensor) {
  mimir::Logger logger = memory();
  logger.log({{"a", tensor}});
  return logger[-1];
}

static std::string array(const char *bytes, const char *descr, const char *shape) {
  return std::string("{\"a\":{\"__ndarray__\":\"") + bytes + "\",\"descr\":\"" + descr +
         "\",\"fortran_order\":false,\"shape\":" + shape + "}}";
}

static void arrays() {
  const at::Tensor integers = at::tensor({1, 2, 3, 4}, at::kInt).view({2, 2});
  CHECK(text_of(integers) == array("AQAAAAIAAAADAAAABAAAAA==", "<i4", "[2,2]"));
  // Not contiguous, strided, of one element, of none.
  CHECK(text_of(integers.t()) == array("AQAAAAMAAAACAAAABAAAAA==", "<i4", "[2,2]"));
  CHECK(text_of(integers.select(1, 1)) == array("AgAAAAQAAAA=", "<i4", "[2]"));
  CHECK(text_of(integers.slice(0, 0, 1).slice(1, 0, 1)) == array("AQAAAA==", "<i4", "[1,1]"));
  CHECK(text_of(at::empty({0, 3}, at::kDouble)) == array("", "<f8", "[0,3]"));
  CHECK(text_of(at::full({1}, 1.0, at::requires_grad())) == array("AACAPw==", "<f4", "[1]"));
  CHECK(text_of(at::full({1}, 1, at::kBFloat16)) == array("AACAPw==", "<f4", "[1]"));
  // Views that conjugate or negate only when they are read.
  const at::Tensor complex = at::complex(at::ones({1}), at::ones({1}));
  CHECK(text_of(complex) == array("AACAPwAAgD8=", "<c8", "[1]"));
  CHECK(text_of(complex.conj()) == array("AACAPwAAgL8=", "<c8", "[1]"));
  CHECK(text_of(at::imag(complex.conj())) == array("AACAvw==", "<f4", "[1]"));
  CHECK(text_of(complex.to(at::kComplexHalf)) == array("AACAPwAAgD8=", "<c8", "[1]"));
  CHECK(text_of(complex[0].conj()) == array("AACAPwAAgL8=", "<c8", "[]"));
}

static void refused() {
  mimir::Logger logger = memory();
  const at::Tensor matrix = at::ones({2, 2});
  CHECK_THROWS(logger.log({{"i", 1}, {"a", at::Tensor()}}), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_THROWS(logger.log({{"a", matrix.grad()}}), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_THROWS(logger.log({{"a", matrix.to_sparse()}}), MIMIR_ERROR_UNSUPPORTED);
  CHECK_THROWS(logger.log({{"a", at::quantize_per_tensor(matrix, 0.1, 0, at::kQInt8)}}),
               MIMIR_ERROR_UNSUPPORTED);
  CHECK_THROWS(logger.log({{"a", at::empty({2}, at::device(at::kMeta))}}), MIMIR_ERROR_UNSUPPORTED);
  CHECK_THROWS(logger.log({{"a", matrix.to(at::kFloat8_e5m2)}}), MIMIR_ERROR_UNSUPPORTED);
  CHECK_THROWS(logger.log({{"\xff", matrix}}), MIMIR_ERROR_INVALID_UTF8);
  CHECK(logger.stats().entries == 0);
  logger.log({{"i", 2}});
  CHECK_SAME(logger[-1], "{\"i\":2}");
}

static void every_dtype() {
  mimir::Logger logger = memory("dtypes.jsonl");
  for (const at::ScalarType type :
       {at::kBool, at::kChar, at::kShort, at::kInt, at::kLong, at::kByte, at::kUInt16, at::kUInt32,
        at::kUInt64, at::kHalf, at::kFloat, at::kDouble, at::kComplexFloat, at::kComplexDouble}) {
    logger.log({{"dtype", at::toString(type)}, {"a", at::arange(6).view({2, 3}).to(type)}});
  }
  logger.close();
}

int main() {
  return check_main([] {
    numbers();
    arrays();
    refused();
    every_dtype();
  });
}
