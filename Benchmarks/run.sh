#!/usr/bin/env bash
# Runs all benchmarks and prints their tables as Markdown. `run.sh FILE` writes them to FILE too.
source "$(dirname "$0")/../scripts/common.sh"

export MIMIR_LIBRARY=$ROOT/build/lib/libmimir.so
export PYTHONPATH=$ROOT/bindings/python
mkdir -p build/bench
scratch=$(mktemp -d -p build)
trap 'rm -rf "$scratch"' EXIT

g++ -std=c++17 -O2 -Wall -Wextra -Werror -Iinclude Benchmarks/log_bench.cpp \
  -o build/bench/log_bench -Lbuild/lib -lmimir -Wl,-rpath,"$ROOT/build/lib"
echo "measuring, about a minute" >&2
{
  build/bench/log_bench "$scratch"
  .venv/bin/python Benchmarks/log_bench.py "$scratch"
  .venv/bin/python Benchmarks/log_bench.py "$scratch" --without-orjson
} >build/bench/rows

rows() { sed -n "s/^$1//p" build/bench/rows; }
{
  cat <<TEXT
# Benchmarks

The output of \`make bench\`; \`make -C Benchmarks docs\` keeps it here. Machine:
$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores.

All contestants of a table take turns in one run. What counts is the ratio to the floor, which is the
least that a program can do for the same line. Entries: a counter and random doubles.

## C: cost per entry

Nanoseconds per entry (median of 15 rounds), flushing included, and the ratio to the floor named.

| | floor | 2 fields | ratio | 20 fields | ratio |
| --- | --- | ---: | ---: | ---: | ---: |
$(rows COST)

## C: single calls

Nanoseconds, each of 400,000 calls timed (the clock itself costs some 20 to 50).

| | p50 | p99 | p99.99 | worst |
| --- | ---: | ---: | ---: | ---: |
$(rows LATENCY)

## Python

Microseconds per call, each call timed, and in brackets the ratio to the floor above it.

| | fields | median | mean | p99 |
| --- | ---: | ---: | ---: | ---: |
$(rows PYTHON)
TEXT
} | tee ${1:+"$1"}
