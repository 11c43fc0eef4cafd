/* mimir/logger.h - the logger. Include <mimir.h>. */
#ifndef MIMIR_LOGGER_H
#define MIMIR_LOGGER_H

#include "entry.h"
#include "publisher.h"
#include "ring.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A logger: numbers each entry and hands it to the ring in memory, the file, and the console.
 *
 * Ownership: mimir_logger_open() to mimir_logger_close(). Threads: any number at a time; entries are
 * numbered in the order they are stored. Fork: in a forked child every call but
 * mimir_logger_close() gives MIMIR_ERROR_FORKED, and closing is silent and leaves the parent's file
 * alone; open a logger of the child's own instead. */
typedef struct mimir_logger mimir_logger;

/* mimir_logger_options.mode: what happens to a file that is there already. */
enum {
  MIMIR_MODE_APPEND = 0,   /* go on after what it holds (default) */
  MIMIR_MODE_TRUNCATE = 1, /* empty it, once the lock on it is held */
  MIMIR_MODE_EXCLUSIVE = 2 /* fail with MIMIR_ERROR_EXISTS */
};

/* mimir_logger_options.flush: when entries go to the file. */
enum {
  MIMIR_FLUSH_EVERY_ENTRY = 0, /* before log returns: it survives the process's death (default) */
  MIMIR_FLUSH_INTERVAL = 1     /* gathered in memory, written by a thread each interval: a kill may
                                  lose what was logged within the last interval */
};

/* mimir_logger_options.durability: what a written entry survives. */
enum {
  MIMIR_DURABILITY_PROCESS = 0, /* the death of the process (default) */
  MIMIR_DURABILITY_SYSTEM = 1   /* also a power cut: fdatasync with each flush */
};

/* mimir_logger_options.nonfinite: how NaN and infinities, which JSON lacks, are written. In memory
 * (mimir_logger_get) the true value is kept, as the bare NaN, Infinity or -Infinity. Each key warns
 * once. */
enum {
  MIMIR_NONFINITE_NULL = 0,    /* null (default): every reader takes it */
  MIMIR_NONFINITE_TAGGED = 1,  /* null, and a last key "__nonfinite__": {"/key": "NaN"} of RFC 6901
                                  pointers, which Mimir's readers undo */
  MIMIR_NONFINITE_STRING = 2,  /* "NaN", "Infinity", "-Infinity" */
  MIMIR_NONFINITE_LITERAL = 3, /* bare NaN, Infinity, -Infinity: not JSON, many readers refuse it */
  MIMIR_NONFINITE_ERROR = 4    /* log fails with MIMIR_ERROR_NONFINITE and stores nothing */
};

/* mimir_logger_options.warnings: where warnings go. */
enum {
  MIMIR_WARNINGS_STDERR = 0,   /* one line each on standard error (default) */
  MIMIR_WARNINGS_CALLBACK = 1, /* on_warning */
  MIMIR_WARNINGS_OFF = 2
};

/* Called with one warning: the status it is about, and its text (no newline; it ends with a NUL that
 * length does not count; it is gone after the call). Called on a thread that is inside open, log,
 * load, flush or close, never on another; it must not call the same logger. */
typedef void (*mimir_warning_callback)(void *context, mimir_status status, const char *message,
                                       size_t length);

