/* Publisher, subscriber, and loggers that publish. */
#include "loggers.h"

#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static mimir_publisher_statistics ports_of(const mimir_publisher *publisher) {
  mimir_publisher_statistics statistics = MIMIR_PUBLISHER_STATISTICS_INIT;
  CHECK_OK(mimir_publisher_stats(publisher, &statistics));
  return statistics;
}

static mimir_publisher *publisher_with(uint64_t maxlen) {
  mimir_publisher_options options = MIMIR_PUBLISHER_OPTIONS_INIT;
  options.push_port = options.router_port = MIMIR_PORT_ANY;
  options.maxlen = maxlen;
  mimir_publisher *publisher = NULL;
  CHECK_OK(mimir_publisher_open(&options, &publisher));
  return publisher;
}

static mimir_subscriber_options following(mimir_publisher_statistics ports) {
  mimir_subscriber_options options = MIMIR_SUBSCRIBER_OPTIONS_INIT;
  options.host = "127.0.0.1";
  options.push_port = ports.push_port;
  options.router_port = ports.router_port;
  options.live_only = ports.router_port == 0;
  return options;
}

static mimir_subscriber *subscriber_of(const mimir_subscriber_options *options) {
  mimir_subscriber *subscriber = NULL;
  CHECK_OK(mimir_subscriber_open(options, &subscriber));
  return subscriber;
}

static void publish(mimir_publisher *publisher, uint64_t first, uint64_t last) {
  uint64_t right = 0;
  for (uint64_t i = first; i <= last; i++) {
    char text[40];
    uint64_t sequence = 0;
    snprintf(text, sizeof text, "{ \"i\" : %llu }", (unsigned long long)i);
    right +=
        mimir_publisher_publish(publisher, text, MIMIR_NUL_TERMINATED, &sequence) == MIMIR_OK &&
        sequence == i;
  }
  CHECK(right == last - first + 1);
}

/* Takes the entries numbered so, which must come in this order. */
static void takes(mimir_subscriber *subscriber, uint64_t first, uint64_t last) {
  uint64_t right = 0;
  for (uint64_t i = first; i <= last; i++) {
    uint64_t sequence = 0;
    const char *text = NULL;
    size_t length = 0;
    char wanted[40];
    snprintf(wanted, sizeof wanted, "{\"i\":%llu}", (unsigned long long)i);
    const mimir_status status = mimir_subscriber_next(subscriber, 10000, &sequence, &text, &length);
    if (status != MIMIR_OK) CHECK_OK(status);
    if (!text) {
      printf("  nothing came for number %llu\n", (unsigned long long)i);
      break;
    }
    if (sequence == i && strcmp(text, wanted) == 0 && length == strlen(wanted)) {
      right++;
    } else if (right == i - first) {
      printf("  wanted %s, got %llu: %s\n", wanted, (unsigned long long)sequence, text);
    }
  }
  CHECK(right == last - first + 1);
}

static void nothing_comes(mimir_subscriber *subscriber) {
  uint64_t sequence = 9;
  const char *text = "";
  size_t length = 9;
  CHECK_OK(mimir_subscriber_next(subscriber, 50, &sequence, &text, &length));
  CHECK(text == NULL && length == 0 && sequence == 0);
}

static void the_past_and_then_live(void) {
  mimir_publisher *publisher = publisher_with(1000);
  const mimir_publisher_statistics ports = ports_of(publisher);
  CHECK(ports.push_port > 0 && ports.router_port > 0 && strlen(ports.run) == 32);
  publish(publisher, 1, 100);
  mimir_subscriber_options options = following(ports);
  mimir_subscriber *all = subscriber_of(&options);
  takes(all, 1, 100);
  options.past = MIMIR_PAST_LAST;
  options.past_count = 5;
  mimir_subscriber *last = subscriber_of(&options);
  takes(last, 96, 100);
  options.past = MIMIR_PAST_FROM;
  options.past_count = 50;
  mimir_subscriber *from = subscriber_of(&options);
  takes(from, 50, 100);
  options.past = MIMIR_PAST_NOTHING;
  mimir_subscriber *none = subscriber_of(&options);
  nothing_comes(none);
  nothing_comes(all);
  publish(publisher, 101, 150);
  takes(all, 101, 150);
  takes(last, 101, 150);
  takes(from, 101, 150);
  takes(none, 101, 150);
  mimir_subscriber_statistics statistics = MIMIR_SUBSCRIBER_STATISTICS_INIT;
  CHECK_OK(mimir_subscriber_stats(all, &statistics));
  CHECK(statistics.entries == 150 && statistics.missed == 0 && statistics.restarts == 0);
  CHECK_TEXT(statistics.run, ports.run);
  CHECK(ports_of(publisher).requests > 0);
  mimir_subscriber_close(all);
  mimir_subscriber_close(last);
  mimir_subscriber_close(from);
  mimir_subscriber_close(none);
  mimir_publisher_close(publisher);
}

