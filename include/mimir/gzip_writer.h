/* mimir/gzip_writer.h - any text to a gzip file that is always complete. Include <mimir.h>. */
#ifndef MIMIR_GZIP_WRITER_H
#define MIMIR_GZIP_WRITER_H

#include "logger.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Writes text to a gzip file: one member, complete and valid after every write, so that any gzip
 * reader reads it at any time, also after a kill. The logger's own files are written by it.
 *
 * Ownership: mimir_gzip_writer_open() to mimir_gzip_writer_close(). Threads: any number at a time;
 * each write lands as a whole. Fork: in a forked child every call but mimir_gzip_writer_close()
 * gives MIMIR_ERROR_FORKED, and closing is silent; open a writer of the child's own instead. */
typedef struct mimir_gzip_writer mimir_gzip_writer;

/* How a file is opened. Start from MIMIR_GZIP_WRITER_OPTIONS_INIT; 0 is each one's default. */
typedef struct mimir_gzip_writer_options {
  uint32_t struct_size;       /* sizeof(mimir_gzip_writer_options), set by the _INIT macro */
  uint32_t mode;              /* MIMIR_MODE_* */
  uint32_t flush;             /* MIMIR_FLUSH_*; an entry is what one call writes */
  uint32_t flush_interval_ms; /* 1 to 3,600,000 ms; 0: 100 ms */
  uint32_t durability;        /* MIMIR_DURABILITY_* */
  uint32_t shared;            /* 1: other processes may write the same file, if they too say so */
  uint64_t max_pending_bytes; /* how much may wait in memory while writing fails; 0: 64 MiB */
} mimir_gzip_writer_options;

#define MIMIR_GZIP_WRITER_OPTIONS_INIT {sizeof(mimir_gzip_writer_options), 0, 0, 0, 0, 0, 0}

/* Opens a file, whose name ends in .gz, for writing; options NULL: the defaults. A gzip file of
 * another program that is to be appended to is first rewritten as one member. What is opened by
 * several writers or loggers of one process shares one writer.
 *
 * Errors: MIMIR_ERROR_INVALID_ARGUMENT (also another name), _NOT_FOUND (folder), _PERMISSION,
 * _EXISTS, _LOCKED (by another process, whose pid the message names), _BUSY (truncate of a file that
 * this process has open), _CORRUPT (no gzip file, or a damaged one: it stays as it is), _UNSUPPORTED,
 * _IO.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_gzip_writer_open(const char *path,
                                              const mimir_gzip_writer_options *options,
                                              mimir_gzip_writer **writer);

/* Appends length bytes of text as they are; data may be NULL when length is 0. It is in the file when
 * this returns, unless the flush option says otherwise.
 *
 * What is in the file outlives a kill of the process at any moment, whatever its bytes are. Of the one
 * write that the kill interrupts, all or nothing is there; when it is of more than 1 MiB, perhaps its
 * first lines. After a power cut, or a failure of the disk, that has torn a write, the next opening
 * keeps what was written up to the last write that ends with a newline; and when there is a NUL in what
 * is not compressed yet, up to the last such write before it, also when only a bit of the file is wrong.
 * So end each write with a newline, and write no NULs, where that matters. Entries of a logger may
 * follow when the file ends with a newline.
 *
 * A failure to write is returned each time, but the text is not lost: it waits (up to
 * max_pending_bytes) and goes first as soon as writing works again. The exceptions:
 * MIMIR_ERROR_INVALID_ARGUMENT, _DROPPED, _FORKED.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_gzip_writer_write(mimir_gzip_writer *writer, const void *data,
                                               size_t length);

/* Writes what waits in memory to the file. Errors: those of writing.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_gzip_writer_flush(mimir_gzip_writer *writer);

/* Writes what waits in memory, compresses the rest, closes the file and frees the writer, whatever
 * the status. NULL does nothing. Errors: those of writing.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_gzip_writer_close(mimir_gzip_writer *writer);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_GZIP_WRITER_H */
