/* NULL for every pointer of every function, each alone: an error, never a crash. */
#include "check.h"

#define REFUSED(call) CHECK_STATUS(call, MIMIR_ERROR_INVALID_ARGUMENT)

static void entries(void) {
  mimir_entry *e = mimir_entry_new();
  const double doubles[] = {1, 2};
  const size_t shape[] = {2};
  REFUSED(mimir_entry_set_int64(NULL, MIMIR_KEY("k"), 1));
  REFUSED(mimir_entry_set_int64(e, NULL, 1, 1));
  REFUSED(mimir_entry_set_int64(e, NULL, 0, 1));
  REFUSED(mimir_entry_set_int64(e, NULL, MIMIR_NUL_TERMINATED, 1));
  REFUSED(mimir_entry_set_uint64(NULL, MIMIR_KEY("k"), 1));
  REFUSED(mimir_entry_set_uint64(e, NULL, 1, 1));
  REFUSED(mimir_entry_set_double(NULL, MIMIR_KEY("k"), 1));
  REFUSED(mimir_entry_set_double(e, NULL, 1, 1));
  REFUSED(mimir_entry_set_float(NULL, MIMIR_KEY("k"), 1));
  REFUSED(mimir_entry_set_float(e, NULL, 1, 1));
  REFUSED(mimir_entry_set_bool(NULL, MIMIR_KEY("k"), true));
  REFUSED(mimir_entry_set_bool(e, NULL, 1, true));
  REFUSED(mimir_entry_set_string(NULL, MIMIR_KEY("k"), MIMIR_KEY("v")));
  REFUSED(mimir_entry_set_string(e, NULL, 1, MIMIR_KEY("v")));
  REFUSED(mimir_entry_set_string(e, MIMIR_KEY("k"), NULL, 1));
  REFUSED(mimir_entry_set_string(e, MIMIR_KEY("k"), NULL, MIMIR_NUL_TERMINATED));
  REFUSED(mimir_entry_set_null(NULL, MIMIR_KEY("k")));
  REFUSED(mimir_entry_set_null(e, NULL, 1));
  REFUSED(mimir_entry_set_json(NULL, MIMIR_KEY("k"), MIMIR_KEY("1")));
  REFUSED(mimir_entry_set_json(e, NULL, 1, MIMIR_KEY("1")));
  REFUSED(mimir_entry_set_json(e, MIMIR_KEY("k"), NULL, 1));
  REFUSED(mimir_entry_set_json(e, MIMIR_KEY("k"), NULL, MIMIR_NUL_TERMINATED));
  REFUSED(mimir_entry_set_doubles(NULL, MIMIR_KEY("k"), doubles, 2));
  REFUSED(mimir_entry_set_doubles(e, NULL, 1, doubles, 2));
  REFUSED(mimir_entry_set_doubles(e, MIMIR_KEY("k"), NULL, 2));
  REFUSED(mimir_entry_set_array(NULL, MIMIR_KEY("k"), doubles, MIMIR_DTYPE_FLOAT64, shape, 1, 0));
  REFUSED(mimir_entry_set_array(e, NULL, 1, doubles, MIMIR_DTYPE_FLOAT64, shape, 1, 0));
  REFUSED(mimir_entry_set_array(e, MIMIR_KEY("k"), NULL, MIMIR_DTYPE_FLOAT64, shape, 1, 0));
  REFUSED(mimir_entry_set_array(e, MIMIR_KEY("k"), NULL, MIMIR_DTYPE_FLOAT64, NULL, 0, 0));
  REFUSED(mimir_entry_set_array(e, MIMIR_KEY("k"), doubles, MIMIR_DTYPE_FLOAT64, NULL, 1, 0));
  REFUSED(mimir_entry_begin_object(NULL, MIMIR_KEY("k")));
  REFUSED(mimir_entry_begin_object(e, NULL, 1));
  REFUSED(mimir_entry_end_object(NULL));
  CHECK(strlen(mimir_last_error()) > 0);
  mimir_entry_clear(NULL);
  mimir_entry_free(NULL);
  mimir_free(NULL);

  /* None of them has left anything. */
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  mimir_logger *logger = NULL;
  options.maxlen = 1;
  CHECK_OK(mimir_logger_open(&options, &logger));
  CHECK_OK(mimir_logger_log(logger, e));
  CHECK_ENTRY(logger, 0, "{}");
  CHECK_OK(mimir_logger_close(logger));
  mimir_entry_free(e);
}

