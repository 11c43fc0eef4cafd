// What the benchmarks log: a counter and random doubles, made before anything is measured.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

constexpr std::size_t most_fields = 20;

// One entry: fields[0] is the counter.
using Row = std::array<double, most_fields>;

class Data {
 public:
  explicit Data(std::size_t fields) : fields(fields), rows_(4096) {
    std::mt19937_64 generator(2026);
    std::uniform_real_distribution<double> distribution(0, 1);
    for (auto &row : rows_) {
      for (double &value : row) value = distribution(generator);
    }
    keys.emplace_back("iteration");
    for (std::size_t i = 1; i < fields; ++i) {
      keys.push_back("metric_" + std::string(i < 10 ? "0" : "") + std::to_string(i));
    }
    for (const auto &key : keys) prefixes_.push_back(",\"" + key + "\":");
    prefixes_.front().front() = '{';
  }

  const Row &row(std::size_t n) {
    Row &row = rows_[n % rows_.size()];
    row[0] = static_cast<double>(n);
    return row;
  }

  // The entry as a line, the fast way by hand: keys copied, numbers by std::to_chars.
  std::size_t format(const Row &row, char *buffer) const {
    char *end = buffer;
    for (std::size_t i = 0; i < fields; ++i) {
      std::memcpy(end, prefixes_[i].data(), prefixes_[i].size());
      end += prefixes_[i].size();
      end = i == 0 ? std::to_chars(end, end + 32, static_cast<std::int64_t>(row[0])).ptr
                   : std::to_chars(end, end + 32, row[i]).ptr;
    }
    *end++ = '}';
    *end++ = '\n';
    return static_cast<std::size_t>(end - buffer);
  }

  const std::size_t fields;
  std::vector<std::string> keys;

 private:
  std::vector<Row> rows_;
  std::vector<std::string> prefixes_;
};
