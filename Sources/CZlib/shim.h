/* zlib's init functions are macros that hand over the version; Swift needs functions. */
#ifndef MIMIR_CZLIB_SHIM_H
#define MIMIR_CZLIB_SHIM_H

#include <zlib.h>

static inline int mimir_deflate_init(z_stream *stream, int level) {
  /* -15: raw deflate, 32 KiB window; 9: the most memory, for the best matches. */
  return deflateInit2(stream, level, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
}

/* window_bits: -15 raw deflate, 15 + 32 zlib or gzip by its header. */
static inline int mimir_inflate_init(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}

#endif
