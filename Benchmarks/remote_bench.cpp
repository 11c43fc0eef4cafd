// What logging to a server costs, with the server there and not, and how many entries a server takes
// from 1, 8 and 64 clients, against the request-reply protocol of the original project.
//
//     remote_bench FOLDER ENTRIES
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
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

void require(bool holds, const char *what) {
  if (holds) return;
  std::fprintf(stderr, "%s: %s\n", what, mimir_last_error());
  std::exit(1);
}

const mimir_text keys[2] = {{"iteration", 9}, {"training_error", 14}};

// A server in a process of its own, until it is killed.
struct Server {
  pid_t pid = 0;
  std::uint32_t port = 0;
  std::string path;

  Server(const std::string &path, std::uint32_t flush) : path(path) {
    std::filesystem::remove(path);
    int ports[2];
    require(pipe(ports) == 0, "pipe");
    pid = fork();
    if (pid == 0) {
      mimir_logger_options log = MIMIR_LOGGER_OPTIONS_INIT;
      mimir_server_options options = MIMIR_SERVER_OPTIONS_INIT;
      mimir_server_statistics statistics = MIMIR_SERVER_STATISTICS_INIT;
      mimir_logger *logger = nullptr;
      mimir_server *server = nullptr;
      log.path = path.c_str();
      log.flush = flush;
      options.port = MIMIR_PORT_ANY;
      require(mimir_logger_open(&log, &logger) == MIMIR_OK, "logger");
      require(mimir_server_open(logger, &options, &server) == MIMIR_OK, "server");
      require(mimir_server_stats(server, &statistics) == MIMIR_OK, "port");
      require(write(ports[1], &statistics.port, 4) == 4, "pipe");
      for (;;) pause();
    }
    require(read(ports[0], &port, 4) == 4, "the server's port");
    close(ports[0]);
    close(ports[1]);
  }

  ~Server() {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }

  std::size_t lines() const {
    std::size_t count = 0;
    FILE *file = std::fopen(path.c_str(), "rb");
    static char block[1 << 16];
    for (std::size_t got; file && (got = std::fread(block, 1, sizeof block, file)) > 0;) {
      count += static_cast<std::size_t>(std::count(block, block + got, '\n'));
    }
    if (file) std::fclose(file);
    return count;
  }
};

mimir_remote *connect(std::uint32_t port, const std::string &spool) {
  mimir_remote_options options = MIMIR_REMOTE_OPTIONS_INIT;
  mimir_remote *remote = nullptr;
  options.host = "127.0.0.1";
  options.port = port;
  options.spool = spool.c_str();
  options.max_spool_bytes = std::uint64_t{1} << 40;
  require(mimir_remote_open(&options, &remote) == MIMIR_OK, "client");
  return remote;
}

struct Cost {
  double mean = 0;
  std::uint32_t median = 0, p99 = 0;
};

using Log = std::function<mimir_status(const double *)>;

// Every call timed; with a pause of a millisecond between them, or none.
Cost cost(std::size_t entries, bool paced, const Log &log) {
  std::vector<std::uint32_t> times(entries);
  double sum = 0;
  for (std::size_t n = 0; n < entries; ++n) {
    const double values[2] = {static_cast<double>(n), 1.0 / static_cast<double>(n + 1)};
    if (paced) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const auto begun = Clock::now();
    require(log(values) == MIMIR_OK, "log");
    const double taken = 1e9 * seconds(Clock::now() - begun);
    times[n] = static_cast<std::uint32_t>(std::min(taken, 4e9));
    sum += taken;
  }
  std::sort(times.begin(), times.end());
  return {sum / static_cast<double>(entries), times[entries / 2],
          times[entries - 1 - entries / 100]};
}

Cost median_of_three(const std::function<Cost()> &run) {
  std::vector<Cost> runs = {run(), run(), run()};
  std::sort(runs.begin(), runs.end(), [](Cost a, Cost b) { return a.mean < b.mean; });
  return runs[1];
}

