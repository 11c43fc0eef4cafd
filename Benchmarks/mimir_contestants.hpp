// The ways to log with Mimir.
#pragma once

#include <mimir.h>

#include <vector>

#include "contestant.hpp"

class MimirContestant : public Contestant {
 public:
  // `change` turns the default options into those to be measured.
  MimirContestant(std::string name, Data &data, void (*change)(mimir_logger_options &))
      : Contestant(std::move(name), data), change_(change) {}

  void open(const std::string &path) override {
    mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
    options.path = path.c_str();
    change_(options);
    require_ok(mimir_logger_open(&options, &logger_));
  }
  void flush() override { require_ok(mimir_logger_flush(logger_)); }
  void close() override { require_ok(mimir_logger_close(logger_)); }

 protected:
  void require_ok(mimir_status status) const {
    if (status != MIMIR_OK) std::fprintf(stderr, "%s\n", mimir_last_error());
    require(status == MIMIR_OK);
  }

  mimir_logger *logger_ = nullptr;

 private:
  void (*change_)(mimir_logger_options &);
};

// An entry that is built with one call per field.
class LogEntry : public MimirContestant {
 public:
  using MimirContestant::MimirContestant;
  ~LogEntry() override { mimir_entry_free(entry_); }

  void log(std::size_t n) override {
    const Row &row = data().row(n);
    const auto &keys = data().keys;
    mimir_entry_clear(entry_);
    mimir_entry_set_int64(entry_, keys[0].data(), keys[0].size(), static_cast<int64_t>(row[0]));
    for (std::size_t i = 1; i < keys.size(); ++i) {
      mimir_entry_set_double(entry_, keys[i].data(), keys[i].size(), row[i]);
    }
    require_ok(mimir_logger_log(logger_, entry_));
  }

 private:
  mimir_entry *entry_ = mimir_entry_new();
};

// n named doubles in one call.
class LogDoubles : public MimirContestant {
 public:
  LogDoubles(std::string name, Data &data, void (*change)(mimir_logger_options &))
      : MimirContestant(std::move(name), data, change) {
    for (const auto &key : data.keys) keys_.push_back({key.data(), key.size()});
  }
  void log(std::size_t n) override {
    const Row &row = data().row(n);
    require_ok(mimir_logger_log_doubles(logger_, keys_.data(), row.data(), keys_.size()));
  }

 private:
  std::vector<mimir_text> keys_;
};

// JSON text that was made before, checked and stored.
class LogJson : public MimirContestant {
 public:
  LogJson(std::string name, Data &data, void (*change)(mimir_logger_options &))
      : MimirContestant(std::move(name), data, change) {
    char buffer[2048];
    for (std::size_t n = 0; n < 4096; ++n) {
      texts_.emplace_back(buffer, data.format(data.row(n), buffer));
    }
  }
  void log(std::size_t n) override {
    const auto &text = texts_[n % texts_.size()];
    require_ok(mimir_logger_log_json(logger_, text.data(), text.size()));
  }

 private:
  std::vector<std::string> texts_;
};
