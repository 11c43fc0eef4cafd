#!/usr/bin/env bash
# Runs every suite, then prints the sum of their counts as the last line. `test.sh NAME…` runs only
# the suites whose names begin so, e.g. `scripts/test.sh python c-`.
source "$(dirname "$0")/common.sh"

wanted=("$@")
logs=build/test
mkdir -p "$logs"
passed=0
failed=0
summary=()

export MIMIR_LIBRARY=$ROOT/build/lib/libmimir.so
export PYTHONPATH=$ROOT/bindings/python
# The sanitizers must end the process with an error, not only print one.
export ASAN_OPTIONS=detect_leaks=1:halt_on_error=1
export TSAN_OPTIONS=halt_on_error=0:exitcode=66

is_wanted() {
  local prefix
  [ ${#wanted[@]} = 0 ] && return 0
  for prefix in "${wanted[@]}"; do
    case $1 in "$prefix"*) return 0 ;; esac
  done
  return 1
}

# suite NAME SECONDS COMMAND…
suite() {
  local name=$1 limit=$2 started=$SECONDS status=0 counts
  shift 2
  is_wanted "$name" || return 0
  say "$name"
  timeout --kill-after=10 "$limit" "$@" 2>&1 | tee "$logs/$name.log" || status=${PIPESTATUS[0]}
  if [ "$status" = 124 ]; then echo "$name: no end after $limit s"; fi
  counts=$(.venv/bin/python scripts/sum_counts.py "$status" "$logs/$name.log")
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
  summary+=("$(printf '%-22s %6s passed %4s failed %5s s' "$name" "${counts% *}" "${counts#* }" \
    $((SECONDS - started)))")
}

# The C and C++ tests against a library with the sanitizer; clang of the Swift toolchain, because
# the sanitizer's runtime must be the one the library was built for. That of TSan needs dispatch,
# and -rdynamic lets a library that is loaded at run time find it.
sanitized_c_tests() {
  local sanitizer=$1 clang runtime
  scripts/build_lib.sh "$sanitizer"
  clang=$(swift_clang)
  runtime=$(dirname "$clang")/../lib/swift/linux
  CC=$clang CXX=$clang++ MIMIR_TEST_FLAGS="-fsanitize=$sanitizer" \
    LDFLAGS="-rdynamic -L$runtime -ldispatch -lBlocksRuntime -Xlinker -rpath -Xlinker $runtime" \
    Tests/C/run.sh "$ROOT/build/lib-$sanitizer" "$ROOT/include"
}
# A short round of each fuzz target; `make fuzz` is the long one.
short_fuzzing() {
  scripts/build_lib.sh fuzz
  Tests/fuzz/run.sh build/lib-fuzz include 15
}
export -f sanitized_c_tests short_fuzzing swift_clang

library=$ROOT/build/lib
suite swift 900 swift test --disable-xctest
suite docs 300 bash -ec 'scripts/build_docs.sh; echo "1 passed, 0 failed"'
suite c-cpp 600 Tests/C/run.sh "$library" "$ROOT/include"
suite abi 120 .venv/bin/python scripts/check_abi.py "$library/libmimir.so"
suite golden-floats 300 .venv/bin/python Tests/golden/check_floats.py "$library/libmimir.so"
suite python 300 .venv/bin/python -m pytest -q bindings/python/tests \
  --ignore=bindings/python/tests/plot
# In a real browser.
suite plot 600 .venv/bin/python -m pytest -q bindings/python/tests/plot
suite command 300 .venv/bin/python -m pytest -q Tests/command
suite scripts 60 .venv/bin/python -m pytest -q Tests/scripts
suite install 300 .venv/bin/python -m pytest -q Tests/install
suite swift-package 600 Tests/package/run.sh
suite torch 600 bash -ec 'scripts/setup.sh torch; .venv/bin/python -m pytest -q Tests/torch'
suite wheel 400 .venv/bin/python -m pytest -q Tests/wheel
suite crash-kill 300 .venv/bin/python Tests/crash/kill_plain.py "$library" --kills 200
suite crash-shared 300 .venv/bin/python Tests/crash/shared_plain.py "$library"
suite crash-gzip 300 .venv/bin/python Tests/crash/kill_gzip.py "$library" --kills 100
suite crash-gzip-shared 120 .venv/bin/python Tests/crash/shared_gzip.py "$library"
suite gzip-readers 120 .venv/bin/python Tests/readers/foreign_readers.py "$library"
suite gzip-copies 300 .venv/bin/python Tests/readers/live_copies.py "$library" --copies 150
suite gzip-size 120 .venv/bin/python Tests/readers/size_gzip.py "$library"
for campaign in late_joiners stopped_viewers restarts hostile_clients hostile_publishers curve \
  two_hosts exits; do
  suite "stream-${campaign//_/-}" 120 .venv/bin/python "Tests/stream/$campaign.py" "$library"
done
for campaign in server_restarts original_clients hostile_frames remote_hosts; do
  suite "remote-${campaign//_/-}" 180 .venv/bin/python "Tests/remote/$campaign.py" "$library"
done
suite fuzz 600 bash -ec short_fuzzing
# lld: gold, the default, warns of every symbol of a sanitizer.
suite asan-swift 900 swift test --disable-xctest --sanitize address \
  --scratch-path .build/address -Xswiftc -use-ld=lld
# Not the tests that go through thousands of files on one thread: there is no race to find.
suite tsan-swift 900 swift test --disable-xctest --sanitize thread \
  --skip "CutPointTests|GzipFaultTests|GzipReaderDamageTests|GzipRepairTests|isValidAfterEvery" \
  --scratch-path .build/thread -Xswiftc -use-ld=lld
suite asan-c-cpp 900 bash -ec 'sanitized_c_tests address'
suite tsan-c-cpp 900 bash -ec 'sanitized_c_tests thread'

say "summary"
printf '%s\n' "${summary[@]}" "" "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
