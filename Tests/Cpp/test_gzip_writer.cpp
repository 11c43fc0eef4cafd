// The gzip writer: any bytes, options, what throws, moving.
#include "check.hpp"

#include "../C/gzip_files.h"

#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

static_assert(!std::is_copy_constructible_v<mimir::GzipWriter>);
static_assert(!std::is_copy_assignable_v<mimir::GzipWriter>);
static_assert(std::is_nothrow_move_constructible_v<mimir::GzipWriter>);
static_assert(std::is_nothrow_move_assignable_v<mimir::GzipWriter>);

#define CHECK_HOLDS(path, text) CHECK_GZIP(path, (text).data(), (text).size())

static void writing() {
  using namespace std::string_view_literals;
  std::string all;
  {
    mimir::GzipWriter writer("text.gz");
    for (const std::string_view text : {""sv, std::string_view(), "a line\n"sv, "a part, "sv,
                                        "the rest\n"sv, "\0 b\0\n"sv, "no newline"sv}) {
      writer.write(text);
      all += text;
      CHECK_HOLDS("text.gz", all);
    }
    const std::string big(3 << 20, 'x');
    writer.write(big);
    all += big;
    writer.flush();
  }  // closes
  CHECK_HOLDS("text.gz", all);
  mimir::GzipWriter again("text.gz");
  again.write("more");
  again.close();
  CHECK_HOLDS("text.gz", all + "more");
  again.close();
  CHECK_THROWS(again.write("closed"), MIMIR_ERROR_CLOSED);
  CHECK_THROWS(again.flush(), MIMIR_ERROR_CLOSED);
}

static void every_option() {
  mimir::GzipWriterOptions options;
  options.mode = mimir::Mode::exclusive;
  options.flush = mimir::Flush::interval;
  options.flush_interval = std::chrono::minutes(60);
  options.durability = mimir::Durability::system;
  options.shared = true;
  options.max_pending_bytes = 100;
  {
    mimir::GzipWriter writer("options.gz", options);
    writer.write("some");
    CHECK_HOLDS("options.gz", std::string());
    CHECK_THROWS(mimir::GzipWriter("options.gz", options), MIMIR_ERROR_EXISTS);
  }
  CHECK_HOLDS("options.gz", std::string("some"));
  options.mode = mimir::Mode::truncate;
  mimir::GzipWriter("options.gz", options).close();
  CHECK_HOLDS("options.gz", std::string());
  for (const auto time : {std::chrono::milliseconds(0), std::chrono::milliseconds(-1),
                          std::chrono::milliseconds::max(), std::chrono::milliseconds(3600001)}) {
    options.flush_interval = time;
    CHECK_THROWS(mimir::GzipWriter("options.gz", options), MIMIR_ERROR_INVALID_ARGUMENT);
  }
}

static void misuse() {
  CHECK_THROWS(mimir::GzipWriter("text.txt"), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_THROWS(mimir::GzipWriter("missing/text.gz"), MIMIR_ERROR_NOT_FOUND);
  CHECK_THROWS(mimir::GzipWriter(std::string("a\0.gz", 5)), MIMIR_ERROR_INVALID_ARGUMENT);
  put_file("plain.gz", "plain", 5);
  CHECK_THROWS(mimir::GzipWriter("plain.gz"), MIMIR_ERROR_CORRUPT);
  try {
    mimir::GzipWriter writer("plain.gz");
  } catch (const mimir::Error &error) {
    CHECK_SAME(error.what(), mimir_last_error());
    CHECK(std::string(error.what()).find("plain.gz") != std::string::npos);
  }
  CHECK_FILE("plain.gz", "plain");
}

static void moving() {
  mimir::GzipWriter first("first.gz");
  mimir::GzipWriter second("second.gz");
  first.write("1");
  second.write("2");
  first = std::move(second);  // closes first.gz
  first.write("3");
  CHECK_THROWS(second.write("4"), MIMIR_ERROR_CLOSED);
  CHECK_THROWS(second.get(), MIMIR_ERROR_CLOSED);
  second.close();
  second = mimir::GzipWriter("first.gz");
  second.write("5");
  mimir::GzipWriter third(std::move(second));
  third.write("6");
  CHECK(third.get() != nullptr);
  CHECK_HOLDS("first.gz", std::string("156"));
  CHECK_HOLDS("second.gz", std::string("23"));
}

int main() {
  return check_main([] {
    writing();
    every_option();
    misuse();
    moving();
  });
}
