// What gzip logs are measured against: zlib's own gzip files.
#pragma once

#include <zlib.h>

#include "contestant.hpp"

// Formats and hands each line to gzwrite, level 6: nothing is safe before the end.
class Gzwrite : public Contestant {
 public:
  using Contestant::Contestant;
  void open(const std::string &path) override {
    file_ = ::gzopen(path.c_str(), "wb6");
    require(file_ != nullptr);
  }
  void log(std::size_t n) override {
    const auto length = data().format(data().row(n), buffer_);
    require(::gzwrite(file_, buffer_, static_cast<unsigned>(length)) == static_cast<int>(length));
  }
  void flush() override { require(::gzflush(file_, Z_SYNC_FLUSH) == Z_OK); }
  void close() override { require(::gzclose(file_) == Z_OK); }

 protected:
  gzFile file_ = nullptr;
  char buffer_[2048];
};

// The same with a sync flush after each line: a kill loses no line, though the file is not complete.
class GzwriteAndFlush : public Gzwrite {
 public:
  using Gzwrite::Gzwrite;
  void log(std::size_t n) override {
    Gzwrite::log(n);
    flush();
  }
};
