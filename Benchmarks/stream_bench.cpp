// What a publisher costs the one who logs, and how fast entries arrive, against bare libzmq.
//
//     stream_bench FOLDER ENTRIES
//
// Prints rows of Markdown tables.
#include <mimir.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

std::uint64_t nanoseconds() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
          .count());
}

void require(mimir_status status, const char *what) {
  if (status == MIMIR_OK) return;
  std::fprintf(stderr, "%s: %s\n", what, mimir_last_error());
  std::exit(1);
}

struct Ports {
  std::uint32_t push, router;
};

mimir_logger *open_logger(bool stream, std::uint64_t maxlen, const char *path, Ports *ports) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.path = path;
  options.stream = stream;
  options.stream_maxlen = maxlen;
  options.push_port = options.router_port = MIMIR_PORT_ANY;
  mimir_logger *logger = nullptr;
  require(mimir_logger_open(&options, &logger), "open");
  if (stream) {
    mimir_publisher_statistics statistics = MIMIR_PUBLISHER_STATISTICS_INIT;
    require(mimir_logger_stream(logger, &statistics), "ports");
    *ports = {statistics.push_port, statistics.router_port};
  }
  return logger;
}

mimir_subscriber *subscribe(Ports ports, std::uint32_t past) {
  mimir_subscriber_options options = MIMIR_SUBSCRIBER_OPTIONS_INIT;
  options.host = "127.0.0.1";
  options.push_port = ports.push;
  options.router_port = ports.router;
  options.past = past;
  mimir_subscriber *subscriber = nullptr;
  require(mimir_subscriber_open(&options, &subscriber), "subscribe");
  return subscriber;
}

const mimir_text keys[2] = {{"iteration", 9}, {"training_error", 14}};

void log_one(mimir_logger *logger, std::size_t n) {
  const double values[2] = {static_cast<double>(n), 1.0 / static_cast<double>(n + 1)};
  mimir_logger_log_doubles(logger, keys, values, 2);
}

// A viewer in a process of its own, until entry number `last`. Writes a byte when it is there.
pid_t start_viewer(Ports ports, std::uint64_t last, int ready) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  mimir_subscriber *subscriber = subscribe(ports, MIMIR_PAST_ALL);
  std::uint64_t sequence = 0;
  const char *text;
  std::size_t length;
  bool told = false;
  while (sequence < last) {
    if (mimir_subscriber_next(subscriber, 20000, &sequence, &text, &length) != MIMIR_OK || !text) {
      std::_Exit(1);
    }
    if (!told) {
      told = true;
      if (write(ready, "x", 1) != 1) std::_Exit(1);
    }
  }
  mimir_subscriber_statistics statistics = MIMIR_SUBSCRIBER_STATISTICS_INIT;
  mimir_subscriber_stats(subscriber, &statistics);
  mimir_subscriber_close(subscriber);
  std::_Exit(statistics.missed == 0 ? 0 : 2);
}

struct Cost {
  double mean = 0;
  std::uint32_t median = 0, p99 = 0;
  double delivered = 0;  // entries a second, until every viewer has all of them
};

// What one call costs, with so many viewers (-1: no publisher), which may have stopped, at a rate or
// flat out.
Cost cost(int viewers, std::size_t entries, double rate, const char *path, bool stopped = false) {
  Ports ports{};
  if (path) unlink(path);
  // Without a file only memory can fill the gaps of a viewer that was too slow.
  mimir_logger *logger = open_logger(viewers >= 0, path ? 1000 : MIMIR_UNLIMITED, path, &ports);
  int ready[2];
  if (pipe(ready) != 0) std::exit(1);
  std::vector<pid_t> children;
  for (int n = 0; n < viewers; ++n) children.push_back(start_viewer(ports, entries + 1, ready[1]));
  log_one(logger, 0);
  char byte;
  for (int n = 0; n < viewers; ++n) {
    if (read(ready[0], &byte, 1) != 1) std::exit(1);
  }
  for (const pid_t child : children) {
    if (stopped) kill(child, SIGSTOP);
  }
  std::vector<std::uint32_t> calls(entries);
  const auto start = Clock::now();
  auto due = start;
  for (std::size_t n = 0; n < entries; ++n) {
    if (rate > 0) {
      due += std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / rate));
      if (due - Clock::now() > std::chrono::milliseconds(1)) std::this_thread::sleep_until(due);
    }
    const auto before = Clock::now();
    log_one(logger, n);
    calls[n] = static_cast<std::uint32_t>((Clock::now() - before).count());
  }
  int failed = 0;
  for (const pid_t child : children) {
    int status = 0;
    if (stopped) kill(child, SIGKILL);
    waitpid(child, &status, 0);
    failed += status != 0 && !stopped;
  }
  const double arrived = seconds(Clock::now() - start);
  if (failed) std::fprintf(stderr, "%d viewers have missed entries\n", failed);
  mimir_logger_close(logger);
  close(ready[0]);
  close(ready[1]);
  double sum = 0;
  for (const auto call : calls) sum += call;
  std::sort(calls.begin(), calls.end());
  return {sum / static_cast<double>(entries), calls[entries / 2], calls[entries * 99 / 100],
          static_cast<double>(entries) / arrived};
}

