// One way to log, measured in rounds.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "data.hpp"

class Contestant {
 public:
  Contestant(std::string name, Data &data) : name(std::move(name)), data_(data) {}
  virtual ~Contestant() = default;
  Contestant(const Contestant &) = delete;
  Contestant &operator=(const Contestant &) = delete;

  // Before and after each round, not measured.
  virtual void open(const std::string &) {}
  virtual void close() {}

  virtual void log(std::size_t n) = 0;
  // At the end of each round, measured: what was put off is part of the cost.
  virtual void flush() {}

  const std::string name;

 protected:
  Data &data() { return data_; }

  void require(bool condition) const {
    if (condition) return;
    std::fprintf(stderr, "%s failed\n", name.c_str());
    std::exit(1);
  }

 private:
  Data &data_;
};
