/* mimir/status.h - status codes, errors, version, text. Include <mimir.h>. */
#ifndef MIMIR_STATUS_H
#define MIMIR_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define MIMIR_API __attribute__((visibility("default")))
#else
#define MIMIR_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. Versions follow semver.org. */
#define MIMIR_VERSION_MAJOR 0
#define MIMIR_VERSION_MINOR 1
#define MIMIR_VERSION_PATCH 0
#define MIMIR_VERSION_STRING "0.1.0"
/* One number that grows with each release: major * 1,000,000 + minor * 1,000 + patch. */
#define MIMIR_VERSION_NUMBER \
  (MIMIR_VERSION_MAJOR * 1000000 + MIMIR_VERSION_MINOR * 1000 + MIMIR_VERSION_PATCH)

/* The outcome of a call: 0, or a negative error. Numbers are never reused. */
typedef int32_t mimir_status;

enum {
  /* Done. */
  MIMIR_OK = 0,
  /* A NULL pointer, a value out of its range, an option that does not exist. */
  MIMIR_ERROR_INVALID_ARGUMENT = -1,
  /* Text that is not one RFC 8259 object; the message gives the byte offset. */
  MIMIR_ERROR_INVALID_JSON = -2,
  /* Text that is not valid UTF-8; the message gives the byte offset. */
  MIMIR_ERROR_INVALID_UTF8 = -3,
  /* NaN or infinity, and the logger's policy is MIMIR_NONFINITE_ERROR. */
  MIMIR_ERROR_NONFINITE = -4,
  /* An entry larger than max_entry_bytes. */
  MIMIR_ERROR_TOO_LARGE = -5,
  /* Nested deeper than 512 levels. */
  MIMIR_ERROR_TOO_DEEP = -6,
  /* The object is not in a state for this call, e.g. an entry with an object left open. */
  MIMIR_ERROR_INVALID_STATE = -7,
  /* The object was closed. */
  MIMIR_ERROR_CLOSED = -8,
  /* The object was made before fork(), and this is the child; open a new one here. */
  MIMIR_ERROR_FORKED = -9,
  /* An index outside -count .. count - 1. */
  MIMIR_ERROR_OUT_OF_RANGE = -10,
  /* No memory. */
  MIMIR_ERROR_OUT_OF_MEMORY = -11,
  /* Reading or writing failed; the message has the system's reason. */
  MIMIR_ERROR_IO = -12,
  /* The disk or the quota is full. */
  MIMIR_ERROR_NO_SPACE = -13,
  /* No such file or folder. */
  MIMIR_ERROR_NOT_FOUND = -14,
  /* The file is there already, and the mode is MIMIR_MODE_EXCLUSIVE. */
  MIMIR_ERROR_EXISTS = -15,
  /* The system does not permit it. */
  MIMIR_ERROR_PERMISSION = -16,
  /* Another process writes this file; the message names its pid. */
  MIMIR_ERROR_LOCKED = -17,
  /* This process has the file open in a way that excludes this use of it. */
  MIMIR_ERROR_BUSY = -18,
  /* The entry could not be written, and as many as may wait already wait: it is lost. */
  MIMIR_ERROR_DROPPED = -19,
  /* Not supported by this library or for this kind of file. */
  MIMIR_ERROR_UNSUPPORTED = -20,
  /* The file's content is damaged. */
  MIMIR_ERROR_CORRUPT = -21,
  /* The port or address to bind to is in use. */
  MIMIR_ERROR_ADDRESS_IN_USE = -22,
  /* A host that does not exist, an address that this machine does not have, no connection. */
  MIMIR_ERROR_NETWORK = -23,
  /* It took longer than the limit that was given. */
  MIMIR_ERROR_TIMED_OUT = -24
};

/* For a length: the text ends with a NUL. */
#define MIMIR_NUL_TERMINATED ((size_t)-1)

/* A string literal as the two arguments pointer, length. */
#define MIMIR_KEY(literal) ("" literal), (sizeof(literal) - 1)

/* Text by pointer and length in bytes (or MIMIR_NUL_TERMINATED). */
typedef struct mimir_text {
  const char *data;
  size_t length;
} mimir_text;

/* Initializes a mimir_text with a string literal. */
#define MIMIR_TEXT(literal) {("" literal), (sizeof(literal) - 1)}

/* The name of a status, e.g. "MIMIR_ERROR_LOCKED"; "unknown status" for others. Never NULL; the
 * text is static. Any thread.
 * @since 0.1.0 */
MIMIR_API const char *mimir_status_string(mimir_status status);

/* What the last failed call of this thread has to say: what, where, what to do. Never NULL; "" when
 * no call of this thread has failed. The text stays until the next call of this library that fails
 * on the same thread. A call that succeeds leaves it as it is.
 * @since 0.1.0 */
MIMIR_API const char *mimir_last_error(void);

/* The version of the library that is loaded, e.g. "0.1.0". Never NULL; static.
 * @since 0.1.0 */
MIMIR_API const char *mimir_version_string(void);

/* The version of the library that is loaded, as MIMIR_VERSION_NUMBER counts.
 * @since 0.1.0 */
MIMIR_API uint32_t mimir_version_number(void);

/* Frees memory that a function of this library has handed to the caller. NULL does nothing. Any
 * thread.
 * @since 0.1.0 */
MIMIR_API void mimir_free(void *memory);

#ifdef __cplusplus
}
#endif

#endif /* MIMIR_STATUS_H */