static void loggers(void) {
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  mimir_logger *logger = NULL;
  mimir_entry *entry = mimir_entry_new();
  mimir_text key = MIMIR_TEXT("k"), no_key = {NULL, 1};
  double value = 1;
  options.maxlen = 10;
  REFUSED(mimir_logger_open(&options, NULL));
  CHECK_OK(mimir_logger_open(&options, &logger));
  REFUSED(mimir_logger_log(NULL, entry));
  REFUSED(mimir_logger_log(logger, NULL));
  REFUSED(mimir_logger_log_json(NULL, MIMIR_KEY("{}")));
  REFUSED(mimir_logger_log_json(logger, NULL, 2));
  REFUSED(mimir_logger_log_json(logger, NULL, MIMIR_NUL_TERMINATED));
  REFUSED(mimir_logger_log_doubles(NULL, &key, &value, 1));
  REFUSED(mimir_logger_log_doubles(logger, NULL, &value, 1));
  REFUSED(mimir_logger_log_doubles(logger, &key, NULL, 1));
  REFUSED(mimir_logger_log_doubles(logger, &no_key, &value, 1));

  uint64_t loaded = 99;
  REFUSED(mimir_logger_load(NULL, "x", &loaded));
  CHECK(loaded == 0);
  loaded = 99;
  REFUSED(mimir_logger_load(logger, NULL, &loaded));
  CHECK(loaded == 0);
  REFUSED(mimir_logger_load(logger, "x", NULL));

  size_t count = 99;
  REFUSED(mimir_logger_count(NULL, &count));
  CHECK(count == 0);
  REFUSED(mimir_logger_count(logger, NULL));
  CHECK_OK(mimir_logger_count(logger, &count));
  CHECK(count == 0);

  CHECK_OK(mimir_logger_log_json(logger, MIMIR_KEY("{\"i\":1}")));
  char *text = (char *)&count;
  size_t length = 99;
  REFUSED(mimir_logger_get(NULL, 0, &text, &length));
  REFUSED(mimir_logger_range(NULL, 0, 1, &text, &length));
  REFUSED(mimir_logger_range(logger, 0, 1, NULL, &length));
  REFUSED(mimir_logger_range(logger, 0, 1, &text, NULL));
  REFUSED(mimir_logger_finish(NULL));
  CHECK(text == NULL && length == 0);
  length = 99;
  REFUSED(mimir_logger_get(logger, 0, NULL, &length));
  CHECK(length == 0);
  text = (char *)&count;
  REFUSED(mimir_logger_get(logger, 0, &text, NULL));
  CHECK(text == NULL);

  mimir_logger_statistics statistics = MIMIR_LOGGER_STATISTICS_INIT;
  statistics.entries = 99;
  REFUSED(mimir_logger_stats(NULL, &statistics));
  CHECK(statistics.entries == 0 && statistics.struct_size == sizeof statistics);
  REFUSED(mimir_logger_stats(logger, NULL));
  REFUSED(mimir_logger_flush(NULL));
  CHECK_OK(mimir_logger_close(NULL));
  CHECK_OK(mimir_logger_close(logger));
  mimir_entry_free(entry);
}

static void rings(void) {
  mimir_ring *ring = NULL;
  REFUSED(mimir_ring_new(1, NULL));
  CHECK_OK(mimir_ring_new(1, &ring));
  REFUSED(mimir_ring_push(NULL, "x", 1));
  REFUSED(mimir_ring_push(ring, NULL, 1));
  CHECK_OK(mimir_ring_push(ring, "x", 1));
  size_t number = 99;
  REFUSED(mimir_ring_count(NULL, &number));
  CHECK(number == 0);
  REFUSED(mimir_ring_count(ring, NULL));
  number = 99;
  REFUSED(mimir_ring_memory(NULL, &number));
  CHECK(number == 0);
  REFUSED(mimir_ring_memory(ring, NULL));
  char *data = (char *)&number;
  number = 99;
  REFUSED(mimir_ring_get(NULL, 0, &data, &number));
  CHECK(data == NULL && number == 0);
  number = 99;
  REFUSED(mimir_ring_get(ring, 0, NULL, &number));
  CHECK(number == 0);
  data = (char *)&number;
  REFUSED(mimir_ring_get(ring, 0, &data, NULL));
  CHECK(data == NULL);
  REFUSED(mimir_ring_clear(NULL));
  mimir_ring_free(NULL);
  mimir_ring_free(ring);
}