// Bare libzmq: two frames of an entry's size from one thread to another process, without a mark.
double bare_rate(std::size_t entries) {
  void *context = zmq_ctx_new();
  void *pub = zmq_socket(context, ZMQ_PUB);
  const int none = 0;
  zmq_setsockopt(pub, ZMQ_SNDHWM, &none, sizeof none);
  zmq_bind(pub, "tcp://127.0.0.1:*");
  char endpoint[256];
  std::size_t size = sizeof endpoint;
  zmq_getsockopt(pub, ZMQ_LAST_ENDPOINT, endpoint, &size);
  int ready[2];
  if (pipe(ready) != 0) std::exit(1);
  const pid_t pid = fork();
  if (pid == 0) {
    void *own = zmq_ctx_new();
    void *sub = zmq_socket(own, ZMQ_SUB);
    zmq_setsockopt(sub, ZMQ_RCVHWM, &none, sizeof none);
    zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "", 0);
    zmq_connect(sub, endpoint);
    char frame[256];
    bool told = false;
    for (std::size_t got = 0; got < entries;) {
      const int first = zmq_recv(sub, frame, sizeof frame, 0);
      const bool probe = first == 1 && frame[0] == '0';
      zmq_recv(sub, frame, sizeof frame, 0);
      if (!told && write(ready[1], "x", 1) != 1) std::_Exit(1);
      told = true;
      if (!probe) ++got;
    }
    std::_Exit(0);
  }
  // Until the subscription has arrived.
  char byte;
  std::thread probe([&] {
    if (read(ready[0], &byte, 1) != 1) std::exit(1);
  });
  for (int n = 0; n < 50; ++n) {
    zmq_send(pub, "0", 1, ZMQ_SNDMORE);
    zmq_send(pub, "{}", 2, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  probe.join();
  char number[24], text[128];
  const auto start = Clock::now();
  for (std::size_t n = 1; n <= entries; ++n) {
    const int digits = std::snprintf(number, sizeof number, "%zu", n);
    const int length =
        std::snprintf(text, sizeof text, "{\"iteration\":%zu.0,\"training_error\":0.25}", n);
    zmq_send(pub, number, static_cast<std::size_t>(digits), ZMQ_SNDMORE);
    zmq_send(pub, text, static_cast<std::size_t>(length), 0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  const double rate = static_cast<double>(entries) / seconds(Clock::now() - start);
  zmq_setsockopt(pub, ZMQ_LINGER, &none, sizeof none);
  zmq_close(pub);
  zmq_ctx_term(context);
  return rate;
}

// From before log to after next, at one entry a millisecond, both in one process.
void latency(std::size_t entries, double percentiles[2]) {
  Ports ports{};
  mimir_logger *logger = open_logger(true, 1000, nullptr, &ports);
  mimir_subscriber *subscriber = subscribe(ports, MIMIR_PAST_ALL);
  std::vector<double> delays;
  std::thread viewer([&] {
    std::uint64_t sequence = 0;
    const char *text;
    std::size_t length;
    while (delays.size() < entries) {
      if (mimir_subscriber_next(subscriber, 5000, &sequence, &text, &length) != MIMIR_OK || !text) {
        return;
      }
      const std::uint64_t now = nanoseconds();
      const std::uint64_t sent = std::strtoull(std::strchr(text, ':') + 1, nullptr, 10);
      delays.push_back(static_cast<double>(now - sent) / 1000);
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  for (std::size_t n = 0; n < entries; ++n) {
    char text[64];
    std::snprintf(text, sizeof text, "{\"sent\":%llu}",
                  static_cast<unsigned long long>(nanoseconds()));
    mimir_logger_log_json(logger, text, MIMIR_NUL_TERMINATED);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  viewer.join();
  mimir_subscriber_close(subscriber);
  mimir_logger_close(logger);
  std::sort(delays.begin(), delays.end());
  percentiles[0] = delays[delays.size() / 2];
  percentiles[1] = delays[delays.size() * 99 / 100];
}

// The same with bare libzmq, sent on the caller's thread.
void bare_latency(std::size_t entries, double percentiles[2]) {
  void *context = zmq_ctx_new();
  void *pub = zmq_socket(context, ZMQ_PUB);
  zmq_bind(pub, "tcp://127.0.0.1:*");
  char endpoint[256];
  std::size_t size = sizeof endpoint;
  zmq_getsockopt(pub, ZMQ_LAST_ENDPOINT, endpoint, &size);
  void *sub = zmq_socket(context, ZMQ_SUB);
  zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "", 0);
  zmq_connect(sub, endpoint);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  std::vector<double> delays;
  std::thread viewer([&] {
    char frame[64];
    while (delays.size() < entries) {
      zmq_recv(sub, frame, sizeof frame, 0);
      const int length = zmq_recv(sub, frame, sizeof frame - 1, 0);
      const std::uint64_t now = nanoseconds();
      frame[length] = 0;
      delays.push_back(static_cast<double>(now - std::strtoull(frame, nullptr, 10)) / 1000);
    }
  });
  for (std::size_t n = 0; n < entries; ++n) {
    char text[64];
    const int length =
        std::snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(nanoseconds()));
    zmq_send(pub, "1", 1, ZMQ_SNDMORE);
    zmq_send(pub, text, static_cast<std::size_t>(length), 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  viewer.join();
  zmq_close(pub);
  zmq_close(sub);
  zmq_ctx_term(context);
  std::sort(delays.begin(), delays.end());
  percentiles[0] = delays[delays.size() / 2];
  percentiles[1] = delays[delays.size() * 99 / 100];
}

// Milliseconds until a late joiner has all of so many entries that are held in memory.
double snapshot(std::size_t entries) {
  Ports ports{};
  mimir_logger *logger = open_logger(true, MIMIR_UNLIMITED, nullptr, &ports);
  for (std::size_t n = 0; n < entries; ++n) log_one(logger, n);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto start = Clock::now();
  mimir_subscriber *subscriber = subscribe(ports, MIMIR_PAST_ALL);
  std::uint64_t sequence = 0;
  const char *text;
  std::size_t length;
  while (sequence < entries) {
    require(mimir_subscriber_next(subscriber, 5000, &sequence, &text, &length), "next");
    if (!text) break;
  }
  const double time = seconds(Clock::now() - start) * 1000;
  mimir_subscriber_close(subscriber);
  mimir_logger_close(logger);
  return sequence == entries ? time : -1;
}

}  // namespace

int main(int count, char **arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: stream_bench FOLDER ENTRIES\n");
    return 2;
  }
  const std::string path = std::string(arguments[1]) + "/stream.jsonl";
  const std::size_t entries = std::strtoul(arguments[2], nullptr, 10);
  struct Audience {
    int viewers;
    bool stopped;
    const char *name;
  };
  const Audience audiences[] = {{-1, false, "no publisher"},
                                {0, false, "publisher, no viewer"},
                                {1, false, "publisher, 1 viewer"},
                                {10, false, "publisher, 10 viewers"},
                                {10, true, "publisher, 10 viewers that have stopped"}};
  for (const double rate : {0.0, 1000.0}) {
    const std::size_t many = rate > 0 ? 5000 : entries;
    std::vector<Cost> rounds[std::size(audiences)];
    for (int round = 0; round < 3; ++round) {
      for (std::size_t n = 0; n < std::size(audiences); ++n) {
        rounds[n].push_back(
            cost(audiences[n].viewers, many, rate, path.c_str(), audiences[n].stopped));
      }
    }
    double without = 0;
    for (std::size_t n = 0; n < std::size(audiences); ++n) {
      std::sort(rounds[n].begin(), rounds[n].end(),
                [](const Cost &a, const Cost &b) { return a.median < b.median; });
      const Cost &c = rounds[n][1];
      if (n == 0) without = c.median;
      std::printf("STREAMCOST| %s | %s | %u | %+.0f | %.0f | %u |\n", audiences[n].name,
                  rate > 0 ? "1,000/s" : "flat out", c.median, c.median - without, c.mean, c.p99);
    }
  }
  double bare = 0, ours = 0;
  for (int round = 0; round < 3; ++round) {
    bare = std::max(bare, bare_rate(entries));
    ours = std::max(ours, cost(1, entries, 0, nullptr).delivered);
  }
  std::printf("STREAMRATE| bare libzmq, no high-water mark | %.0f |\n", bare);
  std::printf("STREAMRATE| C `log_doubles` to `mimir_subscriber_next` | %.0f |\n", ours);
  double delays[2];
  bare_latency(3000, delays);
  std::printf("STREAMLATENCY| bare libzmq | %.0f | %.0f |\n", delays[0], delays[1]);
  latency(3000, delays);
  std::printf("STREAMLATENCY| C `log_json` to `mimir_subscriber_next` | %.0f | %.0f |\n", delays[0],
              delays[1]);
  std::vector<double> times;
  for (int n = 0; n < 5; ++n) times.push_back(snapshot(100000));
  std::sort(times.begin(), times.end());
  std::printf("STREAMSNAPSHOT| 100,000 | %.1f |\n", times[2]);
  return 0;
}
