#!/usr/bin/env bash
# Checks style and types of every file in the project; changes nothing. `make format` repairs what
# can be repaired by a program.
source "$(dirname "$0")/common.sh"

failed=()
# check NAME COMMAND…: runs all checks even when one fails, so that one run shows everything.
check() {
  local name=$1
  shift
  say "$name"
  if "$@"; then echo ok; else failed+=("$name"); fi
}

mapfile -t swift < <(project_files '*.swift')
mapfile -t c < <(project_files '*.c' '*.h' '*.cpp' '*.hpp')
mapfile -t shell < <(project_files '*.sh')
mapfile -t python < <(project_files '*.py' | grep -v '^./bindings/')
shell+=(.ci/run)

check swift-format swift format lint --strict --parallel "${swift[@]}"
check clang-format .venv/bin/clang-format --dry-run --Werror "${c[@]}"
check "ruff check" .venv/bin/ruff check .
check "ruff format" .venv/bin/ruff format --check .
check "mypy" .venv/bin/mypy --strict "${python[@]}"
check "mypy, Python package" env -C bindings/python ../../.venv/bin/mypy --strict mimir tests setup.py
check shellcheck shellcheck --external-sources --source-path=SCRIPTDIR "${shell[@]}"

if [ ${#failed[@]} != 0 ]; then
  say "not ok: ${failed[*]}"
  exit 1
fi
say "all clean"
