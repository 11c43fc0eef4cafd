/* libzmq, and messages whose bytes are counted for as long as libzmq holds them: what is queued for a
   viewer can be bounded by that. */
#ifndef MIMIR_CZMQ_SHIM_H
#define MIMIR_CZMQ_SHIM_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <zmq.h>

/* What another thread writes to when it wants a sleeping one; -1 when there is no descriptor. */
static inline int mimir_bell_make(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/* What a message takes beside its bytes: malloc's and libzmq's own, of this machine's word size. */
#define MIMIR_GAUGED_OVERHEAD 128

/* Bytes that libzmq holds. Freed when neither its owner nor a message refers to it. */
typedef struct mimir_gauge {
  long bytes;
  long references;
} mimir_gauge;

typedef struct mimir_gauged_block {
  mimir_gauge *gauge;
  size_t size;
} mimir_gauged_block;

static inline mimir_gauge *mimir_gauge_make(void) {
  mimir_gauge *gauge = (mimir_gauge *)calloc(1, sizeof *gauge);
  if (gauge) gauge->references = 1;
  return gauge;
}

static inline void mimir_gauge_release(mimir_gauge *gauge) {
  if (__atomic_sub_fetch(&gauge->references, 1, __ATOMIC_ACQ_REL) == 0) free(gauge);
}

static inline long mimir_gauge_bytes(const mimir_gauge *gauge) {
  return __atomic_load_n(&gauge->bytes, __ATOMIC_RELAXED);
}

/* Called by libzmq, on any thread. */
static void mimir_gauged_free(void *data, void *hint) {
  (void)data;
  mimir_gauged_block *block = (mimir_gauged_block *)hint;
  __atomic_sub_fetch(&block->gauge->bytes, (long)block->size, __ATOMIC_RELAXED);
  mimir_gauge_release(block->gauge);
  free(block);
}

/* Sends a copy that counts. Returns 0 or an error number. */
static inline int mimir_gauged_send(void *socket, mimir_gauge *gauge, const void *data, size_t size,
                                    int flags) {
  zmq_msg_t message;
  mimir_gauged_block *block = (mimir_gauged_block *)malloc(sizeof *block + size);
  if (!block) return ENOMEM;
  block->gauge = gauge;
  block->size = size + MIMIR_GAUGED_OVERHEAD;
  if (size) memcpy(block + 1, data, size);
  if (zmq_msg_init_data(&message, block + 1, size, mimir_gauged_free, block) != 0) {
    free(block);
    return ENOMEM;
  }
  __atomic_add_fetch(&gauge->references, 1, __ATOMIC_RELAXED);
  __atomic_add_fetch(&gauge->bytes, (long)block->size, __ATOMIC_RELAXED);
  if (zmq_msg_send(&message, socket, flags) >= 0) return 0;
  const int error = zmq_errno();
  zmq_msg_close(&message);
  return error;
}

#endif
