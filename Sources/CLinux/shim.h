/* System calls past the C library. */
#ifndef MIMIR_CLINUX_SHIM_H
#define MIMIR_CLINUX_SHIM_H

#include <errno.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* pwrite() is a point at which a thread may be cancelled: in a process with threads glibc marks that
 * before and after each call, which costs as much as a tenth of it. Returns -errno for an error. */
static inline long mimir_pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  const long result = syscall(SYS_pwrite64, fd, bytes, count, offset);
  return result < 0 ? -(long)errno : result;
}

#endif
