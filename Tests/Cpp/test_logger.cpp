// The logger: options, what throws and what does not, warnings, moving.
#include "check.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static mimir::Options quiet(const std::string &path) {
  mimir::Options options;
  options.path = path;
  options.warnings = false;
  return options;
}

static void logging() {
  mimir::Options options = quiet("log.jsonl");
  options.maxlen = 3;
  mimir::Logger logger(options);
  for (int i = 0; i < 4; i++) {
    CHECK(logger.log({{"iteration", i}, {"training_error", 1.0 / (i + 1)}}) == MIMIR_OK);
  }
  CHECK(logger.count() == 3 && logger.size() == 3);
  CHECK_SAME(logger[0], "{\"iteration\":1,\"training_error\":0.5}");
  CHECK_SAME(logger[-1], "{\"iteration\":3,\"training_error\":0.25}");
  CHECK_SAME(logger.at(-1), "{\"iteration\":3,\"training_error\":0.25}");
  CHECK_THROWS(logger.at(3), MIMIR_ERROR_OUT_OF_RANGE);
  CHECK_THROWS(logger[-4], MIMIR_ERROR_OUT_OF_RANGE);
  logger.log({{"config", {{"lr", 0.5}, {"name", "adam"}}}});
  CHECK_SAME(logger[-1], "{\"config\":{\"lr\":0.5,\"name\":\"adam\"}}");
  logger.log({});
  CHECK_SAME(logger[-1], "{}");
  logger.log_json("{\"a\": 1}");
  CHECK_SAME(logger[-1], "{\"a\":1}");
  const mimir_text keys[] = {MIMIR_TEXT("x"), MIMIR_TEXT("y")};
  const double values[] = {1, 2};
  logger.log_doubles(keys, values, 2);
  CHECK_SAME(logger[-1], "{\"x\":1.0,\"y\":2.0}");
  CHECK_SAME(logger.range(-2), "{\"a\":1}\n{\"x\":1.0,\"y\":2.0}\n");
  CHECK_SAME(logger.range(-2, 1), "{\"a\":1}\n");
  CHECK_SAME(logger.range(100), "");
  CHECK(logger.stats().entries == 8);
  CHECK(logger.flush() == MIMIR_OK);
  CHECK(logger.load("log.jsonl") == 8);
  CHECK(logger.is_open() && logger.close() == MIMIR_OK && !logger.is_open());
  CHECK(logger.close() == MIMIR_OK);
  CHECK_THROWS(logger.log({{"i", 1}}), MIMIR_ERROR_CLOSED);
  CHECK_THROWS(logger.count(), MIMIR_ERROR_CLOSED);
}

static void every_option() {
  mimir::Options options = quiet("options.jsonl");
  options.maxlen = mimir::unlimited;
  options.mode = mimir::Mode::exclusive;
  options.flush = mimir::Flush::interval;
  options.flush_interval = std::chrono::minutes(60);
  options.durability = mimir::Durability::system;
  options.nonfinite = mimir::Nonfinite::string;
  options.shared = true;
  options.max_entry_bytes = 20;
  {
    mimir::Logger logger(options);
    logger.log({{"loss", NAN}});
    CHECK_FILE("options.jsonl", "");
    CHECK(logger.stats().pending_entries == 1);
    CHECK_THROWS(logger.log({{"text", "longer than twenty bytes"}}), MIMIR_ERROR_TOO_LARGE);
  }
  CHECK_FILE("options.jsonl", "{\"loss\":\"NaN\"}\n");
  CHECK_THROWS(mimir::Logger(options), MIMIR_ERROR_EXISTS);
  options.mode = mimir::Mode::truncate;
  options.nonfinite = mimir::Nonfinite::error;
  {
    mimir::Logger logger(options);
    CHECK_THROWS(logger.log({{"loss", NAN}}), MIMIR_ERROR_NONFINITE);
  }
  CHECK_FILE("options.jsonl", "");
  for (const auto time : {std::chrono::milliseconds(0), std::chrono::milliseconds(-1),
                          std::chrono::milliseconds::max(), std::chrono::milliseconds(3600001)}) {
    options.flush_interval = time;
    CHECK_THROWS(mimir::Logger(options), MIMIR_ERROR_INVALID_ARGUMENT);
  }
}

static void misuse() {
  CHECK_THROWS(mimir::Logger(quiet("missing/log.jsonl")), MIMIR_ERROR_NOT_FOUND);
  CHECK_THROWS(mimir::Logger(quiet(std::string("a\0b", 3))), MIMIR_ERROR_INVALID_ARGUMENT);
  mimir::Logger logger;
  CHECK_THROWS(logger.log_json("{"), MIMIR_ERROR_INVALID_JSON);
  CHECK_THROWS(logger.log_json({}), MIMIR_ERROR_INVALID_JSON);
  CHECK_THROWS(logger.log({{"k", "\xff"}}), MIMIR_ERROR_INVALID_UTF8);
  CHECK_THROWS(logger.load("missing.jsonl"), MIMIR_ERROR_NOT_FOUND);
  CHECK_THROWS(logger.load(std::string("a\0b", 3)), MIMIR_ERROR_INVALID_ARGUMENT);
  // A failure leaves nothing in the next entry.
  mimir::Options options;
  options.maxlen = 1;
  mimir::Logger memory(options);
  memory.log({{"fine", 1}});
  CHECK_SAME(memory[-1], "{\"fine\":1}");
}

