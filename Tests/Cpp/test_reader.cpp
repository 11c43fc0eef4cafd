// The reader.
#include "check.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

static std::vector<std::string> entries(mimir::Reader &reader) {
  return std::vector<std::string>(reader.begin(), reader.end());
}

int main() {
  return check_main([] {
    mimir::Options options;
    options.path = "log.jsonl.gz";
    mimir::Logger logger(options);
    for (int i = 0; i < 1000; i++) logger.log({{"i", i}});

    mimir::Reader reader("log.jsonl.gz");
    int i = 0, right = 0;
    for (std::string_view entry : reader) right += entry == "{\"i\":" + std::to_string(i++) + "}";
    CHECK(i == 1000 && right == 1000);
    CHECK(!reader.next());
    CHECK(reader.report().entries == 1000 && !reader.report().is_incomplete());
    CHECK(reader.report().message.empty());
    logger.close();

    reader.last(2);
    CHECK((entries(reader) == std::vector<std::string>{"{\"i\":998}", "{\"i\":999}"}));
    mimir::Reader other = std::move(reader);
    CHECK_THROWS(reader.next(), MIMIR_ERROR_CLOSED);
    other.last(MIMIR_UNLIMITED);
    CHECK(*other.next() == "{\"i\":0}");

    std::ofstream("mixed.jsonl") << "{\"a\":1}\nno entry\n{\"torn";
    mimir::Reader mixed("mixed.jsonl");
    CHECK(entries(mixed) == std::vector<std::string>{"{\"a\":1}"});
    const mimir::Reader::Report report = mixed.report();
    CHECK(report.skipped_lines == 1 && report.skipped_bytes == 6 && report.torn);
    CHECK(report.is_incomplete() && !report.damaged && !report.message.empty());
    CHECK_THROWS(mimir::Reader("none.jsonl"), MIMIR_ERROR_NOT_FOUND);
  });
}
