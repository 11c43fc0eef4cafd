/* mimir/remote.h - logs to a server. Include <mimir.h>. */
#ifndef MIMIR_REMOTE_H
#define MIMIR_REMOTE_H

#include "entry.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A client of a log server (mimir/server.h): what it logs ends up in the server's log, exactly once,
 * also when the connection, the server or this process dies in between. The protocol is in
 * docs/protocol.md.
 *
 *     mimir_remote *remote;
 *     if (mimir_remote_open(NULL, &remote) != MIMIR_OK) return 1;
 *     mimir_remote_log_json(remote, "{\"loss\":0.5}", MIMIR_NUL_TERMINATED);
 *     mimir_remote_close(remote, 5000, NULL);
 *
 * Logging never waits for the server. An entry is in the spool, files of this machine, when logging has
 * returned: it outlives the death of this process, and is sent when the server is there, by this client
 * or by the next one with the same spool folder and server, or by mimir_spool_send().
 *
 * Ownership: mimir_remote_open() to mimir_remote_close(). Threads: any number at a time; one of its own
 * does all that has to do with the network. Fork: in a forked child every call but mimir_remote_close()
 * gives MIMIR_ERROR_FORKED, and closing is silent. */
typedef struct mimir_remote mimir_remote;

/* How a client is opened. Start from MIMIR_REMOTE_OPTIONS_INIT; 0 or NULL is each one's default. */
typedef struct mimir_remote_options {
  uint32_t struct_size; /* sizeof(mimir_remote_options), set by the _INIT macro */
  uint32_t port;        /* the server's TCP port; 0: 5555 */
  const char *host;     /* its name or address, or its ipc://PATH; NULL: localhost */
  const char *name;  /* the entries' remote_log, up to 256 bytes; NULL: a number the server gives */
  const char *spool; /* folder of the spools, made when it is not there; NULL:
                           $XDG_STATE_HOME/mimir/spool, else ~/.local/state/mimir/spool */
  uint32_t memory_only; /* 1: no spool: what the server does not have is lost with this process */
  uint32_t no_launcher; /* 1: rank and the like are not taken from the variables of the launcher
                           (torchrun: RANK, WORLD_SIZE, LOCAL_RANK; Slurm: SLURM_PROCID; Open MPI:
                           OMPI_COMM_WORLD_RANK; other MPIs: PMI_RANK) */
  uint32_t has_rank;    /* 1: rank, and world_size unless 0, are these, and not the launcher's */
  uint32_t rank;
  uint32_t world_size;
  uint32_t reserved;    /* 0 */
  const char *key_file; /* this client's key pair (mimir_keygen), mode 0600; NULL: no encryption */
  const char *server_key;   /* the server's public key, a file; goes with key_file */
  uint64_t max_entry_bytes; /* largest entry, 1 to 1 GiB; 0: 64 MiB */
  uint64_t
      max_queue_bytes; /* how much may wait in memory, where the spool can't be written; 0: 64 MiB */
  uint64_t max_spool_bytes; /* how much may lie in this client's spool; 0: 4 GiB */
} mimir_remote_options;

#define MIMIR_REMOTE_OPTIONS_INIT \
  {sizeof(mimir_remote_options), 0, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, NULL, NULL, 0, 0, 0}

/* What a client has done. Start from MIMIR_REMOTE_STATISTICS_INIT. */
typedef struct mimir_remote_statistics {
  uint32_t struct_size;   /* sizeof(mimir_remote_statistics), set by the _INIT macro */
  uint32_t connected;     /* 1: the server has welcomed this client */
  uint64_t entries;       /* entries logged */
  uint64_t stored;        /* of these, in the server's log, or refused */
  uint64_t refused;       /* entries that the server's logger does not take; see problem */
  uint64_t dropped;       /* entries lost: no spool, and no room in memory */
  uint64_t spooled;       /* entries logged that the server has not acknowledged */
  uint64_t spool_bytes;   /* bytes of the spool's files */
  uint64_t in_memory;     /* of the spooled, those that could not be written to a file */
  uint64_t adopted;       /* entries sent from spools that others have left behind */
  uint64_t reconnections; /* connections after the first */
  char id[24];            /* this client's id, which its entries' remote_seq begins with */
  char problem[232];      /* what went wrong last, for a person; "" when nothing has */
} mimir_remote_statistics;

