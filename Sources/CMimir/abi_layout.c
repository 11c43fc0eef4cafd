/* What the ABI promises of sizes, offsets and constants, checked whenever the package is built. */
#include "mimir.h"

#define SAME(a, b) _Static_assert((a) == (b), #a " must be " #b)
#define AT(type, field, offset) SAME(offsetof(type, field), offset)

SAME(sizeof(mimir_status), 4);
SAME(sizeof(mimir_text), 16);
AT(mimir_text, length, 8);

AT(mimir_logger_options, struct_size, 0);
AT(mimir_logger_options, mode, 4);
AT(mimir_logger_options, path, 8);
AT(mimir_logger_options, maxlen, 16);
AT(mimir_logger_options, max_entry_bytes, 24);
AT(mimir_logger_options, max_pending_bytes, 32);
AT(mimir_logger_options, flush, 40);
AT(mimir_logger_options, flush_interval_ms, 44);
AT(mimir_logger_options, durability, 48);
AT(mimir_logger_options, shared, 52);
AT(mimir_logger_options, nonfinite, 56);
AT(mimir_logger_options, print, 60);
AT(mimir_logger_options, warnings, 64);
AT(mimir_logger_options, reserved, 68);
AT(mimir_logger_options, on_warning, 72);
AT(mimir_logger_options, warning_context, 80);
AT(mimir_logger_options, stream, 88);
AT(mimir_logger_options, insecure, 92);
AT(mimir_logger_options, stream_maxlen, 96);
AT(mimir_logger_options, bind, 104);
AT(mimir_logger_options, push_port, 112);
AT(mimir_logger_options, router_port, 116);
AT(mimir_logger_options, key_file, 120);
AT(mimir_logger_options, authorized_keys, 128);
SAME(sizeof(mimir_logger_options), 136);

AT(mimir_publisher_options, insecure, 4);
AT(mimir_publisher_options, bind, 8);
AT(mimir_publisher_options, push_port, 16);
AT(mimir_publisher_options, router_port, 20);
AT(mimir_publisher_options, maxlen, 24);
AT(mimir_publisher_options, key_file, 32);
AT(mimir_publisher_options, authorized_keys, 40);
AT(mimir_publisher_options, max_queue_bytes, 48);
SAME(sizeof(mimir_publisher_options), 56);

AT(mimir_publisher_statistics, push_port, 4);
AT(mimir_publisher_statistics, router_port, 8);
AT(mimir_publisher_statistics, dropped, 16);
AT(mimir_publisher_statistics, skipped, 24);
AT(mimir_publisher_statistics, requests, 32);
AT(mimir_publisher_statistics, ignored, 40);
AT(mimir_publisher_statistics, run, 48);
SAME(sizeof(mimir_publisher_statistics), 88);

AT(mimir_subscriber_options, past, 4);
AT(mimir_subscriber_options, host, 8);
AT(mimir_subscriber_options, push_port, 16);
AT(mimir_subscriber_options, router_port, 20);
AT(mimir_subscriber_options, live_only, 24);
AT(mimir_subscriber_options, past_count, 32);
AT(mimir_subscriber_options, key_file, 40);
AT(mimir_subscriber_options, server_key, 48);
AT(mimir_subscriber_options, max_queue_bytes, 56);
SAME(sizeof(mimir_subscriber_options), 64);

AT(mimir_subscriber_statistics, entries, 8);
AT(mimir_subscriber_statistics, missed, 16);
AT(mimir_subscriber_statistics, restarts, 24);
AT(mimir_subscriber_statistics, reconnections, 32);
AT(mimir_subscriber_statistics, run, 40);
SAME(sizeof(mimir_subscriber_statistics), 80);

AT(mimir_remote_options, port, 4);
AT(mimir_remote_options, host, 8);
AT(mimir_remote_options, name, 16);
AT(mimir_remote_options, spool, 24);
AT(mimir_remote_options, memory_only, 32);
AT(mimir_remote_options, no_launcher, 36);
AT(mimir_remote_options, has_rank, 40);
AT(mimir_remote_options, rank, 44);
AT(mimir_remote_options, world_size, 48);
AT(mimir_remote_options, reserved, 52);
AT(mimir_remote_options, key_file, 56);
AT(mimir_remote_options, server_key, 64);
AT(mimir_remote_options, max_entry_bytes, 72);
AT(mimir_remote_options, max_queue_bytes, 80);
AT(mimir_remote_options, max_spool_bytes, 88);
SAME(sizeof(mimir_remote_options), 96);

AT(mimir_remote_statistics, connected, 4);
AT(mimir_remote_statistics, entries, 8);
AT(mimir_remote_statistics, stored, 16);
AT(mimir_remote_statistics, refused, 24);
AT(mimir_remote_statistics, dropped, 32);
AT(mimir_remote_statistics, spooled, 40);
AT(mimir_remote_statistics, spool_bytes, 48);
AT(mimir_remote_statistics, in_memory, 56);
AT(mimir_remote_statistics, adopted, 64);
AT(mimir_remote_statistics, reconnections, 72);
AT(mimir_remote_statistics, id, 80);
AT(mimir_remote_statistics, problem, 104);
SAME(sizeof(mimir_remote_statistics), 336);