static void over_ipc(void) {
  mimir_publisher_options options = MIMIR_PUBLISHER_OPTIONS_INIT;
  options.bind = "ipc://run.ipc";
  options.maxlen = 10;
  mimir_publisher *publisher = NULL;
  CHECK_OK(mimir_publisher_open(&options, &publisher));
  CHECK(ports_of(publisher).push_port == 0);
  publish(publisher, 1, 20);
  mimir_subscriber_options follow = MIMIR_SUBSCRIBER_OPTIONS_INIT;
  follow.host = "ipc://run.ipc";
  mimir_subscriber *subscriber = subscriber_of(&follow);
  takes(subscriber, 11, 20);
  mimir_subscriber_close(subscriber);
  mimir_publisher_close(publisher);
}

/* A new run is followed from its first entry on. */
static void a_new_run(void) {
  mimir_publisher *publisher = publisher_with(100);
  const mimir_publisher_statistics ports = ports_of(publisher);
  mimir_subscriber_options options = following(ports);
  mimir_subscriber *subscriber = subscriber_of(&options);
  publish(publisher, 1, 10);
  takes(subscriber, 1, 10);
  publish(publisher, 11, 13);
  mimir_publisher_close(publisher);
  /* What was sent before the end comes first. */
  takes(subscriber, 11, 13);
  mimir_publisher_options again = MIMIR_PUBLISHER_OPTIONS_INIT;
  again.push_port = ports.push_port;
  again.router_port = ports.router_port;
  again.maxlen = 100;
  CHECK_OK(mimir_publisher_open(&again, &publisher));
  publish(publisher, 1, 20);
  takes(subscriber, 1, 20);
  mimir_subscriber_statistics statistics = MIMIR_SUBSCRIBER_STATISTICS_INIT;
  CHECK_OK(mimir_subscriber_stats(subscriber, &statistics));
  CHECK(statistics.restarts == 1 && statistics.missed == 0);
  CHECK_TEXT(statistics.run, ports_of(publisher).run);
  mimir_subscriber_close(subscriber);
  mimir_publisher_close(publisher);
}

static mimir_logger_options publishing(const char *path, uint64_t maxlen) {
  mimir_logger_options options = quiet(path);
  options.stream = 1;
  options.stream_maxlen = maxlen;
  options.push_port = options.router_port = MIMIR_PORT_ANY;
  return options;
}

/* What has left memory is read back from the file. */
static void loggers_publish(const char *path) {
  mimir_logger_options options = publishing(path, 10);
  mimir_logger *logger = NULL;
  CHECK_OK(mimir_logger_open(&options, &logger));
  mimir_publisher_statistics ports = MIMIR_PUBLISHER_STATISTICS_INIT;
  CHECK_OK(mimir_logger_stream(logger, &ports));
  for (int i = 1; i <= 5000; i++) {
    char text[40];
    snprintf(text, sizeof text, "{\"i\":%d}", i);
    if (log_text(logger, text) != MIMIR_OK) CHECK(false);
  }
  mimir_subscriber_options follow = following(ports);
  mimir_subscriber *subscriber = subscriber_of(&follow);
  takes(subscriber, 1, 5000);
  mimir_subscriber_close(subscriber);
  CHECK_OK(mimir_logger_close(logger));
  options = quiet(NULL);
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK(mimir_logger_stream(logger, &ports) == MIMIR_ERROR_INVALID_STATE);
  CHECK_OK(mimir_logger_close(logger));
}

