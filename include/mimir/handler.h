/* mimir/handler.h - handlers of a program's own. Include <mimir.h>. */
#ifndef MIMIR_HANDLER_H
#define MIMIR_HANDLER_H

#include "logger.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Called with each entry that a logger takes: its number, and its JSON text as it was logged, with bare
 * NaN and infinities, without a newline, and not ended by a NUL. The text is gone after the call.
 *
 * Called within the call that logs, on its thread (that of a server, for what clients log), one entry at
 * a time and in the order of their numbers. It holds all others up: it should be quick. What it asks of
 * the same logger fails with MIMIR_ERROR_INVALID_STATE. */
typedef void (*mimir_handler_callback)(void *context, uint64_t sequence, const char *text,
                                       size_t length);

/* Adds a handler behind the file, the stream and the console. The callback and its context must be
 * usable until the logger is freed. Entries that are in the log already are not handed to it.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_logger_add_handler(mimir_logger *logger,
                                                mimir_handler_callback callback, void *context);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_HANDLER_H */
