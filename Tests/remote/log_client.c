/* Logs numbered entries to a server.
 *
 *     log_client port=PORT spool=FOLDER [host=HOST] [name=NAME] [tag=1] [first=1] [count=N]
 *                [rate=ENTRIES/S] [pad=BYTES] [progress=FILE] [wait=MS] [memory=1]
 *                [key=FILE server=FILE]
 *     log_client send=1 port=PORT spool=FOLDER ...
 *
 * The number of the last entry for which log has returned is in `progress`, 8 bytes, at any moment.
 * Prints a line of JSON: what log has cost and what became of the entries; with send=1 what sending the
 * spools has. */
#include "../stream/program.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile uint64_t *open_progress(void) {
  static uint64_t none;
  const char *path = text_option("progress", NULL);
  if (path == NULL) return &none;
  const int file = open(path, O_RDWR | O_CREAT, 0600);
  if (file < 0 || ftruncate(file, 8) != 0) exit(1);
  void *place = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (place == MAP_FAILED) exit(1);
  return place;
}

static mimir_remote_options options(void) {
  mimir_remote_options options = MIMIR_REMOTE_OPTIONS_INIT;
  options.host = text_option("host", "127.0.0.1");
  options.port = (uint32_t)number_option("port", 0);
  options.name = text_option("name", NULL);
  options.spool = text_option("spool", NULL);
  options.memory_only = (uint32_t)number_option("memory", 0);
  options.key_file = text_option("key", NULL);
  options.server_key = text_option("server", NULL);
  return options;
}

static void wait_until(uint64_t due) {
  const uint64_t now = now_ns();
  if (due < now + 1000000) return;
  const uint64_t left = due - now;
  const struct timespec pause = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
  nanosleep(&pause, NULL);
}

static int compare(const void *left, const void *right) {
  const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

static int send_spools(void) {
  mimir_remote_options about = options();
  mimir_spool_report report = MIMIR_SPOOL_REPORT_INIT;
  const mimir_status status =
      mimir_spool_send(&about, (int32_t)number_option("wait", 60000), &report);
  printf(
      "{\"status\":%d,\"busy\":%u,\"spools\":%llu,\"entries\":%llu,\"refused\":%llu,"
      "\"left\":%llu}\n",
      status, report.busy, (unsigned long long)report.spools, (unsigned long long)report.entries,
      (unsigned long long)report.refused, (unsigned long long)report.left);
  if (status != MIMIR_OK) fprintf(stderr, "log_client: %s\n", mimir_last_error());
  return status == MIMIR_OK ? 0 : 1;
}

static uint64_t log_entries(mimir_remote *remote, uint32_t *cost) {
  volatile uint64_t *progress = open_progress();
  const uint64_t tag = number_option("tag", 1), pad = number_option("pad", 40);
  const uint64_t first = number_option("first", 1), count = number_option("count", 0);
  const uint64_t rate = number_option("rate", 0);
  char *text = malloc(pad + 100);
  uint64_t failed = 0;
  const uint64_t start = now_ns();
  for (uint64_t i = 0; i < count; i++) {
    const size_t length = make_entry(text, tag, first + i, pad);
    if (rate != 0) wait_until(start + i * 1000000000u / rate);
    const uint64_t before = now_ns();
    if (mimir_remote_log_json(remote, text, length) == MIMIR_OK) {
      *progress = first + i;
    } else {
      failed++;
    }
    const uint64_t taken = now_ns() - before;
    cost[i] = taken > UINT32_MAX ? UINT32_MAX : (uint32_t)taken;
  }
  free(text);
  return failed;
}

int main(int argument_count, char **arguments) {
  option_count = argument_count;
  options_given = arguments;
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (number_option("send", 0)) return send_spools();
  mimir_remote_options about = options();
  mimir_remote *remote;
  if (mimir_remote_open(&about, &remote) != MIMIR_OK) {
    fprintf(stderr, "log_client: %s\n", mimir_last_error());
    return 1;
  }
  const uint64_t count = number_option("count", 0);
  uint32_t *cost = calloc(count + 1, sizeof *cost);
  const uint64_t failed = log_entries(remote, cost);
  qsort(cost, count, sizeof *cost, compare);
  const uint64_t before = now_ns();
  uint64_t spooled = 0;
  mimir_remote_flush(remote, (int32_t)number_option("wait", 30000));
  mimir_remote_statistics seen = MIMIR_REMOTE_STATISTICS_INIT;
  mimir_remote_stats(remote, &seen);
  const mimir_status status = mimir_remote_close(remote, 1000, &spooled);
  printf(
      "{\"failed\":%llu,\"status\":%d,\"spooled\":%llu,\"refused\":%llu,\"adopted\":%llu,"
      "\"reconnections\":%llu,\"median\":%u,\"p99\":%u,\"closing\":%.3f,\"id\":\"%s\"}\n",
      (unsigned long long)failed, status, (unsigned long long)spooled,
      (unsigned long long)seen.refused, (unsigned long long)seen.adopted,
      (unsigned long long)seen.reconnections, count ? cost[count / 2] : 0,
      count ? cost[count - 1 - count / 100] : 0, (double)(now_ns() - before) / 1e9, seen.id);
  free(cost);
  return status == MIMIR_OK ? 0 : 1;
}