static void readers(void) {
  FILE *file = fopen("log.jsonl", "w");
  fputs("{\"i\":1}\n", file);
  fclose(file);
  mimir_reader *reader = (mimir_reader *)&file;
  REFUSED(mimir_reader_open(NULL, &reader));
  CHECK(reader == NULL);
  REFUSED(mimir_reader_open("log.jsonl", NULL));
  CHECK_OK(mimir_reader_open("log.jsonl", &reader));
  const char *text = "x";
  size_t length = 99;
  REFUSED(mimir_reader_next(NULL, &text, &length));
  CHECK(text == NULL && length == 0);
  length = 99;
  REFUSED(mimir_reader_next(reader, NULL, &length));
  CHECK(length == 0);
  text = "x";
  REFUSED(mimir_reader_next(reader, &text, NULL));
  CHECK(text == NULL);
  REFUSED(mimir_reader_last(NULL, 1));
  mimir_reader_statistics statistics = MIMIR_READER_STATISTICS_INIT;
  statistics.entries = 99;
  statistics.message = "x";
  REFUSED(mimir_reader_report(NULL, &statistics));
  CHECK(statistics.entries == 0 && statistics.message == NULL);
  CHECK(statistics.struct_size == sizeof statistics);
  REFUSED(mimir_reader_report(reader, NULL));
  mimir_reader_close(NULL);

  /* The entry was not passed over. */
  CHECK_OK(mimir_reader_next(reader, &text, &length));
  CHECK_TEXT(text, "{\"i\":1}");
  mimir_reader_close(reader);
}

static void streams(void) {
  mimir_publisher *publisher = (mimir_publisher *)&publisher;
  mimir_publisher_options options = MIMIR_PUBLISHER_OPTIONS_INIT;
  mimir_publisher_statistics statistics = MIMIR_PUBLISHER_STATISTICS_INIT;
  options.push_port = options.router_port = MIMIR_PORT_ANY;
  options.maxlen = 1;
  REFUSED(mimir_publisher_open(&options, NULL));
  CHECK_OK(mimir_publisher_open(&options, &publisher));
  REFUSED(mimir_publisher_publish(NULL, "{}", 2, NULL));
  REFUSED(mimir_publisher_publish(publisher, NULL, 2, NULL));
  REFUSED(mimir_publisher_stats(NULL, &statistics));
  REFUSED(mimir_publisher_stats(publisher, NULL));
  REFUSED(mimir_logger_stream(NULL, &statistics));
  REFUSED(mimir_keygen(NULL));

  mimir_subscriber *subscriber = (mimir_subscriber *)&subscriber;
  mimir_subscriber_statistics seen = MIMIR_SUBSCRIBER_STATISTICS_INIT;
  uint64_t sequence = 1;
  const char *text = "x";
  size_t length = 1;
  REFUSED(mimir_subscriber_open(NULL, NULL));
  CHECK_OK(mimir_subscriber_open(NULL, &subscriber));
  REFUSED(mimir_subscriber_next(NULL, 0, &sequence, &text, &length));
  CHECK(sequence == 0 && text == NULL && length == 0);
  REFUSED(mimir_subscriber_next(subscriber, 0, NULL, &text, &length));
  REFUSED(mimir_subscriber_next(subscriber, 0, &sequence, NULL, &length));
  REFUSED(mimir_subscriber_next(subscriber, 0, &sequence, &text, NULL));
  REFUSED(mimir_subscriber_stats(NULL, &seen));
  REFUSED(mimir_subscriber_stats(subscriber, NULL));
  mimir_subscriber_close(NULL);
  mimir_subscriber_close(subscriber);
  mimir_publisher_close(NULL);
  mimir_publisher_close(publisher);
}

static void gzip_writers(void) {
  mimir_gzip_writer *writer = (mimir_gzip_writer *)&writer;
  REFUSED(mimir_gzip_writer_open(NULL, NULL, &writer));
  CHECK(writer == NULL);
  REFUSED(mimir_gzip_writer_open("text.gz", NULL, NULL));
  CHECK_STATUS(mimir_reader_open("text.gz", &(mimir_reader *){NULL}), MIMIR_ERROR_NOT_FOUND);
  CHECK_OK(mimir_gzip_writer_open("text.gz", NULL, &writer));
  REFUSED(mimir_gzip_writer_write(NULL, "x", 1));
  REFUSED(mimir_gzip_writer_write(NULL, NULL, 0));
  REFUSED(mimir_gzip_writer_write(writer, NULL, 1));
  CHECK_OK(mimir_gzip_writer_write(writer, NULL, 0));
  REFUSED(mimir_gzip_writer_flush(NULL));
  CHECK_OK(mimir_gzip_writer_close(NULL));
  CHECK_OK(mimir_gzip_writer_close(writer));
}

static void files(void) {
  mimir_repair_report report = MIMIR_REPAIR_REPORT_INIT;
  REFUSED(mimir_copy(NULL, "copy.jsonl", 0));
  REFUSED(mimir_copy("log.jsonl", NULL, 0));
  REFUSED(mimir_copy("log.jsonl", NULL, MIMIR_COPY_OVERWRITE));
  REFUSED(mimir_repair("log.jsonl", NULL));
  report.entries = 99;
  report.original = (char *)&report;
  REFUSED(mimir_repair(NULL, &report));
  CHECK(report.entries == 0 && report.original == NULL && report.struct_size == sizeof report);
}

int main(void) {
  readers();
  streams();
  gzip_writers();
  files();
  entries();
  loggers();
  rings();
  return check_done();
}
