/* zlib's gzread: writes what a gzip file holds to standard output. */
#include <stdio.h>
#include <zlib.h>

int main(int count, char **arguments) {
  if (count != 2) return 2;
  gzFile file = gzopen(arguments[1], "rb");
  if (file == NULL) return 1;
  static char buffer[1 << 16];
  int length;
  while ((length = gzread(file, buffer, sizeof buffer)) > 0) {
    if (fwrite(buffer, 1, (size_t)length, stdout) != (size_t)length) return 1;
  }
  int error;
  const char *message = gzerror(file, &error);
  if (length < 0) fprintf(stderr, "%s\n", message);
  return gzclose(file) == Z_OK && length == 0 ? 0 : 1;
}
