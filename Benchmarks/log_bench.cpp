// What one call of log costs the caller, against floors measured in the same run.
//
//     log_bench FOLDER [ROUNDS]        FOLDER: where the logs go for the time of a round
//
// All contestants run in turn, round after round, so that a busy moment of the machine meets all of
// them; the median round counts. Prints rows of Markdown tables.
#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <memory>

#include "floors.hpp"
#include "mimir_contestants.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct Lane {
  std::unique_ptr<Contestant> contestant;
  std::size_t floor;    // index of the lane it is compared with
  std::size_t entries;  // in a round
  bool is_in_latency_table;
  std::vector<double> rounds{};  // ns per entry
};

double nanoseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::nano>(duration).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void run_round(Lane &lane, const std::string &path) {
  lane.contestant->open(path);
  const auto start = Clock::now();
  for (std::size_t n = 0; n < lane.entries; ++n) lane.contestant->log(n);
  lane.contestant->flush();
  lane.rounds.push_back(nanoseconds(Clock::now() - start) / static_cast<double>(lane.entries));
  lane.contestant->close();
  ::unlink(path.c_str());
}

// Every single call is timed, in a pass of its own: the clock costs as much as a short call.
void print_latencies(Lane &lane, std::size_t fields, const std::string &path) {
  std::vector<double> calls(400'000);
  lane.contestant->open(path);
  for (std::size_t n = 0; n < calls.size(); ++n) {
    const auto start = Clock::now();
    lane.contestant->log(n);
    calls[n] = nanoseconds(Clock::now() - start);
  }
  lane.contestant->close();
  ::unlink(path.c_str());
  std::sort(calls.begin(), calls.end());
  const auto at = [&](double share) {
    return calls[static_cast<std::size_t>(share * static_cast<double>(calls.size() - 1))];
  };
  std::printf("LATENCY| %s, %zu fields | %.0f | %.0f | %.0f | %.0f |\n",
              lane.contestant->name.c_str(), fields, at(0.5), at(0.99), at(0.9999), calls.back());
}

std::vector<Lane> make_lanes(Data &data) {
  const auto safe = [](mimir_logger_options &) {};
  const auto shared = [](mimir_logger_options &options) { options.shared = 1; };
  const auto interval = [](mimir_logger_options &options) { options.flush = MIMIR_FLUSH_INTERVAL; };
  const auto ring = [](mimir_logger_options &options) {
    options.path = nullptr;
    options.maxlen = 1000;
  };
  enum { write_floor, text_floor, format_floor, fmt_floor };
  const std::size_t fast = 100'000, slow = 20'000;
  std::vector<Lane> lanes;
  const auto add = [&](std::unique_ptr<Contestant> contestant, std::size_t floor,
                       std::size_t entries, bool is_in_latency_table = false) {
    lanes.push_back({std::move(contestant), floor, entries, is_in_latency_table});
  };
  add(std::make_unique<FormatAndWrite>("floor A: format + bare `write` per line", data),
      write_floor, slow, true);
  add(std::make_unique<WriteReadyText>("floor B: bare `write` of a ready line", data), text_floor,
      slow);
  add(std::make_unique<FormatOnly>("floor C: format only", data), format_floor, fast);
  add(std::make_unique<FmtAndFwrite>("floor D: fmt (compiled) + `fwrite`", data), fmt_floor, fast,
      true);
  add(std::make_unique<LogEntry>("C `log`, every entry safe", data, safe), write_floor, slow, true);
  add(std::make_unique<LogDoubles>("C `log_doubles`, every entry safe", data, safe), write_floor,
      slow, true);
  add(std::make_unique<LogJson>("C `log_json`, every entry safe", data, safe), text_floor, slow);
  add(std::make_unique<LogDoubles>("C `log_doubles`, shared between processes", data, shared),
      write_floor, slow);
  add(std::make_unique<LogEntry>("C `log`, ring only", data, ring), format_floor, fast);
  add(std::make_unique<LogDoubles>("C `log_doubles`, ring only", data, ring), format_floor, fast);
  add(std::make_unique<LogEntry>("C `log`, interval", data, interval), fmt_floor, fast, true);
  add(std::make_unique<LogDoubles>("C `log_doubles`, interval", data, interval), fmt_floor, fast,
      true);
  return lanes;
}

}  // namespace

int main(int count, char **arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: log_bench FOLDER [ROUNDS]\n");
    return 2;
  }
  const std::string path = std::string(arguments[1]) + "/bench.jsonl";
  const int rounds = count > 2 ? std::max(std::atoi(arguments[2]), 1) : 15;
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
    const double ns[] = {median(lane.rounds), median(many_lanes[i].rounds)};
    const double floors[] = {median(few_lanes[lane.floor].rounds),
                             median(many_lanes[lane.floor].rounds)};
    const std::string floor = i == lane.floor ? "" : std::string(1, "ABCD"[lane.floor]);
    std::printf("COST| %s | %s | %.0f | %.2f | %.0f | %.2f |\n", lane.contestant->name.c_str(),
                floor.c_str(), ns[0], ns[0] / floors[0], ns[1], ns[1] / floors[1]);
  }
  for (auto *lanes : {&few_lanes, &many_lanes}) {
    for (auto &lane : *lanes) {
      if (lane.is_in_latency_table) print_latencies(lane, lanes == &few_lanes ? 2 : 20, path);
    }
  }
  return 0;
}
