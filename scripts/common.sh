# shellcheck shell=bash
# Sourced by the other scripts: strict mode, the repository's root as working folder, small helpers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD
export ROOT
# Last: only for what the system has not.
PATH=$PATH:$ROOT/.venv/bin

# One line above a step, so that a long run can be followed.
say() { printf '\n== %s\n' "$*"; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The version, as the header has it: the only place where it is written.
mimir_version() {
  sed -n 's/^#define MIMIR_VERSION_STRING "\(.*\)"$/\1/p' include/mimir/status.h
}

# Prints the files that belong to the project and match the patterns; before the first commit, and
# in a release archive without .git, that is every file outside the build folders.
project_files() {
  local names=()
  local pattern
  for pattern in "$@"; do names+=(-o -name "$pattern"); done
  find . \( -name '.?*' ! -name .ci -o -name build -o -name __pycache__ \) -prune \
    -o -type f \( "${names[@]:1}" \) -print | sort
}

# The clang that comes with the Swift toolchain.
swift_clang() {
  local path
  path=$(dirname "$(readlink -f "$(command -v swift)")")/clang
  [ -x "$path" ] || die "no clang beside $(command -v swift)"
  echo "$path"
}