#define MIMIR_REMOTE_STATISTICS_INIT \
  {sizeof(mimir_remote_statistics), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {0}, {0}}

/* Opens a client; options NULL: the defaults. The server need not be there yet.
 *
 * Errors: MIMIR_ERROR_INVALID_ARGUMENT, _NETWORK (a host that does not exist), _NOT_FOUND and
 * _PERMISSION (key files; a spool folder that can't be made or written), _NO_SPACE, _IO, _UNSUPPORTED
 * (a libzmq without CURVE).
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_remote_open(const mimir_remote_options *options,
                                         mimir_remote **remote);

/* Logs an entry. Never waits for the network.
 *
 * Errors: as mimir_logger_log(), nothing is logged then; MIMIR_ERROR_DROPPED: the entry could be put
 * neither into the spool nor into memory, and is lost.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_remote_log(mimir_remote *remote, const mimir_entry *entry);

/* Logs an entry given as JSON text; see mimir_logger_log_json(). NaN and infinities are sent as they
 * are: the policy of the server's logger counts.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_remote_log_json(mimir_remote *remote, const char *text, size_t length);

/* Logs {keys[0]: values[0], ...} in one call, the cheapest way.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_remote_log_doubles(mimir_remote *remote, const mimir_text *keys,
                                                const double *values, size_t count);

/* Waits until the server has all that was logged before this call, up to timeout_ms milliseconds, -1:
 * for ever. Errors: MIMIR_ERROR_TIMED_OUT.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_remote_flush(mimir_remote *remote, int32_t timeout_ms);

/* @since 0.1.0 */
MIMIR_API mimir_status mimir_remote_stats(const mimir_remote *remote,
                                          mimir_remote_statistics *statistics);

/* Waits up to timeout_ms milliseconds (-1: for ever) until the server has everything, closes and frees
 * the client, whatever the status. *spooled, unless NULL: how many entries are still in the spool; they
 * are sent later. NULL for remote does nothing.
 *
 * Errors: MIMIR_ERROR_DROPPED: entries that were in memory only are lost; the message says how many.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_remote_close(mimir_remote *remote, int32_t timeout_ms,
                                          uint64_t *spooled);

/* What mimir_spool_send() has done. Start from MIMIR_SPOOL_REPORT_INIT. */
typedef struct mimir_spool_report {
  uint32_t struct_size; /* sizeof(mimir_spool_report), set by the _INIT macro */
  uint32_t busy;        /* spools that a live client writes, and that were left alone */
  uint64_t spools;      /* spools sent, and removed */
  uint64_t entries;     /* entries sent that the server had not */
  uint64_t refused;     /* of these, entries that the server's logger does not take */
  uint64_t left;        /* entries that are still in spools */
} mimir_spool_report;

#define MIMIR_SPOOL_REPORT_INIT {sizeof(mimir_spool_report), 0, 0, 0, 0, 0}

/* Sends what clients that are gone have left in a spool folder (options->spool, or the default one),
 * for up to timeout_ms milliseconds, -1: for ever. Only spools that belong to the server that options
 * name are sent. *report, unless NULL, is filled also after a failure. Any thread.
 *
 * Errors: as mimir_remote_open(); MIMIR_ERROR_TIMED_OUT: not all could be sent; the message says why.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_spool_send(const mimir_remote_options *options, int32_t timeout_ms,
                                        mimir_spool_report *report);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_REMOTE_H */
