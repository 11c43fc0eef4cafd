/* mimir/ring.h - the last entries, in memory. Include <mimir.h>. */
#ifndef MIMIR_RING_H
#define MIMIR_RING_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A bounded ring of byte strings: pushing one more than maxlen drops the oldest. Memory is in
 * proportion to what it holds, and a full ring allocates nothing.
 *
 * Ownership: mimir_ring_new() to mimir_ring_free(). Threads: any number at a time. Fork: a child may
 * use its copy, unless another thread was inside a call when it forked. */
typedef struct mimir_ring mimir_ring;

/* For maxlen: keep all. */
#define MIMIR_UNLIMITED UINT64_MAX

/* Makes a ring. maxlen: 0 (keeps nothing) or more, or MIMIR_UNLIMITED.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_ring_new(uint64_t maxlen, mimir_ring **ring);

/* Appends a copy of length bytes; data may be NULL when length is 0.
 * Errors: MIMIR_ERROR_TOO_LARGE for 4 GiB or more.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_ring_push(mimir_ring *ring, const void *data, size_t length);

/* How many strings it holds.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_ring_count(const mimir_ring *ring, size_t *count);

/* How many bytes of memory it occupies, its own administration included.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_ring_memory(const mimir_ring *ring, size_t *bytes);

/* A copy of one string: 0 is the oldest, -1 the newest. *data ends with a NUL that *length does not
 * count; the caller frees it with mimir_free().
 * Errors: MIMIR_ERROR_OUT_OF_RANGE unless -count <= index < count.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_ring_get(const mimir_ring *ring, int64_t index, char **data,
                                      size_t *length);

/* Drops all it holds.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_ring_clear(mimir_ring *ring);

/* Frees it. NULL does nothing.
 * @since 0.1.0 */
MIMIR_API void mimir_ring_free(mimir_ring *ring);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_RING_H */
