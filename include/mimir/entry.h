/* mimir/entry.h - builds one entry, a JSON object. Include <mimir.h>. */
#ifndef MIMIR_ENTRY_H
#define MIMIR_ENTRY_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One entry under construction: a JSON object whose members stand in the order they were set.
 *
 * Ownership: mimir_entry_new() to mimir_entry_free(); logging does not consume it. Clear it and set
 * it again to log the next one without allocating. Threads: one at a time. Fork: a child may go on
 * using its copy.
 *
 * Every setter copies what it is given, adds one member to the innermost open object, and leaves the
 * entry as it was when it fails. A key that is set twice stands twice in the text, and readers take
 * the last. Errors of every setter: MIMIR_ERROR_INVALID_ARGUMENT for NULL, MIMIR_ERROR_INVALID_UTF8
 * for a key or text that is not UTF-8, MIMIR_ERROR_TOO_LARGE for more than 1 GiB in one entry. */
typedef struct mimir_entry mimir_entry;

/* The type of an array's elements, in the machine's byte order. */
enum {
  MIMIR_DTYPE_BOOL = 1, /* 1 byte, 0 or 1 */
  MIMIR_DTYPE_INT8 = 2,
  MIMIR_DTYPE_INT16 = 3,
  MIMIR_DTYPE_INT32 = 4,
  MIMIR_DTYPE_INT64 = 5,
  MIMIR_DTYPE_UINT8 = 6,
  MIMIR_DTYPE_UINT16 = 7,
  MIMIR_DTYPE_UINT32 = 8,
  MIMIR_DTYPE_UINT64 = 9,
  MIMIR_DTYPE_FLOAT16 = 10, /* IEEE 754 binary16 */
  MIMIR_DTYPE_FLOAT32 = 11,
  MIMIR_DTYPE_FLOAT64 = 12,
  MIMIR_DTYPE_COMPLEX64 = 13, /* two float32: real, imaginary */
  MIMIR_DTYPE_COMPLEX128 = 14 /* two float64: real, imaginary */
};

/* How an array lies in memory. */
enum {
  MIMIR_ORDER_C = 0,      /* the last index varies fastest */
  MIMIR_ORDER_FORTRAN = 1 /* the first index varies fastest */
};

/* A new, empty entry; NULL when there is no memory.
 * @since 0.1.0 */
MIMIR_API mimir_entry *mimir_entry_new(void);

/* Frees an entry. NULL does nothing.
 * @since 0.1.0 */
MIMIR_API void mimir_entry_free(mimir_entry *entry);

/* Empties an entry and keeps its memory. NULL does nothing.
 * @since 0.1.0 */
MIMIR_API void mimir_entry_clear(mimir_entry *entry);

/* Sets an integer, written exactly.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_set_int64(mimir_entry *entry, const char *key, size_t key_length,
                                             int64_t value);

/* Sets an unsigned integer, written exactly.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_set_uint64(mimir_entry *entry, const char *key,
                                              size_t key_length, uint64_t value);

/* Sets a double, written in the shortest form that reads back to the same bits, always with a dot or
 * an exponent. NaN and infinities are taken; the logger's policy says how they are stored.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_set_double(mimir_entry *entry, const char *key,
                                              size_t key_length, double value);

/* Sets a float, written in the shortest form that reads back to the same float (0.1f as 0.1).
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_set_float(mimir_entry *entry, const char *key, size_t key_length,
                                             float value);

/* Sets true or false.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_set_bool(mimir_entry *entry, const char *key, size_t key_length,
                                            bool value);

/* Sets text: UTF-8, length in bytes or MIMIR_NUL_TERMINATED; NULs within are kept. value may be NULL
 * when length is 0.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_set_string(mimir_entry *entry, const char *key,
                                              size_t key_length, const char *value, size_t length);

/* Sets null.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_set_null(mimir_entry *entry, const char *key, size_t key_length);

/* Sets any JSON value (RFC 8259, also the bare NaN, Infinity and -Infinity) given as text; it is
 * checked, and white space between its tokens is removed.
 * Errors: MIMIR_ERROR_INVALID_JSON with the byte offset; MIMIR_ERROR_TOO_DEEP past 512 levels,
 * counted from the entry.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_set_json(mimir_entry *entry, const char *key, size_t key_length,
                                            const char *json, size_t length);

/* Sets a list of doubles as a plain JSON array; values may be NULL when count is 0.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_set_doubles(mimir_entry *entry, const char *key,
                                               size_t key_length, const double *values,
                                               size_t count);

/* Sets an n-dimensional array in the form Python's mimir reads back as a NumPy array:
 * {"__ndarray__": base64 of the bytes, "descr": "<f8", "fortran_order": false, "shape": [..]}.
 *
 * data: the elements without gaps; may be NULL when the array has none. dtype: MIMIR_DTYPE_*.
 * shape: ndim extents; may be NULL when ndim is 0 (one element). ndim: 0 to 64. order:
 * MIMIR_ORDER_*.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_set_array(mimir_entry *entry, const char *key, size_t key_length,
                                             const void *data, uint32_t dtype, const size_t *shape,
                                             size_t ndim, uint32_t order);

/* Opens a nested object; members go into it until mimir_entry_end_object().
 * Errors: MIMIR_ERROR_TOO_DEEP past 512 levels.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_begin_object(mimir_entry *entry, const char *key,
                                                size_t key_length);

/* Closes the innermost open object.
 * Errors: MIMIR_ERROR_INVALID_STATE when none is open.
 * @since 0.1.0 */
MIMIR_API mimir_status mimir_entry_end_object(mimir_entry *entry);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_ENTRY_H */
