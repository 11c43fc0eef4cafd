#!/usr/bin/env bash
# Measures the peers, which get a virtual environment of their own: they bring some hundred packages.
# `peers_run.sh FILE` writes the table to FILE too.
source "$(dirname "$0")/../scripts/common.sh"

venv=build/peers-venv
export MIMIR_LIBRARY=$ROOT/build/lib/libmimir.so
export PYTHONPATH=$ROOT/bindings/python
if ! cmp --silent scripts/requirements-peers.txt "$venv/installed"; then
  "${PYTHON:-python3}" -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r scripts/requirements-peers.txt
  cp scripts/requirements-peers.txt "$venv/installed"
fi
scratch=$(mktemp -d) # not in the checkout: dvclive looks for the repository it is in, and changes it
trap 'rm -rf "$scratch"' EXIT
echo "measuring, some minutes" >&2
"$venv/bin/python" Benchmarks/peers_bench.py "$scratch" >"$scratch/rows"
{
  cat <<TEXT
# Peers

The output of \`make bench-peers\`; \`make -C Benchmarks peers-docs\` keeps it here. Machine:
$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores.

Microseconds per call of the function that logs an entry (a counter and random doubles), each call
timed, and in brackets the ratio to orjson + write + flush in the same process. What a peer does later,
in other threads and processes, counts only as far as it holds the caller up; what it keeps of an entry
when the process is killed just then differs as well: Mímir keeps it.

| | fields | median | mean | p99 |
| --- | ---: | ---: | ---: | ---: |
$(cat "$scratch/rows")
TEXT
} | tee ${1:+"$1"}
