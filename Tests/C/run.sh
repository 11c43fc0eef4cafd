#!/usr/bin/env bash
# Compiles the headers and builds and runs every test in C and C++ against a library.
# Usage: run.sh LIBDIR INCLUDEDIR
# CC, CXX, CFLAGS, CXXFLAGS, LDFLAGS: as usual. MIMIR_TEST_FLAGS: more flags for all tests, e.g.
# -fsanitize=address.
set -euo pipefail

if [ $# -ne 2 ]; then
  echo "usage: $0 LIBDIR INCLUDEDIR" >&2
  exit 2
fi
library=$(realpath "$1")
include=$(realpath "$2")
tests=$(dirname "$(dirname "$(realpath "$0")")")
cc=${CC:-gcc}
cxx=${CXX:-g++}
read -ra cflags <<<"${CFLAGS:-} ${MIMIR_TEST_FLAGS:-}"
read -ra cxxflags <<<"${CXXFLAGS:-} ${MIMIR_TEST_FLAGS:-}"
read -ra ldflags <<<"${LDFLAGS:-}"
warnings=(-Wall -Wextra -Wpedantic -Werror)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# One line for each program; a program that did not get to its own last line counts as a failure.
report() {
  local name=$1 status=$2 output=$3 line more_passed=0 more_failed=1
  line=$(tail -n 1 "$output")
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    more_passed=${BASH_REMATCH[1]}
    more_failed=${BASH_REMATCH[2]}
    if [ "$status" -ne 0 ] && [ "$more_failed" -eq 0 ]; then more_failed=1; fi
  fi
  passed=$((passed + more_passed))
  failed=$((failed + more_failed))
  printf '%-28s %s passed, %s failed' "$name" "$more_passed" "$more_failed"
  if [ "$status" -ne 0 ]; then printf ' (exit status %s)' "$status"; fi
  printf '\n'
  if [ "$more_failed" -ne 0 ]; then sed 's/^/    /' "$output"; fi
}

# Whether a header compiles by itself and twice: COMPILER LANGUAGE STANDARD HEADER.
compiles() {
  printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' "$4" "$4" |
    "$1" -x "$2" "-std=$3" "${warnings[@]}" -I "$include" -c -o /dev/null -
}

# Whether a header that needs C++20 says so to an older one, and nothing else: COMPILER HEADER.
asks_for_cpp20() {
  local errors
  if errors=$(LC_ALL=C compiles "$1" c++ c++17 "$2" 2>&1); then return 1; fi
  [ "$(grep -c 'error:' <<<"$errors")" = 1 ] && grep -q 'error: .*needs C++20' <<<"$errors"
}

headers() {
  local output=$work/headers.out ok=0 bad=0 compiler standard header
  check() {
    if compiles "$@" >>"$output" 2>&1; then ok=$((ok + 1)); else bad=$((bad + 1)); fi
  }
  check_span() {
    if asks_for_cpp20 "$@"; then ok=$((ok + 1)); else bad=$((bad + 1)); fi
  }
  for compiler in gcc clang; do
    for header in "$include"/mimir.h "$include"/mimir/*.h; do
      header=${header#"$include"/}
      for standard in c99 c11 c17; do check "$compiler" c "$standard" "$header"; done
      for standard in c++17 c++20; do check "$compiler" c++ "$standard" "$header"; done
    done
    for header in "$include"/mimir.hpp "$include"/mimir/*.hpp; do
      header=${header#"$include"/}
      case $header in mimir/torch.hpp) continue ;; esac # Tests/torch has libtorch
      for standard in c++17 c++20; do
        if [ "$header $standard" = "mimir/span.hpp c++17" ]; then
          check_span "$compiler" "$header"
        else
          check "$compiler" c++ "$standard" "$header"
        fi
      done
    done
  done
  echo "$ok passed, $bad failed" >>"$output"
  report headers 0 "$output"
}

# Builds one test with the given command and runs it in a folder of its own: SOURCE COMMAND...
run() {
  local source=$1 name program output status=0 arguments=()
  shift
  name=$(basename "$source")
  program=$work/${name//./_}
  output=$work/$name.out
  mkdir "$program.cwd"
  local link=(-L "$library" -lmimir -lz -Xlinker -rpath -Xlinker "$library"
    -Xlinker --allow-shlib-undefined)
  if [ "$name" = test_signals.c ]; then
    link=(-ldl -rdynamic) # a sanitized library takes its runtime from the program
    arguments=("$library/libmimir.so")
  fi
  "$@" "${warnings[@]}" -g -I "$include" "$source" -o "$program" -pthread \
    ${ldflags[@]+"${ldflags[@]}"} "${link[@]}" >"$output" 2>&1 || status=$?
  if [ "$status" -eq 0 ]; then
    (cd "$program.cwd" && timeout 300 "$program" ${arguments[@]+"${arguments[@]}"}) \
      >"$output" 2>&1 </dev/null || status=$?
  fi
  report "$name" "$status" "$output"
}

# That the headers compile has nothing to do with a sanitizer.
if [ -z "${MIMIR_TEST_FLAGS:-}" ]; then headers; fi
for source in "$tests"/C/test_*.c; do
  run "$source" "$cc" -std=c11 -D_GNU_SOURCE ${cflags[@]+"${cflags[@]}"}
done
for source in "$tests"/Cpp/test_*.cpp; do
  standard=c++17
  case $source in */test_span.cpp) standard=c++20 ;; esac
  run "$source" "$cxx" "-std=$standard" ${cxxflags[@]+"${cxxflags[@]}"}
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