AT(mimir_spool_report, busy, 4);
AT(mimir_spool_report, spools, 8);
AT(mimir_spool_report, entries, 16);
AT(mimir_spool_report, refused, 24);
AT(mimir_spool_report, left, 32);
SAME(sizeof(mimir_spool_report), 40);

AT(mimir_server_options, insecure, 4);
AT(mimir_server_options, bind, 8);
AT(mimir_server_options, port, 16);
AT(mimir_server_options, max_clients, 20);
AT(mimir_server_options, client_timeout_ms, 24);
AT(mimir_server_options, straggler_every, 28);
AT(mimir_server_options, key_file, 32);
AT(mimir_server_options, authorized_keys, 40);
AT(mimir_server_options, max_entry_bytes, 48);
AT(mimir_server_options, straggler_key, 56);
AT(mimir_server_options, straggler_step_key, 64);
AT(mimir_server_options, on_entry, 72);
AT(mimir_server_options, entry_context, 80);
SAME(sizeof(mimir_server_options), 88);

AT(mimir_server_statistics, port, 4);
AT(mimir_server_statistics, clients, 8);
AT(mimir_server_statistics, reserved, 12);
AT(mimir_server_statistics, joined, 16);
AT(mimir_server_statistics, timed_out, 24);
AT(mimir_server_statistics, entries, 32);
AT(mimir_server_statistics, repeated, 40);
AT(mimir_server_statistics, refused, 48);
AT(mimir_server_statistics, ignored, 56);
SAME(sizeof(mimir_server_statistics), 64);

SAME(MIMIR_ERROR_ADDRESS_IN_USE, -22);
SAME(MIMIR_ERROR_NETWORK, -23);
SAME(MIMIR_ERROR_TIMED_OUT, -24);
SAME(MIMIR_PORT_ANY, 65536);
SAME(MIMIR_PAST_ALL, 0);
SAME(MIMIR_PAST_NOTHING, 1);
SAME(MIMIR_PAST_LAST, 2);
SAME(MIMIR_PAST_FROM, 3);

AT(mimir_logger_statistics, entries, 8);
AT(mimir_logger_statistics, bytes, 16);
AT(mimir_logger_statistics, dropped, 24);
AT(mimir_logger_statistics, recovered, 32);
AT(mimir_logger_statistics, errors, 40);
AT(mimir_logger_statistics, pending_entries, 48);
AT(mimir_logger_statistics, pending_bytes, 56);
AT(mimir_logger_statistics, nonfinite, 64);
AT(mimir_logger_statistics, repaired_bytes, 72);
SAME(sizeof(mimir_logger_statistics), 80);

AT(mimir_reader_statistics, damaged, 4);
AT(mimir_reader_statistics, torn, 8);
AT(mimir_reader_statistics, reserved, 12);
AT(mimir_reader_statistics, entries, 16);
AT(mimir_reader_statistics, skipped_lines, 24);
AT(mimir_reader_statistics, skipped_bytes, 32);
AT(mimir_reader_statistics, message, 40);
SAME(sizeof(mimir_reader_statistics), 48);

AT(mimir_gzip_writer_options, mode, 4);
AT(mimir_gzip_writer_options, flush, 8);
AT(mimir_gzip_writer_options, flush_interval_ms, 12);
AT(mimir_gzip_writer_options, durability, 16);
AT(mimir_gzip_writer_options, shared, 20);
AT(mimir_gzip_writer_options, max_pending_bytes, 24);
SAME(sizeof(mimir_gzip_writer_options), 32);

AT(mimir_repair_report, healthy, 4);
AT(mimir_repair_report, entries, 8);
AT(mimir_repair_report, uncertain_entries, 16);
AT(mimir_repair_report, lines_left_out, 24);
AT(mimir_repair_report, bytes_left_out, 32);
AT(mimir_repair_report, original, 40);
SAME(sizeof(mimir_repair_report), 48);

SAME(MIMIR_COPY_OVERWRITE, 1);

SAME(MIMIR_OK, 0);
SAME(MIMIR_ERROR_INVALID_ARGUMENT, -1);
SAME(MIMIR_ERROR_INVALID_JSON, -2);
SAME(MIMIR_ERROR_INVALID_UTF8, -3);
SAME(MIMIR_ERROR_NONFINITE, -4);
SAME(MIMIR_ERROR_TOO_LARGE, -5);
SAME(MIMIR_ERROR_TOO_DEEP, -6);
SAME(MIMIR_ERROR_INVALID_STATE, -7);
SAME(MIMIR_ERROR_CLOSED, -8);
SAME(MIMIR_ERROR_FORKED, -9);
SAME(MIMIR_ERROR_OUT_OF_RANGE, -10);
SAME(MIMIR_ERROR_OUT_OF_MEMORY, -11);
SAME(MIMIR_ERROR_IO, -12);
SAME(MIMIR_ERROR_NO_SPACE, -13);
SAME(MIMIR_ERROR_NOT_FOUND, -14);
SAME(MIMIR_ERROR_EXISTS, -15);
SAME(MIMIR_ERROR_PERMISSION, -16);
SAME(MIMIR_ERROR_LOCKED, -17);
SAME(MIMIR_ERROR_BUSY, -18);
SAME(MIMIR_ERROR_DROPPED, -19);
SAME(MIMIR_ERROR_UNSUPPORTED, -20);
SAME(MIMIR_ERROR_CORRUPT, -21);
