/* mimir/publisher.h - publishes entries live over ZeroMQ. Include <mimir.h>. */
#ifndef MIMIR_PUBLISHER_H
#define MIMIR_PUBLISHER_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Publishes entries live, and tells those who come late what they have missed; the protocol is in
 * docs/protocol.md. A logger with the option stream has one of its own; this is for entries that come
 * from elsewhere.
 *
 *     mimir_publisher_options options = MIMIR_PUBLISHER_OPTIONS_INIT;
 *     mimir_publisher *publisher;
 *     options.maxlen = 1000;
 *     if (mimir_publisher_open(&options, &publisher) != MIMIR_OK) return 1;
 *     mimir_publisher_publish(publisher, "{\"loss\":0.5}", MIMIR_NUL_TERMINATED, NULL);
 *     mimir_publisher_close(publisher);
 *
 * Ownership: mimir_publisher_open() to mimir_publisher_close(). Threads: any number at a time; one of
 * its own does all that has to do with the network. Fork: in a forked child every call but
 * mimir_publisher_close() gives MIMIR_ERROR_FORKED, and closing is silent. */
typedef struct mimir_publisher mimir_publisher;

/* A port: any free one; mimir_publisher_stats() and mimir_logger_stream() tell which. */
#define MIMIR_PORT_ANY 65536u

/* How a publisher is opened. Start from MIMIR_PUBLISHER_OPTIONS_INIT; 0 or NULL is each one's default. */
typedef struct mimir_publisher_options {
  uint32_t struct_size; /* sizeof(mimir_publisher_options), set by the _INIT macro */
  uint32_t insecure;    /* 1: allow a bind address that others can reach, without keys */
  const char *bind;     /* address of this machine, or ipc://PATH; NULL: 127.0.0.1; "*": all */
  uint32_t push_port;   /* TCP port for live entries, 1 to 65535 or MIMIR_PORT_ANY; 0: 5557 */
  uint32_t router_port; /* TCP port for the past, the same; 0: 5556 */
  uint64_t maxlen;      /* entries held for those who come late: 0 none, and no router port;
                            MIMIR_UNLIMITED all */
  const char
      *key_file; /* this publisher's key pair (mimir_keygen), mode 0600; NULL: no encryption */
  const char
      *authorized_keys;     /* the folder with the public keys of those who may connect; goes with
                                  key_file */
  uint64_t max_queue_bytes; /* how much may wait for the publisher's thread; 0: 64 MiB */
} mimir_publisher_options;

#define MIMIR_PUBLISHER_OPTIONS_INIT \
  {sizeof(mimir_publisher_options), 0, NULL, 0, 0, 0, NULL, NULL, 0}

/* Where a publisher can be reached, and what it has done. Start from MIMIR_PUBLISHER_STATISTICS_INIT. */
typedef struct mimir_publisher_statistics {
  uint32_t struct_size; /* sizeof(mimir_publisher_statistics), set by the _INIT macro */
  uint32_t push_port;   /* 0 over ipc:// */
  uint32_t router_port; /* 0 when there is none, and over ipc:// */
  uint32_t reserved;    /* 0 */
  uint64_t dropped;     /* entries for which max_queue_bytes had no room: not held either */
  uint64_t skipped;  /* entries not sent live, because viewers were too far behind; they can ask */
  uint64_t requests; /* requests answered */
  uint64_t ignored;  /* requests that made no sense, or came before earlier answers were taken */
  char run[40];      /* the run's id: 32 hexadecimal digits and a NUL */
} mimir_publisher_statistics;

#define MIMIR_PUBLISHER_STATISTICS_INIT \
  {sizeof(mimir_publisher_statistics), 0, 0, 0, 0, 0, 0, 0, {0}}

/* Opens a publisher; options NULL: the defaults.
 *
 * Errors: MIMIR_ERROR_INVALID_ARGUMENT (also an address that others can reach, without keys and
 * insecure), _ADDRESS_IN_USE, _NETWORK (no such address), _NOT_FOUND and _PERMISSION (key files; also
 * one that others can read), _UNSUPPORTED (a libzmq without CURVE).
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_publisher_open(const mimir_publisher_options *options,
                                            mimir_publisher **publisher);

/* Publishes an entry given as JSON text, one object; it is checked, and white space between tokens
 * removed. *sequence, unless NULL: its number, from 1. Never waits for a viewer.
 *
 * Errors: as mimir_logger_log_json(); MIMIR_ERROR_DROPPED: max_queue_bytes wait already.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_publisher_publish(mimir_publisher *publisher, const char *text,
                                               size_t length, uint64_t *sequence);

/* @since 0.1.0 */
MIMIR_API mimir_status mimir_publisher_stats(const mimir_publisher *publisher,
                                             mimir_publisher_statistics *statistics);

/* Sends what waits, for a second at the most, closes and frees the publisher. NULL does nothing.
 * @since 0.1.0 */
MIMIR_API void mimir_publisher_close(mimir_publisher *publisher);

/* Makes a key pair for a publisher or a subscriber: the file at path, of mode 0600, which is to be kept
 * secret, and path with .pub behind it, to be given away. Both are text that pyzmq's and CZMQ's tools
 * read too.
 *
 * Errors: MIMIR_ERROR_EXISTS, _NOT_FOUND (folder), _PERMISSION, _UNSUPPORTED, _IO.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_keygen(const char *path);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_PUBLISHER_H */
