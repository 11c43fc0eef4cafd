// What Mimir is measured against: the least a program can do for the same line.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#define FMT_HEADER_ONLY
#include <fmt/compile.h>

#include <cstdio>

#include "contestant.hpp"

// Formats into a buffer and leaves it at that.
class FormatOnly : public Contestant {
 public:
  using Contestant::Contestant;
  void log(std::size_t n) override { keep(data().format(data().row(n), buffer_), buffer_); }

 private:
  // The compiler must believe that someone looks at the line.
  static void keep(std::size_t length, const char *text) {
    asm volatile("" : : "r"(length), "r"(text) : "memory");
  }
  char buffer_[2048];
};

// Formats and writes each line with one bare system call: as safe as flush = every_entry.
class FormatAndWrite : public Contestant {
 public:
  using Contestant::Contestant;
  void open(const std::string &path) override {
    file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    require(file_ >= 0);
  }
  void log(std::size_t n) override {
    const auto length = data().format(data().row(n), buffer_);
    require(::write(file_, buffer_, length) == static_cast<ssize_t>(length));
  }
  void close() override { ::close(file_); }

 protected:
  int file_ = -1;
  char buffer_[2048];
};

// Writes lines that were formatted before.
class WriteReadyText : public FormatAndWrite {
 public:
  WriteReadyText(std::string name, Data &data) : FormatAndWrite(std::move(name), data) {
    for (std::size_t n = 0; n < 4096; ++n) {
      texts_.emplace_back(buffer_, data.format(data.row(n), buffer_));
    }
  }
  void log(std::size_t n) override {
    const auto &text = texts_[n % texts_.size()];
    require(::write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }

 private:
  std::vector<std::string> texts_;
};

// A format compiled by fmt, then a buffered fwrite: as unsafe as flush = interval.
class FmtAndFwrite : public Contestant {
 public:
  using Contestant::Contestant;
  void open(const std::string &path) override {
    file_ = std::fopen(path.c_str(), "ae");
    require(file_ != nullptr);
  }
  void log(std::size_t n) override {
    const Row &v = data().row(n);
    const auto i = static_cast<std::int64_t>(v[0]);
    const char *end =
        data().fields == 2
            ? fmt::format_to(buffer_, FMT_COMPILE("{{\"iteration\":{},\"metric_01\":{}}}\n"), i,
                             v[1])
            : fmt::format_to(
                  buffer_,
                  FMT_COMPILE(
                      "{{\"iteration\":{},\"metric_01\":{},\"metric_02\":{},\"metric_03\":{},"
                      "\"metric_04\":{},\"metric_05\":{},\"metric_06\":{},\"metric_07\":{},"
                      "\"metric_08\":{},\"metric_09\":{},\"metric_10\":{},\"metric_11\":{},"
                      "\"metric_12\":{},\"metric_13\":{},\"metric_14\":{},\"metric_15\":{},"
                      "\"metric_16\":{},\"metric_17\":{},\"metric_18\":{},\"metric_19\":{}}}\n"),
                  i, v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12],
                  v[13], v[14], v[15], v[16], v[17], v[18], v[19]);
    const auto length = static_cast<std::size_t>(end - buffer_);
    require(std::fwrite(buffer_, 1, length, file_) == length);
  }
  void flush() override { require(std::fflush(file_) == 0); }
  void close() override { std::fclose(file_); }

 private:
  std::FILE *file_ = nullptr;
  char buffer_[2048];
};
