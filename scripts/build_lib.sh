#!/usr/bin/env bash
# Builds libmimir into build/lib. With `address` or `thread`, a library with that sanitizer goes
# into build/lib-address or build/lib-thread instead, for the C tests; with `fuzz`, one into
# build/lib-fuzz that checks addresses and tells libFuzzer which of its code an input reaches.
source "$(dirname "$0")/common.sh"

version=$(mimir_version)
sanitizer=${1-}

# Stdlib static: the dynamic runtime would put signal handlers into the host process. nodelete: the
# Swift runtime cannot be unloaded. lld: the toolchain brings it, gold is not everywhere. A scratch
# folder per set of flags: changed flags rebuild all.
flags=(-Xswiftc -static-stdlib -Xswiftc -use-ld=lld)
if [ -z "$sanitizer" ]; then
  scratch=.build/lib
  target=build/lib
  # No run-time exclusivity checks: what is mutable is used under a lock, and the checks cost as much
  # as formatting a double. Debug builds, which the tests use, keep them.
  flags+=(-Xswiftc -enforce-exclusivity=unchecked -Xlinker --gc-sections)
else
  scratch=.build/lib-$sanitizer
  target=build/lib-$sanitizer
  flags+=(--sanitize "${sanitizer/fuzz/address}")
fi
if [ "$sanitizer" = fuzz ]; then
  # Swift's own `-sanitize=fuzzer` would link libFuzzer's main into the library.
  flags+=(-Xswiftc '-sanitize-coverage=edge,indirect-calls,trace-cmp')
  for option in inline-8bit-counters pc-table; do
    flags+=(-Xswiftc -Xllvm -Xswiftc "-sanitizer-coverage-$option")
  done
fi
# Without the traits, which need other packages and the library does not.
swift build -c release --product mimir --scratch-path "$scratch" --disable-default-traits \
  "${flags[@]}" \
  -Xlinker "--version-script=$ROOT/abi/mimir.map" \
  -Xlinker -soname=libmimir.so.0 -Xlinker -z -Xlinker nodelete

mkdir -p "$target"
built=$scratch/release/libmimir.so
library=$target/libmimir.so.$version
if [ ! -e "$library" ] || [ "$built" -nt "$library" ]; then
  # Beside it and renamed: a program that runs with the old one keeps what it has mapped.
  cp "$built" "$library.new"
  if [ -z "$sanitizer" ]; then strip --strip-unneeded "$library.new"; fi
  mv "$library.new" "$library"
fi
touch "$library"  # newer than all sources: pip asks for that before it calls for a build
ln -sfn "libmimir.so.$version" "$target/libmimir.so.0"
ln -sfn libmimir.so.0 "$target/libmimir.so"