void costs(const std::string &folder, std::size_t entries, bool paced) {
  const std::string path = folder + "/floor.jsonl", spool = folder + "/spool";
  const Cost floor = median_of_three([&] {
    std::filesystem::remove(path);
    mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
    mimir_logger *logger = nullptr;
    options.path = path.c_str();
    require(mimir_logger_open(&options, &logger) == MIMIR_OK, "floor");
    const Cost found = cost(entries, paced, [&](const double *values) {
      return mimir_logger_log_doubles(logger, keys, values, 2);
    });
    mimir_logger_close(logger);
    return found;
  });
  const auto remote = [&](std::uint32_t port) {
    mimir_remote *client = connect(port, spool);
    if (port != 1) require(mimir_remote_log_json(client, "{}", 2) == MIMIR_OK, "first");
    if (port != 1) require(mimir_remote_flush(client, 10000) == MIMIR_OK, "flush");
    const Cost found = cost(entries, paced, [&](const double *values) {
      return mimir_remote_log_doubles(client, keys, values, 2);
    });
    require(mimir_remote_close(client, port == 1 ? 0 : 60000, nullptr) == MIMIR_OK, "close");
    std::filesystem::remove_all(spool);
    return found;
  };
  const Cost absent = median_of_three([&] { return remote(1); });
  const Cost present = median_of_three([&] {
    const Server server(folder + "/present.jsonl", MIMIR_FLUSH_EVERY_ENTRY);
    return remote(server.port);
  });
  const auto row = [&](const char *name, Cost found) {
    std::printf("REMOTECOST| %s | %s | %u | %.0f | %.2f | %u |\n", name,
                paced ? "one a millisecond" : "flat out", found.median, found.mean,
                found.mean / floor.mean, found.p99);
  };
  row("plain file, no server (floor)", floor);
  row("remote, nobody there", absent);
  row("remote, server on the same two cores", present);
}

// All entries of so many clients, each a process, until the server has acknowledged them.
double rate(std::size_t clients, std::size_t entries,
            const std::function<void(std::size_t)> &client) {
  const auto begun = Clock::now();
  std::vector<pid_t> children;
  for (std::size_t n = 0; n < clients; ++n) {
    const pid_t pid = fork();
    if (pid == 0) {
      client(entries / clients);
      std::_Exit(0);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    waitpid(pid, &status, 0);
    require(status == 0, "a client");
  }
  return static_cast<double>(entries / clients * clients) / seconds(Clock::now() - begun);
}

void request_reply(std::uint32_t port, std::size_t entries) {
  void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_REQ);
  const std::string place = "tcp://127.0.0.1:" + std::to_string(port);
  char text[128], answer[16];
  require(zmq_connect(socket, place.c_str()) == 0, "connect");
  const auto ask = [&](const char *bytes, std::size_t count, char wanted) {
    zmq_send(socket, bytes, count, 0);
    require(zmq_recv(socket, answer, sizeof answer, 0) == 1 && answer[0] == wanted, "an answer");
  };
  zmq_send(socket, "\1", 1, ZMQ_SNDMORE);
  ask("", 0, 1);
  for (std::size_t n = 0; n < entries; ++n) {
    const int size =
        std::snprintf(text, sizeof text, "{\"iteration\":%zu.0,\"training_error\":%.17g}", n,
                      1.0 / static_cast<double>(n + 1));
    ask(text, static_cast<std::size_t>(size), 2);
  }
  ask("\3", 1, 3);
  zmq_close(socket);
  zmq_ctx_term(context);
}

void rates(const std::string &folder, std::size_t entries) {
  for (const std::size_t clients : {1, 8, 64}) {
    const auto best = [&](std::uint32_t flush, std::size_t count, bool original) {
      double most = 0;
      for (int round = 0; round < 3; ++round) {
        const Server server(folder + "/rate.jsonl", flush);
        most = std::max(
            most, rate(clients, count, [&](std::size_t own) {
              if (original) return request_reply(server.port, own);
              mimir_remote *remote = connect(server.port, folder + "/spool");
              for (std::size_t n = 0; n < own; ++n) {
                const double values[2] = {static_cast<double>(n), 1.0 / static_cast<double>(n + 1)};
                require(mimir_remote_log_doubles(remote, keys, values, 2) == MIMIR_OK, "log");
              }
              std::uint64_t spooled = 1;
              require(mimir_remote_close(remote, 120000, &spooled) == MIMIR_OK && !spooled,
                      "close");
            }));
        require(server.lines() == count / clients * clients, "entries in the log");
      }
      return most;
    };
    const double original = best(MIMIR_FLUSH_EVERY_ENTRY, entries / 32, true);
    const double every = best(MIMIR_FLUSH_EVERY_ENTRY, entries, false);
    const double gathered = best(MIMIR_FLUSH_INTERVAL, entries, false);
    std::printf("REMOTERATE| %zu | %.0f | %.0f | %.1f | %.0f | %.1f |\n", clients, original, every,
                every / original, gathered, gathered / original);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argument_count, char **arguments) {
  if (argument_count != 3) return 2;
  const std::string folder = arguments[1];
  const std::size_t entries = std::strtoull(arguments[2], nullptr, 10);
  costs(folder, entries, false);
  costs(folder, std::min<std::size_t>(entries / 100, 3000), true);
  std::fflush(stdout);
  rates(folder, entries);
}