static void keys(void) {
  CHECK_OK(mimir_keygen("server"));
  CHECK_OK(mimir_keygen("viewer"));
  CHECK_OK(mimir_keygen("stranger"));
  CHECK(mimir_keygen("server") == MIMIR_ERROR_EXISTS);
  CHECK(mimir_keygen("no/such/folder/key") == MIMIR_ERROR_NOT_FOUND);
  struct stat status;
  CHECK(stat("server", &status) == 0 && (status.st_mode & 0777) == 0600);
  CHECK(mkdir("authorized", 0700) == 0 && rename("viewer.pub", "authorized/viewer.pub") == 0);

  mimir_publisher_options options = MIMIR_PUBLISHER_OPTIONS_INIT;
  options.push_port = options.router_port = MIMIR_PORT_ANY;
  options.maxlen = 10;
  options.key_file = "server";
  mimir_publisher *publisher = NULL;
  CHECK(mimir_publisher_open(&options, &publisher) == MIMIR_ERROR_INVALID_ARGUMENT);
  options.authorized_keys = "no such folder";
  CHECK(mimir_publisher_open(&options, &publisher) == MIMIR_ERROR_NOT_FOUND);
  options.authorized_keys = "authorized";
  options.key_file = "server.pub";
  CHECK(mimir_publisher_open(&options, &publisher) != MIMIR_OK);
  options.key_file = "missing";
  CHECK(mimir_publisher_open(&options, &publisher) == MIMIR_ERROR_NOT_FOUND);
  CHECK(chmod("server", 0644) == 0);
  options.key_file = "server";
  CHECK(mimir_publisher_open(&options, &publisher) == MIMIR_ERROR_PERMISSION);
  CHECK_MESSAGE("chmod 600");
  CHECK(chmod("server", 0600) == 0 && publisher == NULL);
  CHECK_OK(mimir_publisher_open(&options, &publisher));
  publish(publisher, 1, 5);

  mimir_subscriber_options follow = following(ports_of(publisher));
  follow.server_key = "server.pub";
  follow.key_file = "viewer";
  mimir_subscriber *subscriber = subscriber_of(&follow);
  takes(subscriber, 1, 5);
  mimir_subscriber_close(subscriber);

  follow.key_file = "stranger";
  subscriber = subscriber_of(&follow);
  uint64_t sequence;
  const char *text;
  size_t length;
  mimir_status refused = mimir_subscriber_next(subscriber, 5000, &sequence, &text, &length);
  CHECK(refused == MIMIR_ERROR_PERMISSION && text == NULL);
  /* Once its key is there it is let in. */
  CHECK(rename("stranger.pub", "authorized/stranger.pub") == 0);
  takes(subscriber, 1, 5);
  mimir_subscriber_close(subscriber);

  follow.key_file = follow.server_key = NULL;
  subscriber = subscriber_of(&follow);
  CHECK_OK(mimir_subscriber_next(subscriber, 300, &sequence, &text, &length));
  CHECK(text == NULL);
  mimir_subscriber_close(subscriber);
  mimir_publisher_close(publisher);
}

static void errors(void) {
  mimir_publisher *publisher = publisher_with(10), *second = NULL;
  const mimir_publisher_statistics ports = ports_of(publisher);
  mimir_publisher_options options = MIMIR_PUBLISHER_OPTIONS_INIT;
  options.push_port = ports.push_port;
  char port[16];
  snprintf(port, sizeof port, "%u", ports.push_port);
  CHECK(mimir_publisher_open(&options, &second) == MIMIR_ERROR_ADDRESS_IN_USE && second == NULL);
  CHECK_MESSAGE(port);
  options.push_port = MIMIR_PORT_ANY;
  options.bind = "0.0.0.0";
  CHECK(mimir_publisher_open(&options, &second) == MIMIR_ERROR_INVALID_ARGUMENT);
  CHECK_MESSAGE("insecure");
  options.insecure = 1;
  CHECK_OK(mimir_publisher_open(&options, &second));
  mimir_publisher_close(second);
  options.insecure = 2;
  CHECK(mimir_publisher_open(&options, &second) == MIMIR_ERROR_INVALID_ARGUMENT);
  options.insecure = 1;
  options.bind = "203.0.113.77";
  CHECK(mimir_publisher_open(&options, &second) == MIMIR_ERROR_NETWORK);
  options.bind = NULL;
  options.push_port = 70000;
  CHECK(mimir_publisher_open(&options, &second) == MIMIR_ERROR_INVALID_ARGUMENT);

  uint64_t sequence = 9;
  CHECK(mimir_publisher_publish(publisher, "[1]", 3, &sequence) == MIMIR_ERROR_INVALID_JSON);
  CHECK(sequence == 0);
  CHECK_OK(mimir_publisher_publish(publisher, "{}", 2, NULL));

  mimir_subscriber *subscriber = NULL;
  mimir_subscriber_options follow = MIMIR_SUBSCRIBER_OPTIONS_INIT;
  follow.host = "no-such-host.invalid";
  CHECK(mimir_subscriber_open(&follow, &subscriber) == MIMIR_ERROR_NETWORK && subscriber == NULL);
  follow.host = "a b";
  CHECK(mimir_subscriber_open(&follow, &subscriber) == MIMIR_ERROR_INVALID_ARGUMENT);
  follow.host = NULL;
  follow.past = 4;
  CHECK(mimir_subscriber_open(&follow, &subscriber) == MIMIR_ERROR_INVALID_ARGUMENT);
  follow.past = 0;
  follow.push_port = 65536;
  CHECK(mimir_subscriber_open(&follow, &subscriber) == MIMIR_ERROR_INVALID_ARGUMENT);
  follow = following(ports);
  subscriber = subscriber_of(&follow);
  const char *text;
  size_t length;
  CHECK(mimir_subscriber_next(subscriber, -2, &sequence, &text, &length) ==
        MIMIR_ERROR_INVALID_ARGUMENT);
  mimir_subscriber_close(subscriber);
  mimir_publisher_close(publisher);
}

