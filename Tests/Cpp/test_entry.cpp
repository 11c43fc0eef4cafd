// Entries and values: each type, nesting, arrays, failures.
#include "check.hpp"

#include <complex>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

static mimir::Logger memory() {
  mimir::Options options;
  options.maxlen = 1;
  options.warnings = false;
  return mimir::Logger(options);
}

static std::string text_of(const mimir::Entry &entry) {
  mimir::Logger logger = memory();
  logger.log(entry);
  return logger[-1];
}

static void types() {
  mimir::Entry entry;
  entry.set("int", 1).set("negative", -1L).set("short", short(2)).set("int8", std::int8_t(-3));
  entry.set("uint8", std::uint8_t(200)).set("size", std::size_t(4));
  entry.set("least", std::numeric_limits<std::int64_t>::min());
  entry.set("most", std::numeric_limits<unsigned long long>::max());
  CHECK_SAME(text_of(entry),
             "{\"int\":1,\"negative\":-1,\"short\":2,\"int8\":-3,\"uint8\":200,\"size\":4,"
             "\"least\":-9223372036854775808,\"most\":18446744073709551615}");
  entry.clear();
  entry.set("yes", true).set("float", 0.1f).set("double", 0.1).set("one", 1.0).set("null", nullptr);
  CHECK_SAME(text_of(entry),
             "{\"yes\":true,\"float\":0.1,\"double\":0.1,\"one\":1.0,\"null\":null}");
  entry.clear();
  const std::string string = "a\"b";
  char buffer[] = "mutable";
  entry.set("literal", "x").set("string", string).set("view", std::string_view("abc", 2));
  entry.set("buffer", buffer).set("empty", std::string_view()).set({}, "no key");
  entry.set(std::string("nul\0in", 6), std::string_view("\0", 1));
  CHECK_SAME(text_of(entry),
             "{\"literal\":\"x\",\"string\":\"a\\\"b\",\"view\":\"ab\",\"buffer\":\"mutable\","
             "\"empty\":\"\",\"\":\"no key\",\"nul\\u0000in\":\"\\u0000\"}");
  entry.clear();
  entry.set("list", std::vector<double>{1, 0.5}).set("none", std::vector<double>());
  entry.json("json", " [1, {\"a\": null}] ").set("more", mimir::Json{"2.50"});
  CHECK_SAME(text_of(entry),
             "{\"list\":[1.0,0.5],\"none\":[],\"json\":[1,{\"a\":null}],\"more\":2.50}");
}

static void nesting() {
  mimir::Entry entry;
  entry.begin_object("config").set("lr", 0.5).begin_object("inner").end_object().end_object();
  entry.set("i", 1);
  CHECK_SAME(text_of(entry), "{\"config\":{\"lr\":0.5,\"inner\":{}},\"i\":1}");
  entry.clear();
  entry.set({{"one", {{"lr", 0.5}}},
             {"two", {{"a", "b"}, {"c", "d"}}},
             {"deep", {{"x", {{"y", {{"z", nullptr}}}}}}},
             {"none", {}}});
  CHECK_SAME(text_of(entry),
             "{\"one\":{\"lr\":0.5},\"two\":{\"a\":\"b\",\"c\":\"d\"},"
             "\"deep\":{\"x\":{\"y\":{\"z\":null}}},\"none\":{}}");
}

static void arrays() {
  mimir::Entry entry;
  const std::int32_t integers[] = {1, 2, 3, 4};
  entry.array("a", integers, {2, 2});
  CHECK_SAME(text_of(entry),
             "{\"a\":{\"__ndarray__\":\"AQAAAAIAAAADAAAABAAAAA==\",\"descr\":\"<i4\","
             "\"fortran_order\":false,\"shape\":[2,2]}}");
  entry.clear();
  const bool flag = true;
  entry.array("a", &flag, {}, mimir::Order::fortran);
  CHECK_SAME(text_of(entry),
             "{\"a\":{\"__ndarray__\":\"AQ==\",\"descr\":\"|b1\",\"fortran_order\":true,"
             "\"shape\":[]}}");

  using mimir::detail::dtype;
  CHECK(dtype<bool>() == MIMIR_DTYPE_BOOL);
  CHECK(dtype<std::int8_t>() == MIMIR_DTYPE_INT8 && dtype<std::int16_t>() == MIMIR_DTYPE_INT16);
  CHECK(dtype<std::int32_t>() == MIMIR_DTYPE_INT32 && dtype<std::int64_t>() == MIMIR_DTYPE_INT64);
  CHECK(dtype<long long>() == MIMIR_DTYPE_INT64 && dtype<unsigned>() == MIMIR_DTYPE_UINT32);
  CHECK(dtype<std::uint8_t>() == MIMIR_DTYPE_UINT8 && dtype<std::uint16_t>() == MIMIR_DTYPE_UINT16);
  CHECK(dtype<std::uint64_t>() == MIMIR_DTYPE_UINT64 && dtype<float>() == MIMIR_DTYPE_FLOAT32);
  CHECK(dtype<double>() == MIMIR_DTYPE_FLOAT64);
  CHECK(dtype<std::complex<float>>() == MIMIR_DTYPE_COMPLEX64);
  CHECK(dtype<std::complex<double>>() == MIMIR_DTYPE_COMPLEX128);
}

