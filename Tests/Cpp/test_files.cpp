// Copies and repairs of logs.
#include "check.hpp"

#include "../C/gzip_files.h"

#include <fstream>
#include <string>

static void put(const std::string &path, const std::string &text) {
  std::ofstream(path, std::ios::binary) << text;
}

static void copies() {
  mimir::Options options;
  options.path = "live.jsonl.gz";
  mimir::Logger logger(options);
  std::string all;
  for (int i = 0; i < 1000; i++) {
    logger.log({{"i", i}});
    all += "{\"i\":" + std::to_string(i) + "}\n";
  }
  mimir::copy("live.jsonl.gz", "copy.jsonl.gz");
  CHECK_GZIP("copy.jsonl.gz", all.data(), all.size());
  logger.log({{"i", -1}});
  CHECK_THROWS(mimir::copy("live.jsonl.gz", "copy.jsonl.gz"), MIMIR_ERROR_EXISTS);
  CHECK_GZIP("copy.jsonl.gz", all.data(), all.size());
  all += "{\"i\":-1}\n";
  mimir::copy("live.jsonl.gz", "copy.jsonl.gz", true);
  CHECK_GZIP("copy.jsonl.gz", all.data(), all.size());

  CHECK_THROWS(mimir::copy("none.jsonl", "to.jsonl"), MIMIR_ERROR_NOT_FOUND);
  const std::string nul("a\0b", 3);
  CHECK_THROWS(mimir::copy(nul, "to.jsonl"), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_THROWS(mimir::copy("live.jsonl.gz", nul), MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_THROWS(mimir::copy("copy.jsonl.gz", "live.jsonl.gz", true), MIMIR_ERROR_LOCKED);
  try {
    mimir::copy("copy.jsonl.gz", "copy.jsonl.gz");
  } catch (const mimir::Error &error) {
    CHECK(error.code() == MIMIR_ERROR_INVALID_ARGUMENT);
    CHECK_SAME(error.what(), "copy.jsonl.gz is the log itself; copy it to another name");
  }
}

static void repairs() {
  const std::string damaged = "{\"i\":1}\nnothing\n{\"i\":2}\n{\"i";
  put("log.jsonl", damaged);
  const mimir::RepairReport report = mimir::repair("log.jsonl");
  CHECK(!report.healthy && report.entries == 2 && report.uncertain_entries == 0);
  CHECK(report.lines_left_out == 2 && report.bytes_left_out == 8 + 3);
  CHECK_FILE(report.original.c_str(), damaged.c_str());
  CHECK_FILE("log.jsonl.damaged", damaged.c_str());
  CHECK_FILE("log.jsonl", "{\"i\":1}\n{\"i\":2}\n");

  const mimir::RepairReport again = mimir::repair("log.jsonl");
  CHECK(again.healthy && again.entries == 2 && again.original.empty());
  CHECK(!again.lines_left_out && !again.bytes_left_out && !again.uncertain_entries);

  CHECK_THROWS(mimir::repair("none.jsonl"), MIMIR_ERROR_NOT_FOUND);
  CHECK_THROWS(mimir::repair(std::string("a\0b", 3)), MIMIR_ERROR_INVALID_ARGUMENT);
  put("hopeless.gz", "nothing");
  CHECK_THROWS(mimir::repair("hopeless.gz"), MIMIR_ERROR_CORRUPT);
  CHECK_FILE("hopeless.gz", "nothing");
}

int main() {
  return check_main([] {
    copies();
    repairs();
  });
}