/* How a logger is opened. Start from MIMIR_LOGGER_OPTIONS_INIT; 0 or NULL is each one's default. */
typedef struct mimir_logger_options {
  uint32_t struct_size;     /* sizeof(mimir_logger_options), set by the _INIT macro */
  uint32_t mode;            /* MIMIR_MODE_* */
  const char *path;         /* the file, ending with NUL; NULL: none; a name ending in .gz is a gzip
                                 log, complete and valid after every entry (docs/format.md) */
  uint64_t maxlen;          /* entries kept in memory: 0 none, MIMIR_UNLIMITED all; an existing
                                 log that is opened for appending loads its last ones */
  uint64_t max_entry_bytes; /* largest entry, 1 to 1 GiB; 0: 64 MiB */
  uint64_t max_pending_bytes; /* how much may wait in memory while writing fails; 0: 64 MiB */
  uint32_t flush;             /* MIMIR_FLUSH_* */
  uint32_t flush_interval_ms; /* 1 to 3,600,000 ms; 0: 100 ms */
  uint32_t durability;        /* MIMIR_DURABILITY_* */
  uint32_t shared;            /* 1: other processes may write the same file, if they too say so */
  uint32_t nonfinite;         /* MIMIR_NONFINITE_* */
  uint32_t print;             /* 1: print each entry on standard output, a line per key */
  uint32_t warnings;          /* MIMIR_WARNINGS_* */
  uint32_t reserved;          /* 0 */
  mimir_warning_callback on_warning; /* with MIMIR_WARNINGS_CALLBACK */
  void *warning_context;             /* handed to on_warning */
  uint32_t stream;        /* 1: publish each entry live (docs/protocol.md); the next ones are as in
                        mimir_publisher_options */
  uint32_t insecure;      /* 1: allow a bind address that others can reach, without keys */
  uint64_t stream_maxlen; /* entries held for those who come late: 0 none, and no router port;
                             MIMIR_UNLIMITED all; older ones are read back from the log file */
  const char *bind;       /* address of this machine, or ipc://PATH; NULL: 127.0.0.1 */
  uint32_t push_port;     /* 1 to 65535 or MIMIR_PORT_ANY; 0: 5557 */
  uint32_t router_port;   /* the same; 0: 5556 */
  const char *key_file;   /* this logger's key pair, mode 0600; NULL: no encryption */
  const char *authorized_keys; /* folder with the public keys of those who may connect */
} mimir_logger_options;

#define MIMIR_LOGGER_OPTIONS_INIT \
  {sizeof(mimir_logger_options), \
   0, \
   NULL, \
   0, \
   0, \
   0, \
   0, \
   0, \
   0, \
   0, \
   0, \
   0, \
   0, \
   0, \
   NULL, \
   NULL, \
   0, \
   0, \
   0, \
   NULL, \
   0, \
   0, \
   NULL, \
   NULL}

/* What a logger has done so far. Start from MIMIR_LOGGER_STATISTICS_INIT. */
typedef struct mimir_logger_statistics {
  uint32_t struct_size;     /* sizeof(mimir_logger_statistics), set by the _INIT macro */
  uint32_t reserved;        /* 0 */
  uint64_t entries;         /* entries logged: the sequence number of the last one */
  uint64_t bytes;           /* bytes handed to the file, waiting ones included */
  uint64_t dropped;         /* entries lost: not written, and no room to let them wait */
  uint64_t recovered;       /* entries that had to wait for a failing file and were written later */
  uint64_t errors;          /* calls that failed */
  uint64_t pending_entries; /* entries that wait in memory to be written */
  uint64_t pending_bytes;   /* their bytes */
  uint64_t nonfinite;       /* NaNs and infinities met */
  uint64_t repaired_bytes;  /* bytes of torn last lines that were cut off the file */
} mimir_logger_statistics;

#define MIMIR_LOGGER_STATISTICS_INIT {sizeof(mimir_logger_statistics), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/* Opens a logger; options NULL: neither file nor memory nor console.
 *
 * Two loggers on one file in one process share its writer (the stricter flush and durability hold
 * for both). A torn last line, left by a kill or a power cut, is cut off, with a warning.
 *
 * Errors: MIMIR_ERROR_INVALID_ARGUMENT, _NOT_FOUND (folder), _PERMISSION, _EXISTS, _LOCKED (by
 * another process, whose pid the message names), _BUSY (truncate of a file that this process has
 * open), _UNSUPPORTED (a folder, pipe or socket; an option that this library does not know), _IO; with
 * stream what mimir_publisher_open() gives.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_open(const mimir_logger_options *options,
                                         mimir_logger **logger);