/* The child touches nothing of the parent's, and ends at once; the parent goes on. */
static void forked(void) {
  mimir_publisher *publisher = publisher_with(100);
  mimir_subscriber_options follow = following(ports_of(publisher));
  mimir_subscriber *subscriber = subscriber_of(&follow);
  publish(publisher, 1, 10);
  takes(subscriber, 1, 10);
  const pid_t child = fork();
  if (child == 0) {
    uint64_t sequence;
    const char *text;
    size_t length;
    mimir_publisher_statistics statistics = MIMIR_PUBLISHER_STATISTICS_INIT;
    int wrong = mimir_publisher_publish(publisher, "{}", 2, NULL) != MIMIR_ERROR_FORKED;
    wrong += mimir_publisher_stats(publisher, &statistics) != MIMIR_ERROR_FORKED;
    wrong += mimir_subscriber_next(subscriber, 0, &sequence, &text, &length) != MIMIR_ERROR_FORKED;
    mimir_subscriber_close(subscriber);
    mimir_publisher_close(publisher);
    _exit(wrong);
  }
  int status = 1;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  publish(publisher, 11, 20);
  takes(subscriber, 11, 20);
  mimir_subscriber_close(subscriber);
  mimir_publisher_close(publisher);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A viewer that has stopped does not hold the end up. */
static void closing_with_a_stopped_viewer(void) {
  mimir_publisher_statistics ports;
  int ready[2], told_ports[2];
  CHECK(pipe(ready) == 0 && pipe(told_ports) == 0);
  /* Before there are any threads: ThreadSanitizer wants it so. */
  const pid_t child = fork();
  if (child == 0) {
    if (read(told_ports[0], &ports, sizeof ports) != sizeof ports) _exit(1);
    mimir_subscriber_options follow = following(ports);
    mimir_subscriber *subscriber = NULL;
    uint64_t sequence;
    const char *text = NULL;
    size_t length;
    if (mimir_subscriber_open(&follow, &subscriber) != MIMIR_OK) _exit(1);
    if (mimir_subscriber_next(subscriber, 10000, &sequence, &text, &length) != MIMIR_OK) _exit(1);
    if (write(ready[1], text ? "x" : "-", 1) != 1) _exit(1);
    for (;;) pause();
  }
  mimir_publisher *publisher = publisher_with(MIMIR_UNLIMITED);
  ports = ports_of(publisher);
  CHECK(write(told_ports[1], &ports, sizeof ports) == sizeof ports);
  publish(publisher, 1, 1);
  char told = 0;
  CHECK(read(ready[0], &told, 1) == 1 && told == 'x');
  kill(child, SIGSTOP);
  publish(publisher, 2, 100000);
  const double before = seconds();
  mimir_publisher_close(publisher);
  CHECK(seconds() - before < 10);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  for (int i = 0; i < 2; i++) {
    close(ready[i]);
    close(told_ports[i]);
  }
}

enum { THREADS = 4, EACH = 2000 };

static void *publish_some(void *argument) {
  for (int i = 0; i < EACH; i++) {
    if (mimir_publisher_publish((mimir_publisher *)argument, "{\"x\":1}", 7, NULL) != MIMIR_OK) {
      return argument;
    }
  }
  return NULL;
}

static void many_threads(void) {
  mimir_publisher *publisher = publisher_with(MIMIR_UNLIMITED);
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_create(&threads[i], NULL, publish_some, publisher) == 0);
  }
  mimir_subscriber_options follow = following(ports_of(publisher));
  mimir_subscriber *subscriber = subscriber_of(&follow);
  uint64_t right = 0;
  for (uint64_t i = 1; i <= THREADS * EACH; i++) {
    uint64_t sequence = 0;
    const char *text = NULL;
    size_t length;
    if (mimir_subscriber_next(subscriber, 10000, &sequence, &text, &length) != MIMIR_OK) break;
    right += text && sequence == i;
  }
  CHECK(right == THREADS * EACH);
  for (int i = 0; i < THREADS; i++) {
    void *failed = NULL;
    CHECK(pthread_join(threads[i], &failed) == 0 && failed == NULL);
  }
  mimir_subscriber_close(subscriber);
  mimir_publisher_close(publisher);
}

int main(void) {
  closing_with_a_stopped_viewer();
  the_past_and_then_live();
  over_ipc();
  a_new_run();
  loggers_publish("stream.jsonl");
  loggers_publish("stream.jsonl.gz");
  keys();
  errors();
  forked();
  many_threads();
  return check_done();
}
