/* mimir/file.h - work on log files as a whole. Include <mimir.h>. */
#ifndef MIMIR_FILE_H
#define MIMIR_FILE_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of mimir_copy(). */
enum {
  MIMIR_COPY_OVERWRITE = 1 /* a file that has the name already is replaced */
};

/* Copies a log, plain or gzip, also one that is being written or whose writer was killed. The copy is
 * a complete log of its own, with every entry that was logged before the call, and only whole ones.
 * flags: 0 or MIMIR_COPY_OVERWRITE. Any thread.
 *
 * Errors: MIMIR_ERROR_INVALID_ARGUMENT (also a copy onto itself), _NOT_FOUND, _EXISTS (the target),
 * _LOCKED (the target is being written), _CORRUPT (damaged; see mimir_repair()), _UNSUPPORTED (no
 * regular file), _PERMISSION, _NO_SPACE, _IO; the target is as it was then.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_copy(const char *from, const char *to, uint32_t flags);

/* What a repair has done. Start from MIMIR_REPAIR_REPORT_INIT. */
typedef struct mimir_repair_report {
  uint32_t struct_size;       /* sizeof(mimir_repair_report), set by the _INIT macro */
  uint32_t healthy;           /* 1: nothing was wrong, and nothing was changed */
  uint64_t entries;           /* entries that the log holds now */
  uint64_t uncertain_entries; /* how many of them come from a stretch that is damaged: they look
                                 right, but may be wrong */
  uint64_t lines_left_out;    /* lines, or pieces of them, that are no whole entry */
  uint64_t bytes_left_out;    /* their bytes, and those of which nothing could be read */
  char *original;             /* where the damaged file is now, its whole path; the caller frees it
                                 with mimir_free(); NULL when healthy */
} mimir_repair_report;

#define MIMIR_REPAIR_REPORT_INIT {sizeof(mimir_repair_report), 0, 0, 0, 0, 0, NULL}

/* Saves what can be read of a damaged log, plain or gzip, Mimir's or another program's: the whole
 * entries, in their order. The damaged file stays beside it as NAME.damaged (NAME.damaged-2, ...).
 * A log that is in order is left alone. Any thread.
 *
 * Errors: MIMIR_ERROR_INVALID_ARGUMENT, _NOT_FOUND, _LOCKED (it is being written), _CORRUPT (no entry
 * can be read), _UNSUPPORTED (no regular file), _PERMISSION, _NO_SPACE, _IO; nothing is lost then.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_repair(const char *path, mimir_repair_report *report);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_FILE_H */
