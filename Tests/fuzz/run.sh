#!/usr/bin/env bash
# Builds every fuzz target and runs it for so many seconds, first on its seeds and on every input that
# was ever a finding, then on what libFuzzer makes of them.
# Usage: run.sh LIBDIR INCLUDEDIR SECONDS [TARGET…]
#
# A library of `build_lib.sh fuzz` says which of its code an input reaches, and so leads the search.
# What was found to reach more stays in build/fuzz/corpus for the next run; a finding goes to
# build/fuzz/findings, and belongs in seeds/regressions once it is mended. Run one again with
# build/fuzz/fuzz_TARGET FILE.
source "$(dirname "$0")/../../scripts/common.sh"

if [ $# -lt 3 ]; then
  echo "usage: $0 LIBDIR INCLUDEDIR SECONDS [TARGET…]" >&2
  exit 2
fi
library=$(realpath "$1")
include=$(realpath "$2")
seconds=$3
targets=("${@:4}")
if [ ${#targets[@]} = 0 ]; then targets=(reader recovery salvage json); fi
sources=Tests/fuzz
work=build/fuzz
mkdir -p "$work/findings"
clang=$(swift_clang)
# The sanitizer of the library must be that of the program.
sanitizers=fuzzer
if [[ $(nm -D "$library/libmimir.so") == *__asan_init* ]]; then sanitizers+=,address; fi
# The files of the targets, in memory; also those of one that ended in the middle.
TMPDIR=$(mktemp -d -p /dev/shm)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
passed=0
failed=0

build() {
  "$clang++" -std=c++17 -O1 -g -Wall -Wextra -Werror "-fsanitize=$sanitizers" -I "$include" \
    "$sources/fuzz_$1.cpp" -o "$work/fuzz_$1" -L "$library" -lmimir -lz -rdynamic -fuse-ld=lld \
    -Xlinker -rpath -Xlinker "$library" -Xlinker --allow-shlib-undefined
}

# The seeds of a target and its own regressions: their names begin with the target's.
gather() {
  local kind=logs target=$1
  if [ "$target" = json ]; then kind=json; fi
  mkdir -p "$work/corpus/$target"
  rm -rf "$work/seeds/$target"
  mkdir -p "$work/seeds/$target"
  cp "$sources/seeds/$kind"/* "$work/seeds/$target"
  find "$sources/seeds/regressions" -name "$target-*" -exec cp -t "$work/seeds/$target" {} +
}

run() {
  local target=$1 log=$work/$1.log status=0 options=()
  gather "$target"
  if [ "$target" = json ]; then
    options=("-dict=$sources/json.dict" -max_len=4096)
  else
    options=(-max_len=40000)
  fi
  # A limit of our own besides libFuzzer's: it looks at the clock only between two inputs.
  timeout --kill-after=10 $((seconds + 120)) "$work/fuzz_$target" "${options[@]}" \
    -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 \
    -artifact_prefix="$work/findings/$target-" \
    "$work/corpus/$target" "$work/seeds/$target" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" = 0 ]; then
    passed=$((passed + 1))
    printf '%-10s %9s inputs, %s\n' "$target" \
      "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
      "$(grep -o 'cov: [0-9]* ft: [0-9]* corp: [0-9]*' "$log" | tail -n 1)"
  else
    failed=$((failed + 1))
    printf '%-10s FOUND (exit status %s), see %s\n' "$target" "$status" "$log"
    grep -E 'not so:|ERROR:|Fatal error|Test unit written' "$log" | sed 's/^/    /' || true
  fi
}

for target in "${targets[@]}"; do
  build "$target"
  run "$target"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