// A disk that is full does not throw through a training loop, unless asked to.
static void full_disk() {
  mimir::Options options = quiet("/dev/full");
  options.max_pending_bytes = 20;
  mimir::Logger patient(options);
  CHECK(patient.log({{"i", 1}}) == MIMIR_ERROR_NO_SPACE);
  CHECK(patient.log({{"i", 2}}) == MIMIR_ERROR_NO_SPACE);
  CHECK(patient.log({{"i", 3}}) == MIMIR_ERROR_DROPPED);
  CHECK(patient.flush() == MIMIR_ERROR_NO_SPACE);
  CHECK(patient.stats().dropped == 1 && patient.stats().pending_entries == 2);
  CHECK_THROWS(patient.log_json("{"), MIMIR_ERROR_INVALID_JSON);
  CHECK(patient.close() == MIMIR_ERROR_NO_SPACE);

  options.on_error = mimir::OnError::raise;
  mimir::Logger strict(options);
  CHECK_THROWS(strict.log({{"i", 1}}), MIMIR_ERROR_NO_SPACE);
  CHECK_THROWS(strict.close(), MIMIR_ERROR_NO_SPACE);
  mimir::Logger destroyed(options);
  CHECK_THROWS(destroyed.log({{"i", 1}}), MIMIR_ERROR_NO_SPACE);
}

static void warnings() {
  std::vector<std::string> heard;
  mimir::Options options;
  options.path = "/dev/null";
  options.on_warning = [&](mimir_status status, std::string_view text) {
    CHECK(status == MIMIR_OK);
    heard.emplace_back(text);
    throw std::runtime_error("must not get out");
  };
  mimir::Logger logger(options);
  mimir::Logger moved(std::move(logger));
  moved.log({{"loss", NAN}});
  moved.log({{"loss", NAN}});
  CHECK(heard.size() == 1 && heard[0].find("loss") != std::string::npos);

  // A warning may be logged, to another logger.
  options.maxlen = 2;
  options.on_warning = nullptr;
  mimir::Logger events(options);
  options.on_warning = [&](mimir_status status, std::string_view text) {
    events.log({{"status", status}, {"text", text}});
  };
  mimir::Logger nested(options);
  nested.log({{"first", NAN}, {"second", 2}});
  CHECK_SAME(nested[-1], "{\"first\":NaN,\"second\":2}");
  CHECK(events.count() == 1 && events[-1].find("first") != std::string::npos);
}

static void moving() {
  mimir::Logger first(quiet("first.jsonl"));
  mimir::Logger second(quiet("second.jsonl"));
  first.log({{"i", 1}});
  second.log({{"i", 2}});
  first = std::move(second);
  first.log({{"i", 3}});
  CHECK(!second.is_open());
  CHECK_THROWS(second.log({{"i", 4}}), MIMIR_ERROR_CLOSED);
  second = mimir::Logger(quiet("first.jsonl"));
  second.log({{"i", 5}});
  CHECK_FILE("first.jsonl", "{\"i\":1}\n{\"i\":5}\n");
  CHECK_FILE("second.jsonl", "{\"i\":2}\n{\"i\":3}\n");
}

static void threads() {
  mimir::Options options;
  options.maxlen = mimir::unlimited;
  mimir::Logger logger(options);
  std::vector<std::thread> all;
  for (int thread = 0; thread < 4; thread++) {
    all.emplace_back([&logger, thread] {
      for (int i = 0; i < 1000; i++) logger.log({{"thread", thread}, {"i", i}});
    });
  }
  for (std::thread &thread : all) thread.join();
  CHECK(logger.count() == 4000);
  int next[4] = {};
  bool ordered = true;
  for (int i = 0; i < 4000; i++) {
    int thread = -1, number = -1;
    sscanf(logger[i].c_str(), "{\"thread\":%d,\"i\":%d}", &thread, &number);
    ordered = ordered && thread >= 0 && thread < 4 && number == next[thread]++;
  }
  CHECK(ordered);
}

/* When a thread ends, what it made first goes last: after all that logging keeps for it. */
struct LogsAtTheEnd {
  mimir::Logger *logger = nullptr;
  ~LogsAtTheEnd() { logger->log({{"event", "end"}}); }
};

static void destructors() {
  mimir::Options options;
  options.maxlen = 10;
  mimir::Logger logger(options);
  std::thread([&logger] {
    static thread_local LogsAtTheEnd last;
    last.logger = &logger;
    logger.log({{"event", "begin"}});
  }).join();
  CHECK(logger.count() == 2);
  CHECK_SAME(logger[-1], "{\"event\":\"end\"}");
}

int main() {
  return check_main([] {
    logging();
    every_option();
    misuse();
    full_disk();
    warnings();
    moving();
    threads();
    destructors();
  });
}