// A type of the user's own, with an Adapter.
struct Point {
  double x, y;
};

template <>
struct mimir::Adapter<Point> {
  static void set(Entry &entry, std::string_view key, const Point &point) {
    entry.set(key, {{"x", point.x}, {"y", point.y}});
  }
  static void fill(Entry &entry, const Point &point) {
    if (point.x < 0) throw std::range_error("left of the origin");
    entry.set({{"x", point.x}, {"y", point.y}});
  }
};

static void adapters() {
  static_assert(std::is_constructible_v<mimir::Value, Point>);
  static_assert(std::is_constructible_v<mimir::Value, mimir::NDArray<int>>);
  static_assert(!std::is_constructible_v<mimir::Value, Point *>);
  mimir::Entry entry;
  entry.set({{"i", 1}, {"at", Point{1, 2}}, {"in", {{"it", Point{3, 4}}}}}).set("by", Point{5, 6});
  entry.set(Point{7, 8});
  CHECK_SAME(text_of(entry),
             "{\"i\":1,\"at\":{\"x\":1.0,\"y\":2.0},\"in\":{\"it\":{\"x\":3.0,\"y\":4.0}},"
             "\"by\":{\"x\":5.0,\"y\":6.0},\"x\":7.0,\"y\":8.0}");
  mimir::Logger logger = memory();
  logger.log(Point{0.5, 1});
  CHECK_SAME(logger[-1], "{\"x\":0.5,\"y\":1.0}");
  try {
    logger.log(Point{-1, 1});
    CHECK(false);
  } catch (const std::range_error &) {
  }
  CHECK(logger.stats().entries == 1);
  logger.log({{"next", 1}});  // nothing is left of the one that failed
  CHECK_SAME(logger[-1], "{\"next\":1}");

  const std::int32_t integers[] = {1, 2, 3, 4};
  logger.log({{"a", mimir::ndarray(integers, {4, 1}, mimir::Order::fortran)}});
  CHECK_SAME(logger[-1],
             "{\"a\":{\"__ndarray__\":\"AQAAAAIAAAADAAAABAAAAA==\",\"descr\":\"<i4\","
             "\"fortran_order\":true,\"shape\":[4,1]}}");
}

static void failures() {
  mimir::Entry entry;
  CHECK_THROWS(entry.set("k", "\xff"), MIMIR_ERROR_INVALID_UTF8);
  CHECK_THROWS(entry.set("\xff", 1), MIMIR_ERROR_INVALID_UTF8);
  CHECK_THROWS(entry.set("k", static_cast<const char *>(nullptr)), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_THROWS(entry.json("k", "{"), MIMIR_ERROR_INVALID_JSON);
  CHECK_THROWS(entry.json("k", {}), MIMIR_ERROR_INVALID_JSON);
  CHECK_THROWS(entry.end_object(), MIMIR_ERROR_INVALID_STATE);
  CHECK_SAME(text_of(entry), "{}");
  // A nested object that fails is closed again.
  CHECK_THROWS(entry.set("o", {{"a", 1}, {"b", "\xff"}}), MIMIR_ERROR_INVALID_UTF8);
  entry.set("c", 2);
  CHECK_SAME(text_of(entry), "{\"o\":{\"a\":1},\"c\":2}");

  mimir::Entry other = std::move(entry);
  CHECK_THROWS(entry.set("k", 1), MIMIR_ERROR_CLOSED);
  entry.clear();
  other.clear();
  other.begin_object("open");
  CHECK_THROWS(text_of(other), MIMIR_ERROR_INVALID_STATE);
  entry = std::move(other);
  entry.end_object();
  CHECK_SAME(text_of(entry), "{\"open\":{}}");
}

int main() {
  return check_main([] {
    types();
    nesting();
    arrays();
    adapters();
    failures();
  });
}
