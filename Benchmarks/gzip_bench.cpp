// What one call of log costs the caller when the log is a gzip file, against floors measured in the
// same run.
//
//     gzip_bench FOLDER [ROUNDS [alone]]     FOLDER: where the logs go for the time of a round
//
// As in any training process, there is another thread, which sleeps: glibc's locks and the kernel's
// look at a file descriptor cost everybody more then. With `alone` there is none, but for the one
// that a gzip log starts when it has something to compact.
//
// All contestants run in turn, round after round; the median round counts. Prints rows of a Markdown
// table. What goes on in a long run, with compactions, is gzip_stall's.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

#include "floors.hpp"
#include "gzip_contestants.hpp"
#include "mimir_contestants.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct Lane {
  std::unique_ptr<Contestant> contestant;
  char floor;           // the letter of the lane it is compared with
  std::size_t entries;  // in a round
  std::vector<double> rounds{};
};

class SleepingThread {
 public:
  ~SleepingThread() {
    {
      const std::lock_guard lock(mutex);
      done = true;
    }
    wake.notify_one();
    thread.join();
  }

 private:
  std::mutex mutex;
  std::condition_variable wake;
  bool done = false;
  std::thread thread{[this] {
    std::unique_lock lock(mutex);
    wake.wait(lock, [this] { return done; });
  }};
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void run_round(Lane &lane, const std::string &path) {
  lane.contestant->open(path);
  const auto start = Clock::now();
  for (std::size_t n = 0; n < lane.entries; ++n) lane.contestant->log(n);
  lane.contestant->flush();
  const std::chrono::duration<double, std::nano> time = Clock::now() - start;
  lane.rounds.push_back(time.count() / static_cast<double>(lane.entries));
  lane.contestant->close();
  ::unlink(path.c_str());
}

std::vector<Lane> make_lanes(Data &data) {
  const auto safe = [](mimir_logger_options &) {};
  const auto shared = [](mimir_logger_options &options) { options.shared = 1; };
  const auto interval = [](mimir_logger_options &options) { options.flush = MIMIR_FLUSH_INTERVAL; };
  const std::size_t fast = 100'000, slow = 20'000, slowest = 5'000;
  std::vector<Lane> lanes;
  const auto add = [&](auto contestant, char floor, std::size_t entries) {
    lanes.push_back({std::move(contestant), floor, entries});
  };
  add(std::make_unique<FormatAndWrite>("floor A: format + bare `write` per line, plain file", data),
      'A', slow);
  add(std::make_unique<FmtAndFwrite>("floor B: fmt (compiled) + `fwrite`, plain file", data), 'B',
      fast);
  add(std::make_unique<Gzwrite>("zlib `gzwrite`, level 6, nothing safe", data), 'A', slowest);
  add(std::make_unique<GzwriteAndFlush>("zlib `gzwrite` + sync flush per line", data), 'A',
      slowest);
  add(std::make_unique<LogEntry>("C `log` to .gz, every entry safe", data, safe), 'A', slow);
  add(std::make_unique<LogDoubles>("C `log_doubles` to .gz, every entry safe", data, safe), 'A',
      slow);
  add(std::make_unique<LogDoubles>("C `log_doubles` to .gz, shared between processes", data,
                                   shared),
      'A', slow);
  add(std::make_unique<LogEntry>("C `log` to .gz, interval", data, interval), 'B', fast);
  add(std::make_unique<LogDoubles>("C `log_doubles` to .gz, interval", data, interval), 'B', fast);
  return lanes;
}

}  // namespace

int main(int count, char **arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: gzip_bench FOLDER [ROUNDS [alone]]\n");
    return 2;
  }
  const std::string path = std::string(arguments[1]) + "/bench.jsonl.gz";
  const int rounds = count > 2 ? std::max(std::atoi(arguments[2]), 1) : 11;
  const bool alone = count > 3 && std::string_view(arguments[3]) == "alone";
  std::unique_ptr<SleepingThread> other;
  if (!alone) other = std::make_unique<SleepingThread>();
  Data few(2), many(most_fields);
  auto few_lanes = make_lanes(few), many_lanes = make_lanes(many);
  for (int round = -1; round < rounds; ++round) {
    for (auto *lanes : {&few_lanes, &many_lanes}) {
      for (auto &lane : *lanes) {
        run_round(lane, path);
        if (round < 0) lane.rounds.clear();  // warms up
      }
    }
  }
  for (std::size_t i = 0; i < few_lanes.size(); ++i) {
    const Lane &lane = few_lanes[i];
    const auto floor = static_cast<std::size_t>(lane.floor - 'A');
    const double ns[] = {median(lane.rounds), median(many_lanes[i].rounds)};
    const double floors[] = {median(few_lanes[floor].rounds), median(many_lanes[floor].rounds)};
    std::printf("%s| %s | %s | %.0f | %.2f | %.0f | %.2f |\n", alone ? "GZIPALONE" : "GZIPCOST",
                lane.contestant->name.c_str(), i == floor ? "" : std::string(1, lane.floor).c_str(),
                ns[0], ns[0] / floors[0], ns[1], ns[1] / floors[1]);
  }
  return 0;
}
