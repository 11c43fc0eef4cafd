/* mimir.h - the C interface of Mimir, a logger for training runs.
 *
 * What is declared here, and in the files included below, is the published API; nothing else is.
 *
 *     mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
 *     options.path = "log.jsonl";
 *     mimir_logger *logger;
 *     if (mimir_logger_open(&options, &logger) != MIMIR_OK) {
 *       fprintf(stderr, "%s\n", mimir_last_error());
 *       return 1;
 *     }
 *     mimir_entry *entry = mimir_entry_new();
 *     for (int64_t i = 0; i < 100; i++) {
 *       mimir_entry_clear(entry);
 *       mimir_entry_set_int64(entry, MIMIR_KEY("iteration"), i);
 *       mimir_entry_set_double(entry, MIMIR_KEY("training_error"), 1.0 / (double)(i + 1));
 *       mimir_logger_log(logger, entry);
 *     }
 *     mimir_entry_free(entry);
 *     mimir_logger_close(logger);
 *
 * Rules that hold everywhere:
 *
 * - A function that can fail returns a mimir_status: MIMIR_OK (0) or a negative error.
 *   mimir_last_error() then says what went wrong, where, and what to do.
 * - The object comes first, then what goes in, then what comes out; outputs are NULL or 0 after a
 *   failure. NULL where a pointer is needed gives MIMIR_ERROR_INVALID_ARGUMENT, never a crash.
 *   _free(NULL) and _close(NULL) do nothing.
 * - Text is UTF-8, given as pointer and length in bytes; it need not end with NUL. The length may
 *   be MIMIR_NUL_TERMINATED for text that does. Only paths always end with NUL.
 * - Options start with struct_size and have an _INIT macro; a program keeps working with a later
 *   library, because new options are added at the end only.
 * - No function ever writes to standard output or error unless an option says so, except warnings
 *   (see mimir_logger_options.warnings).
 */
#ifndef MIMIR_H
#define MIMIR_H

#include "mimir/status.h"

#include "mimir/entry.h"
#include "mimir/file.h"
#include "mimir/gzip_writer.h"
#include "mimir/logger.h"
#include "mimir/publisher.h"
#include "mimir/reader.h"
#include "mimir/remote.h"
#include "mimir/ring.h"
#include "mimir/server.h"
#include "mimir/subscriber.h"

#endif /* MIMIR_H */
