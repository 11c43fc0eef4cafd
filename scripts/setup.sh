#!/usr/bin/env bash
# Installs what building and testing need: tools from the system's packages, Python packages into
# .venv. Runs in an instant when nothing is missing. `setup.sh bench` adds what only benchmarks need,
# `setup.sh readers` the gzip readers that only `make readers` tries, `setup.sh torch` PyTorch for
# `make demo-torch`, `make demo-libtorch` and the suite torch.
source "$(dirname "$0")/common.sh"

PYTHON=${PYTHON:-python3}

check_toolchains() {
  command -v swift >/dev/null ||
    die "Swift is not installed (6.3 or later is needed): see https://www.swift.org/install/linux/"
  local swift_version
  swift_version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p')
  [ "$(printf '6.3\n%s\n' "$swift_version" | sort -V | head -n 1)" = 6.3 ] ||
    die "Swift 6.3 or later is needed, this is ${swift_version:-unknown}"
  command -v "$PYTHON" >/dev/null ||
    die "$PYTHON is not installed (Python 3.10 or later is needed)"
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    die "Python 3.10 or later is needed, $PYTHON is older; PYTHON=python3.12 make … picks another"
}

# Prints the Debian packages that are missing, told by what they would bring.
missing_packages() {
  local command
  for command in gcc g++ make cmake jq shellcheck gzip pigz tmux mandoc; do
    command -v "$command" >/dev/null || echo "$command"
  done
  command -v nm >/dev/null || echo binutils
  command -v dpkg-shlibdeps >/dev/null || echo dpkg-dev
  command -v mandb >/dev/null || echo man-db
  command -v node >/dev/null || echo nodejs
  command -v ip >/dev/null || echo iproute2
  [ -e /usr/include/zlib.h ] || echo zlib1g-dev
  [ -e /usr/include/zmq.h ] || echo libzmq3-dev
  [ -e /usr/include/nlohmann/json.hpp ] || echo nlohmann-json3-dev
  command -v pkg-config >/dev/null || echo pkg-config
  has_browser || is_ubuntu || echo chromium
  "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
  [ -e "$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" ] ||
    echo python3-dev
  if [ "${1-}" = bench ]; then
    [ -e /usr/include/fmt/compile.h ] || echo libfmt-dev
  fi
  if [ "${1-}" = readers ]; then
    command -v go >/dev/null || echo golang-go
    command -v javac >/dev/null || echo default-jdk-headless
  fi
}

has_browser() {
  local command
  for command in chromium-headless-shell chromium google-chrome; do
    if command -v "$command" >/dev/null; then return 0; fi
  done
  return 1
}

is_ubuntu() { grep -qsx 'ID=ubuntu' /etc/os-release; }

# Ubuntu has Chromium only as a snap, which sees no files in /tmp.
get_browser() {
  say "installing a browser for the tests"
  .venv/bin/playwright install --with-deps --only-shell chromium
  local shell
  shell=$(find "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}" -type f -perm -u+x \
    -name '*headless[-_]shell' | sort | tail -n 1)
  [ -n "$shell" ] || die "no browser: please install chromium-headless-shell, chromium or google-chrome"
  ln -s "$shell" .venv/bin/chromium-headless-shell
}

install_packages() {
  command -v apt-get >/dev/null ||
    die "missing: $*; these are Debian's names, please install them with this system's package manager"
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "missing: $*; run as root: apt-get install $*"
    sudo=(sudo)
  fi
  say "installing $*"
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "$@"
}

# The stamp holds the checksum of what .venv was made from, its own place included: a virtual
# environment does not survive being moved.
venv_checksum() {
  { cat scripts/requirements.txt && "$PYTHON" -V && pwd; } | sha256sum
}

make_venv() {
  local stamp=.venv/mimir-setup
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(venv_checksum)" ]; then return; fi
  say "making .venv"
  "$PYTHON" -m venv --clear .venv
  .venv/bin/pip install --quiet --disable-pip-version-check -r scripts/requirements.txt
  venv_checksum >"$stamp"
}

check_toolchains
missing=$(missing_packages "$@")
if [ -n "$missing" ]; then
  # shellcheck disable=SC2086  # one word per package
  install_packages $missing
fi
make_venv
has_browser || get_browser
if [ "${1-}" = torch ] && ! .venv/bin/python -c 'import torch' 2>/dev/null; then
  say "installing PyTorch"
  .venv/bin/pip install --quiet --disable-pip-version-check -r scripts/requirements-torch.txt
fi
if [ "${1-}" = readers ]; then
  .venv/bin/pip install --quiet --disable-pip-version-check -r scripts/requirements-readers.txt
fi
