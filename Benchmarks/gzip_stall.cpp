// How long single calls of log take in a long run that compacts meanwhile, and what memory it needs.
//
//     gzip_stall FOLDER CONTESTANT FIELDS ENTRIES [RATE]
//
// CONTESTANT: write, gzwrite, safe, interval. RATE: entries per second, 0: as fast as it goes. Every
// call is timed. Prints a row of a Markdown table of nanoseconds, and for Mimir's one of memory.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <thread>

#include "floors.hpp"
#include "gzip_contestants.hpp"
#include "mimir_contestants.hpp"

namespace {

using Clock = std::chrono::steady_clock;

std::unique_ptr<Contestant> make(const std::string &kind, Data &data) {
  if (kind == "write") return std::make_unique<FormatAndWrite>("format + bare `write`", data);
  if (kind == "gzwrite") return std::make_unique<Gzwrite>("zlib `gzwrite`, level 6", data);
  if (kind == "safe") {
    return std::make_unique<LogDoubles>("C `log_doubles` to .gz, every entry safe", data,
                                        [](mimir_logger_options &) {});
  }
  if (kind != "interval") return nullptr;
  return std::make_unique<LogDoubles>(
      "C `log_doubles` to .gz, interval", data,
      [](mimir_logger_options &options) { options.flush = MIMIR_FLUSH_INTERVAL; });
}

// In MiB.
double resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::atof(line.c_str() + 6) / 1024;
  }
  return 0;
}

double size_of(const std::string &path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  return static_cast<double>(file.tellg()) / (1 << 20);
}

// How often a log was compacted: the generation in its header.
std::uint64_t compactions(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::uint64_t generation = 0;
  file.seekg(20);
  file.read(reinterpret_cast<char *>(&generation), sizeof generation);
  return generation;
}

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

int main(int count, char **arguments) {
  const std::size_t fields = count > 3 ? std::strtoul(arguments[3], nullptr, 10) : 0;
  const std::size_t entries = count > 4 ? std::strtoul(arguments[4], nullptr, 10) : 0;
  const double rate = count > 5 ? std::atof(arguments[5]) : 0;
  if (entries == 0 || (fields != 2 && fields != most_fields)) {
    std::fprintf(stderr, "usage: gzip_stall FOLDER CONTESTANT FIELDS ENTRIES [RATE]\n");
    return 2;
  }
  const std::string kind = arguments[2];
  const bool is_log = kind == "safe" || kind == "interval";
  const std::string path = std::string(arguments[1]) + "/stall.jsonl.gz";
  Data data(fields);
  const auto contestant = make(kind, data);
  if (!contestant) return 2;

  std::vector<std::uint32_t> calls(entries, 1);
  double memory[5] = {};
  double tail = 0;
  contestant->open(path);
  const auto start = Clock::now();
  auto due = start;
  for (std::size_t n = 0; n < entries; ++n) {
    if (rate > 0) {
      // In bursts of a millisecond: a sleep is never shorter.
      due += std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / rate));
      if (due - Clock::now() > std::chrono::milliseconds(1)) std::this_thread::sleep_until(due);
    }
    const auto before = Clock::now();
    contestant->log(n);
    calls[n] = static_cast<std::uint32_t>((Clock::now() - before).count());
    if ((n + 1) % (entries / 4) == 0) memory[(n + 1) / (entries / 4)] = resident();
    if (n == 1000) memory[0] = resident();
  }
  const double run = seconds(Clock::now() - start);
  const std::uint64_t compacted = is_log ? compactions(path) : 0;
  if (is_log) tail = size_of(path);
  const auto closing = Clock::now();
  contestant->close();
  const double close = seconds(Clock::now() - closing);
  const double closed = size_of(path), last = resident();
  ::unlink(path.c_str());

  double sum = 0;
  std::size_t slow = 0;
  for (const auto call : calls) {
    sum += call;
    slow += call > 1'000'000;
  }
  std::sort(calls.begin(), calls.end());
  const auto at = [&](double share) {
    return calls[static_cast<std::size_t>(share * static_cast<double>(entries - 1))];
  };
  const std::string pace = rate > 0 ? std::to_string(static_cast<int>(rate)) + "/s" : "flat out";
  const std::string name = contestant->name + ", " + std::to_string(fields) + " fields, " + pace;
  std::printf("STALL| %s | %.1f | %.0f | %u | %u | %u | %u | %zu | %s |\n", name.c_str(),
              static_cast<double>(entries) / 1e6, sum / static_cast<double>(entries), at(0.5),
              at(0.99), at(0.9999), calls.back(), slow,
              is_log ? std::to_string(compacted).c_str() : "");
  if (is_log) {
    std::printf(
        "MEMORY| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.0f | %.0f | %.1f | %.1f |\n",
        name.c_str(), memory[0], memory[1], memory[2], memory[3], memory[4], last, tail, closed,
        run, close);
  }
  return 0;
}
