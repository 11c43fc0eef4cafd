/* Follows a publisher, and checks what it gets.
 *
 *     viewer push=PORT router=PORT until=N [tag=1] [pad=BYTES] [host=ADDRESS] [pause=MICROSECONDS]
 *            [doze=ENTRIES] [key=FILE server=FILE] [patience=SECONDS] [past=0] [live=1]
 *
 * With doze, it does something else for a second after each so many entries.
 *
 * Ends with entry `until` of the run `tag`, or when nothing comes for `patience` seconds, and prints a
 * line of JSON: how many entries of that run it got, and of all; how many had another text, or came
 * after a later one; how many were left out between others; its statistics; the processor time it
 * took. */
#include <unistd.h>

#include "program.h"

typedef struct {
  uint64_t tag, next, entries, in_run, wrong, disordered, skipped, denied, runs;
} seen_entries;

static char *expected_text;

static void look(seen_entries *seen, uint64_t sequence, const char *text, size_t length,
                 uint64_t pad) {
  unsigned long long tag = 0, number = 0;
  seen->entries++;
  if (sscanf(text, "{\"tag\":%llu,\"n\":%llu,", &tag, &number) != 2 || number != sequence ||
      make_entry(expected_text, tag, number, pad) != length ||
      memcmp(expected_text, text, length) != 0) {
    seen->wrong++;
    return;
  }
  if (tag != seen->tag) {
    if (tag < seen->tag) seen->disordered++; /* back to an older run */
    seen->tag = tag;
    seen->next = 1;
    seen->in_run = 0;
    seen->runs++;
  }
  if (sequence < seen->next) seen->disordered++;
  if (sequence > seen->next) seen->skipped += sequence - seen->next;
  seen->next = sequence + 1;
  seen->in_run++;
}

static mimir_subscriber *open_subscriber(void) {
  mimir_subscriber_options options = MIMIR_SUBSCRIBER_OPTIONS_INIT;
  options.host = text_option("host", "127.0.0.1");
  options.push_port = (uint32_t)number_option("push", 0);
  options.router_port = (uint32_t)number_option("router", 0);
  options.key_file = text_option("key", NULL);
  options.server_key = text_option("server", NULL);
  options.past = (uint32_t)number_option("past", MIMIR_PAST_ALL);
  options.past_count = number_option("past_count", 0);
  options.live_only = (uint32_t)number_option("live", 0);
  mimir_subscriber *subscriber;
  if (mimir_subscriber_open(&options, &subscriber) == MIMIR_OK) return subscriber;
  fprintf(stderr, "viewer: %s\n", mimir_last_error());
  exit(1);
}

int main(int argument_count, char **arguments) {
  option_count = argument_count;
  options_given = arguments;
  const uint64_t until = number_option("until", 0), last_tag = number_option("tag", 1);
  const uint64_t pad = number_option("pad", 40), pause = number_option("pause", 0);
  const uint64_t doze = number_option("doze", 0);
  const uint64_t patience = number_option("patience", 30) * 1000000000u;
  expected_text = malloc((pad > 4096 ? pad : 4096) + 100);
  mimir_subscriber *subscriber = open_subscriber();
  seen_entries seen = {0};
  uint64_t heard = now_ns(), slowest = 0;
  while (seen.tag != last_tag || seen.next != until + 1) {
    const char *text;
    uint64_t sequence;
    size_t length;
    const uint64_t before = now_ns();
    const mimir_status status = mimir_subscriber_next(subscriber, 200, &sequence, &text, &length);
    const uint64_t now = now_ns();
    if (now - before > slowest) slowest = now - before;
    if (status == MIMIR_ERROR_PERMISSION) seen.denied++;
    if (status == MIMIR_OK && text != NULL) {
      look(&seen, sequence, text, length, pad);
      heard = now;
      if (pause != 0) usleep((useconds_t)pause);
      if (doze != 0 && seen.entries % doze == 0) sleep(1);
    } else if (now - heard > patience) {
      break;
    }
  }
  mimir_subscriber_statistics statistics = MIMIR_SUBSCRIBER_STATISTICS_INIT;
  mimir_subscriber_stats(subscriber, &statistics);
  printf(
      "{\"tag\":%llu,\"entries\":%llu,\"in_run\":%llu,\"wrong\":%llu,\"disordered\":%llu,"
      "\"skipped\":%llu,"
      "\"denied\":%llu,\"runs\":%llu,\"missed\":%llu,\"restarts\":%llu,\"run\":\"%s\",\"slowest\":%"
      ".3f,"
      "\"cpu\":%.3f}\n",
      (unsigned long long)seen.tag, (unsigned long long)seen.entries,
      (unsigned long long)seen.in_run, (unsigned long long)seen.wrong,
      (unsigned long long)seen.disordered, (unsigned long long)seen.skipped,
      (unsigned long long)seen.denied, (unsigned long long)seen.runs,
      (unsigned long long)statistics.missed, (unsigned long long)statistics.restarts,
      statistics.run, (double)slowest / 1e9, (double)clock() / CLOCKS_PER_SEC);
  mimir_subscriber_close(subscriber);
  free(expected_text);
  return 0;
}
