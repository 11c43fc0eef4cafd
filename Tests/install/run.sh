#!/usr/bin/env bash
# Installs into an empty folder, builds and runs a C and a C++ program with what pkg-config says,
# and takes everything away again.
source "$(dirname "$0")/../../scripts/common.sh"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
passed=0
failed=0
check() {
  local name=$1
  shift
  if "$@" >"$stage/output" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "not ok: $name"
    cat "$stage/output"
  fi
}

prefix=$stage/prefix
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
cat >"$stage/main.c" <<'C'
#include <mimir.h>
#include <string.h>
int main(void) {
  mimir_logger *logger;
  mimir_logger_options options = MIMIR_LOGGER_OPTIONS_INIT;
  options.maxlen = 1;
  if (mimir_logger_open(&options, &logger) != MIMIR_OK) return 1;
  mimir_status status = mimir_logger_log_json(logger, "{\"a\": 1}", MIMIR_NUL_TERMINATED);
  mimir_logger_close(logger);
  return status != MIMIR_OK || strcmp(mimir_version_string(), MIMIR_VERSION_STRING) != 0;
}
C
printf '#include <mimir.hpp>\nint main() { mimir::Entry().set({{"a", 1}}); }\n' >"$stage/main.cpp"

compile_and_run() {
  local compiler=$1 source=$2 flags
  read -ra flags <<<"$(pkg-config --cflags --libs mimir)"
  "$compiler" "$source" -o "$stage/main" "${flags[@]}" && LD_LIBRARY_PATH=$prefix/lib "$stage/main"
}

check "make install" make install "PREFIX=$prefix"
check "pkg-config has the version" test "$(pkg-config --modversion mimir)" = "$(mimir_version)"
check "a C program" compile_and_run gcc "$stage/main.c"
check "a C++ program" compile_and_run g++ "$stage/main.cpp"
check "make uninstall" make uninstall "PREFIX=$prefix"
check "uninstall leaves no file" test -z "$(find "$prefix" ! -type d)"
check "make install, staged" make install PREFIX=/usr "DESTDIR=$stage/root"
check "mimir.pc names the final place" \
  grep -qx 'prefix=/usr' "$stage/root/usr/lib/pkgconfig/mimir.pc"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
