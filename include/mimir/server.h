/* mimir/server.h - takes the entries of many processes into one log. Include <mimir.h>. */
#ifndef MIMIR_SERVER_H
#define MIMIR_SERVER_H

#include "logger.h"
#include "publisher.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A log server: clients (mimir/remote.h, and those of the original project) log to it over ZeroMQ, and
 * it hands their entries to a logger, with remote_log, rank and host added. The protocol is in
 * docs/protocol.md.
 *
 *     mimir_logger_options log = MIMIR_LOGGER_OPTIONS_INIT;
 *     mimir_logger *logger;
 *     mimir_server *server;
 *     log.path = "log.jsonl.gz";
 *     if (mimir_logger_open(&log, &logger) != MIMIR_OK) return 1;
 *     if (mimir_server_open(logger, NULL, &server) != MIMIR_OK) return 1;
 *     mimir_server_wait(server, -1);
 *     mimir_server_close(server);
 *     mimir_logger_close(logger);
 *
 * What it has acknowledged is in the log, once, also when the server is killed and started anew with the
 * same log: it knows what it has stored from the log itself, by the member remote_seq of the entries. So
 * the logger needs a file, no filter should keep entries back from it, and opening reads it once.
 *
 * Ownership: mimir_server_open() to mimir_server_close(). The logger stays the caller's, who may log to
 * it and read it meanwhile; closing it first only keeps the server from storing any more (but a logger
 * with a warning callback must be closed after the server, which may be about to call it). Threads: any
 * number at a time; one of its own does the work, and calls the logger's warning callback. Fork: in a
 * forked child every call but mimir_server_close() gives MIMIR_ERROR_FORKED, and closing is silent. */
typedef struct mimir_server mimir_server;

/* Called with each entry that the logger was given: JSON text, with what it has gained (no newline; it
 * ends with a NUL that length does not count; it is gone after the call). Called on the server's thread,
 * which does nothing else meanwhile; it must not close that server. */
typedef void (*mimir_server_callback)(void *context, const char *text, size_t length);

/* How a server is opened. Start from MIMIR_SERVER_OPTIONS_INIT; 0 or NULL is each one's default. */
typedef struct mimir_server_options {
  uint32_t struct_size; /* sizeof(mimir_server_options), set by the _INIT macro */
  uint32_t insecure;    /* 1: allow a bind address that others can reach, without keys */
  const char *bind;     /* address of this machine, or ipc://PATH; NULL: 127.0.0.1; "*": all */
  uint32_t port;        /* 1 to 65535 or MIMIR_PORT_ANY; 0: 5555 */
  uint32_t max_clients; /* how many may be connected at a time, 1 to 100,000; 0: 1024 */
  uint32_t
      client_timeout_ms;    /* a client that has been silent for so long has left, 100 to 86,400,000
                                 ms; one of the original protocol, which can't say that it is alive,
                                 after 20 times as long; 0: 30,000 */
  uint32_t straggler_every; /* every so many steps log min, median and max of straggler_key over the
                                 ranks, and the slowest rank: that of the max; 0: never */
  const char *key_file; /* this server's key pair (mimir_keygen), mode 0600; NULL: no encryption */
  const char
      *authorized_keys;      /* the folder with the public keys of those who may connect; goes with
                                   key_file */
  uint64_t max_entry_bytes;  /* largest entry taken, 1 KiB to 1 GiB; 0: 64 MiB */
  const char *straggler_key; /* a member that is a number, such as a step's duration */
  const char
      *straggler_step_key; /* the member that numbers the steps; NULL: each rank's entries that
                                     have straggler_key are counted, from 1 */
  mimir_server_callback on_entry; /* NULL: none */
  void *entry_context;            /* handed to on_entry */
} mimir_server_options;

#define MIMIR_SERVER_OPTIONS_INIT \
  {sizeof(mimir_server_options), 0, NULL, 0, 0, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL}

/* What a server has done. Start from MIMIR_SERVER_STATISTICS_INIT. */
typedef struct mimir_server_statistics {
  uint32_t struct_size; /* sizeof(mimir_server_statistics), set by the _INIT macro */
  uint32_t port;        /* the port it is bound to; 0 over ipc:// */
  uint32_t clients;     /* connected now */
  uint32_t reserved;    /* 0 */
  uint64_t joined;      /* clients that have ever joined, reconnections not counted */
  uint64_t timed_out;   /* clients that left without a word, or were silent for too long */
  uint64_t entries;     /* entries stored */
  uint64_t repeated;    /* entries that came again, and were not stored again */
  uint64_t refused;     /* entries that were none, or that the logger does not take */
  uint64_t ignored;     /* messages that made no sense, or came against the protocol */
} mimir_server_statistics;

#define MIMIR_SERVER_STATISTICS_INIT {sizeof(mimir_server_statistics), 0, 0, 0, 0, 0, 0, 0, 0, 0}

/* Opens a server for a logger; options NULL: the defaults. Reads the logger's file once.
 *
 * Errors: MIMIR_ERROR_INVALID_ARGUMENT (also an address that others can reach, without keys and
 * insecure), _ADDRESS_IN_USE, _NETWORK (no such address), _NOT_FOUND and _PERMISSION (key files; also
 * one that others can read), _UNSUPPORTED (a libzmq without CURVE); those of reading and writing the
 * log.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_server_open(mimir_logger *logger, const mimir_server_options *options,
                                         mimir_server **server);

/* Waits until at least one client has joined and all have left, up to timeout_ms milliseconds, -1: for
 * ever. One whose connection broke has left when its time limit is over. All that they had
 * acknowledged is in the log then.
 *
 * Errors: MIMIR_ERROR_TIMED_OUT; _CLOSED: another thread closes the server.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_server_wait(mimir_server *server, int32_t timeout_ms);

/* @since 0.1.0 */
MIMIR_API mimir_status mimir_server_stats(const mimir_server *server,
                                          mimir_server_statistics *statistics);

/* Ends the server, for a program in which another thread is in mimir_server_wait(): that returns. The
 * server can still be asked for its statistics. A second call does nothing.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_server_finish(mimir_server *server);

/* Stores what has arrived, closes and frees the server; the logger stays open. NULL does nothing.
 * @since 0.1.0 */
MIMIR_API void mimir_server_close(mimir_server *server);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_SERVER_H */
