/* mimir/reader.h - reads the entries of a log file. Include <mimir.h>. */
#ifndef MIMIR_READER_H
#define MIMIR_READER_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a log file, plain or gzip, also one that is being written or whose writer was killed: an
 * entry that is being written is not seen, or whole. Takes no lock and changes nothing.
 *
 *     mimir_reader *reader;
 *     const char *text;
 *     size_t length;
 *     if (mimir_reader_open("log.jsonl.gz", &reader) != MIMIR_OK) return 1;
 *     while (mimir_reader_next(reader, &text, &length) == MIMIR_OK && text) puts(text);
 *     mimir_reader_close(reader);
 *
 * Ownership: mimir_reader_open() to mimir_reader_close(). Threads: one at a time; a large gzip log is
 * decompressed on several threads of the reader's own. Fork: in a child reading
 * gives MIMIR_ERROR_FORKED; open another reader there. */
typedef struct mimir_reader mimir_reader;

/* What a reader has read and left out so far. Start from MIMIR_READER_STATISTICS_INIT. */
typedef struct mimir_reader_statistics {
  uint32_t struct_size; /* sizeof(mimir_reader_statistics), set by the _INIT macro */
  uint32_t damaged;     /* 1: entries are missing, or may be wrong: the file's checksum or structure
                             is not right */
  uint32_t torn;        /* 1: the file ends within an entry, as a killed writer or a copy cut short
                             leaves it */
  uint32_t reserved;    /* 0 */
  uint64_t entries;     /* entries read */
  uint64_t skipped_lines; /* lines that are no JSON object */
  uint64_t skipped_bytes; /* bytes of the file that could not be read: damaged, or its torn end */
  const char *message; /* what was left out, for a person; "" when nothing was. It is the reader's,
                             until the next mimir_reader_report() or mimir_reader_close() */
} mimir_reader_statistics;

#define MIMIR_READER_STATISTICS_INIT {sizeof(mimir_reader_statistics), 0, 0, 0, 0, 0, 0, NULL}

/* Opens a log file. Its first bytes decide whether it is gzip, of whatever origin: written by a logger,
 * by gzip, of several members.
 * Errors: MIMIR_ERROR_NOT_FOUND, _PERMISSION, _UNSUPPORTED (not a regular file), _IO.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_reader_open(const char *path, mimir_reader **reader);

/* The next entry as JSON text on one line; at the end MIMIR_OK and *text NULL. NaN and infinities that
 * were written as tagged are restored as bare tokens. Blank lines are passed over, and lines that are
 * no JSON object are counted and passed over. *text ends with a NUL that *length does not count; it is
 * the reader's, until the next call.
 * Errors: MIMIR_ERROR_IO; MIMIR_ERROR_CORRUPT for a line of more than 1 GiB. Damage is no error: see
 * mimir_reader_report().
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_reader_next(mimir_reader *reader, const char **text, size_t *length);

/* Goes to the last count entries, as the file is now; mimir_reader_next() gives them. Takes time in
 * proportion to count (for a gzip file that no logger wrote, to the file). Lines that are no entries
 * count as if they were. The checksum of compressed entries covers them all: it is checked only when
 * all are read.
 * Errors: as mimir_reader_next().
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_reader_last(mimir_reader *reader, uint64_t count);

/* What was read and left out since the opening or the last mimir_reader_last(). Whether a file is
 * damaged is known when mimir_reader_next() has come to the end.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_reader_report(mimir_reader *reader,
                                           mimir_reader_statistics *statistics);

/* Closes and frees the reader. NULL does nothing.
 * @since 0.1.0 */
MIMIR_API void mimir_reader_close(mimir_reader *reader);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_READER_H */
