/* mimir/subscriber.h - follows a live log over ZeroMQ. Include <mimir.h>. */
#ifndef MIMIR_SUBSCRIBER_H
#define MIMIR_SUBSCRIBER_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Follows a publisher: the past that is wanted, then each entry as it comes, in order, each once. What
 * the network or a slow reader has lost is asked for again; it reconnects by itself, and starts over
 * when a new run begins. Publishers of the original project work too, without asking again.
 *
 *     mimir_subscriber *subscriber;
 *     const char *text;
 *     size_t length;
 *     uint64_t sequence;
 *     if (mimir_subscriber_open(NULL, &subscriber) != MIMIR_OK) return 1;
 *     while (mimir_subscriber_next(subscriber, -1, &sequence, &text, &length) == MIMIR_OK) puts(text);
 *     mimir_subscriber_close(subscriber);
 *
 * Ownership: mimir_subscriber_open() to mimir_subscriber_close(). Threads: one at a time. Fork: in a
 * forked child every call but mimir_subscriber_close() gives MIMIR_ERROR_FORKED, and closing is
 * silent. */
typedef struct mimir_subscriber mimir_subscriber;

/* mimir_subscriber_options.past: what was published before. */
enum {
  MIMIR_PAST_ALL = 0,     /* all that can be had (default) */
  MIMIR_PAST_NOTHING = 1, /* only what comes from now on */
  MIMIR_PAST_LAST = 2,    /* the last past_count entries */
  MIMIR_PAST_FROM = 3     /* from entry number past_count on */
};

/* How a subscriber is opened. Start from MIMIR_SUBSCRIBER_OPTIONS_INIT; 0 or NULL is each one's
 * default. */
typedef struct mimir_subscriber_options {
  uint32_t struct_size; /* sizeof(mimir_subscriber_options), set by the _INIT macro */
  uint32_t past;        /* MIMIR_PAST_* */
  const char *host;     /* name or address, or the publisher's ipc://PATH; NULL: localhost */
  uint32_t push_port;   /* the publisher's TCP port for live entries; 0: 5557 */
  uint32_t router_port; /* its port for the past; 0: 5556 */
  uint32_t live_only;   /* 1: no router port: neither the past nor what was missed can be had */
  uint32_t reserved;    /* 0 */
  uint64_t past_count;  /* with MIMIR_PAST_LAST and MIMIR_PAST_FROM */
  const char *key_file; /* this client's key pair (mimir_keygen), mode 0600; NULL: no encryption */
  const char *server_key;   /* the publisher's public key, a file; goes with key_file */
  uint64_t max_queue_bytes; /* live entries that may wait while older ones are fetched; 0: 64 MiB */
} mimir_subscriber_options;

#define MIMIR_SUBSCRIBER_OPTIONS_INIT \
  {sizeof(mimir_subscriber_options), 0, NULL, 0, 0, 0, 0, 0, NULL, NULL, 0}

/* What a subscriber has seen. Start from MIMIR_SUBSCRIBER_STATISTICS_INIT. */
typedef struct mimir_subscriber_statistics {
  uint32_t struct_size; /* sizeof(mimir_subscriber_statistics), set by the _INIT macro */
  uint32_t reserved;    /* 0 */
  uint64_t entries;     /* entries delivered */
  uint64_t missed;      /* entries that could not be had any more */
  uint64_t restarts;    /* how often a new run has begun: numbers begin at 1 again */
  uint64_t reconnections;
  char
      run[40]; /* id of the run, 32 hexadecimal digits and a NUL; "" while it is not known, and of a
                   publisher that has none */
} mimir_subscriber_statistics;

#define MIMIR_SUBSCRIBER_STATISTICS_INIT {sizeof(mimir_subscriber_statistics), 0, 0, 0, 0, 0, {0}}

/* Opens a subscriber; options NULL: the defaults. The publisher need not be there yet.
 *
 * Errors: MIMIR_ERROR_INVALID_ARGUMENT, _NETWORK (a host that does not exist), _NOT_FOUND and
 * _PERMISSION (key files; also one that others can read), _UNSUPPORTED (a libzmq without CURVE).
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_subscriber_open(const mimir_subscriber_options *options,
                                             mimir_subscriber **subscriber);

/* The next entry: its number and its JSON text, which ends with a NUL that *length does not count and
 * is the subscriber's until the next call. Waits up to timeout_ms milliseconds for it, -1: for ever;
 * MIMIR_OK with *text NULL when none has come.
 *
 * Errors: MIMIR_ERROR_PERMISSION: the publisher refuses this client's key; it goes on trying.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_subscriber_next(mimir_subscriber *subscriber, int32_t timeout_ms,
                                             uint64_t *sequence, const char **text, size_t *length);

/* @since 0.1.0 */
MIMIR_API mimir_status mimir_subscriber_stats(const mimir_subscriber *subscriber,
                                              mimir_subscriber_statistics *statistics);

/* Closes and frees the subscriber. NULL does nothing.
 * @since 0.1.0 */
MIMIR_API void mimir_subscriber_close(mimir_subscriber *subscriber);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_SUBSCRIBER_H */
