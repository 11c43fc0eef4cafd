#!/usr/bin/env bash
# Formats every source file in place.
source "$(dirname "$0")/common.sh"

mapfile -t swift < <(project_files '*.swift')
mapfile -t c < <(project_files '*.c' '*.h' '*.cpp' '*.hpp')
swift format --in-place --parallel "${swift[@]}"
.venv/bin/clang-format -i "${c[@]}"
.venv/bin/ruff check --quiet --fix .
.venv/bin/ruff format --quiet .