/* Logs an entry.
 *
 * A failure to write is returned each time, but the entry is not lost: it has its number, is in
 * memory, and waits (up to max_pending_bytes) to be written by the next call that can. The exceptions,
 * in which nothing is stored: MIMIR_ERROR_INVALID_ARGUMENT, _INVALID_STATE (an object was left open),
 * _NONFINITE (by policy), _TOO_LARGE, _FORKED, _CLOSED; and MIMIR_ERROR_DROPPED: it is in the ring,
 * but lost for the file.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_log(mimir_logger *logger, const mimir_entry *entry);

/* For a length: the text ends at its first NUL. */
#define MIMIR_NUL_TERMINATED ((size_t)-1)

/* Logs an entry given as JSON text: one object (RFC 8259, also the bare NaN, Infinity and -Infinity),
 * UTF-8, at most 512 levels deep. White space between tokens is removed; keys and numbers stay as
 * they are. length may be MIMIR_NUL_TERMINATED. Errors as mimir_logger_log(), and
 * MIMIR_ERROR_INVALID_JSON, _INVALID_UTF8 (byte offset in the message), _TOO_DEEP: nothing is stored
 * then.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_log_json(mimir_logger *logger, const char *text, size_t length);

/* Logs {keys[0]: values[0], ...} in one call, the cheapest way. Errors as mimir_logger_log().
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_log_doubles(mimir_logger *logger, const mimir_text *keys,
                                                const double *values, size_t count);

/* Reads a log file, plain or gzip, into memory: the last maxlen of its entries follow those that are
 * there. *count: how many entries the file holds. What can't be read (a torn last entry, lines that
 * are no JSON object, damage) is left out with a warning. The file is only read, and may be one that
 * is being written.
 * Errors: MIMIR_ERROR_NOT_FOUND, _PERMISSION, _UNSUPPORTED (not a regular file), _IO.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_load(mimir_logger *logger, const char *path, uint64_t *count);

/* How many entries are in memory: 0 to maxlen.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_count(const mimir_logger *logger, size_t *count);

/* A copy of an entry in memory, as JSON text: 0 is the oldest, -1 the newest. *text ends with a NUL
 * that *length does not count; the caller frees it with mimir_free().
 * Errors: MIMIR_ERROR_OUT_OF_RANGE unless -count <= index < count.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_get(const mimir_logger *logger, int64_t index, char **text,
                                        size_t *length);

/* A copy of up to count entries in memory, as they are at one moment, from index start on (see
 * mimir_logger_get(); before the oldest: from the oldest on): JSON text, a line each. *text NULL when
 * there are none. The caller frees it with mimir_free().
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_range(const mimir_logger *logger, int64_t start, size_t count,
                                          char **text, size_t *length);

/* Writes what waits in memory to the file. Errors: those of writing.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_flush(mimir_logger *logger);

/* What the logger has done so far; statistics->struct_size says how much of it to fill.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_stats(const mimir_logger *logger,
                                          mimir_logger_statistics *statistics);

/* Where the logger's stream can be reached, and what it has done. Errors: MIMIR_ERROR_INVALID_STATE:
 * the logger was opened without the option stream.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_stream(const mimir_logger *logger,
                                           mimir_publisher_statistics *statistics);

/* Does all that mimir_logger_close() does but freeing, for a program whose other threads may still be
 * logging: they get MIMIR_ERROR_CLOSED from now on. Entries in memory can be read until the logger is
 * freed. Errors: as mimir_logger_close(); none the second time.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_finish(mimir_logger *logger);

/* Writes what waits in memory, closes the file and frees the logger, whatever the status. NULL does
 * nothing. Errors: those of writing; the message says how many entries are lost.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_close(mimir_logger *logger);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_LOGGER_H */
