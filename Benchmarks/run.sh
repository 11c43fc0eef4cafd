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
echo "measuring, about five minutes" >&2
{
  build/bench/log_bench "$scratch"
  .venv/bin/python Benchmarks/log_bench.py "$scratch"
  .venv/bin/python Benchmarks/log_bench.py "$scratch" --without-orjson
  Benchmarks/gzip_run.sh "$scratch"
  g++ -std=c++17 -O2 -Wall -Wextra -Werror -Iinclude Benchmarks/stream_bench.cpp \
    -o build/bench/stream_bench -Lbuild/lib -lmimir -lzmq -Wl,-rpath,"$ROOT/build/lib"
  build/bench/stream_bench "$scratch" 1000000
  .venv/bin/python Benchmarks/plot_bench.py "$scratch"
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

## Gzip logs, C: cost per entry

Nanoseconds per entry (median of 11 rounds), flushing included, and the ratio to the floor named. The
rounds are short; long runs, with compactions, are below. As in any training process, there is
another thread, which sleeps: glibc's locks and the kernel's look at a file descriptor cost more then.

| | floor | 2 fields | ratio | 20 fields | ratio |
| --- | --- | ---: | ---: | ---: | ---: |
$(rows GZIPCOST)

The same in a process that has no other thread but the one that a log starts when it has something to
compact:

| | floor | 2 fields | ratio | 20 fields | ratio |
| --- | --- | ---: | ---: | ---: | ---: |
$(rows GZIPALONE | grep -v zlib)

## Gzip logs, C: long runs

Nanoseconds, every call timed (the clock itself costs some 20 to 50), while the log is compacted.

| | million calls | mean | p50 | p99 | p99.99 | worst | calls over 1 ms | compactions before closing |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
$(rows STALL)

What these runs needed. Memory is VmRSS in MiB; 4 bytes per call of it are the measurement's own.

| | memory at first | ¼ | ½ | ¾ | all | closed | MiB before closing | MiB closed | seconds | closing, s |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
$(rows MEMORY)

## Gzip logs, Python

Microseconds per call, each call timed, and in brackets the ratio to the first.

| | fields | median | mean | p99 |
| --- | ---: | ---: | ---: | ---: |
$(rows GZIPPYTHON)

## Gzip logs: size when closed

| fields | bytes of text | bytes in the log | against \`gzip -6\` | against \`gzip -9\` |
| ---: | ---: | ---: | ---: | ---: |
$(rows GZIPSIZE)

## Gzip logs: reading and recovery

Milliseconds, the best of three (of \`zcat | tail\` one); the page cache is warm.

| | ms |
| --- | ---: |
$(rows GZIPREAD)

## Streaming: what a publisher costs the one who logs

Nanoseconds per \`log_doubles\` of 2 fields to a plain log, every entry safe, every call timed (median of
three runs). Viewers are processes on the same two cores, and each got every entry.

| | rate | p50 | more than without | mean | p99 |
| --- | --- | ---: | ---: | ---: | ---: |
$(rows STREAMCOST)

## Streaming: delivery to one viewer on loopback

Entries a second until the viewer has all of 1,000,000 (best of three runs).

| | entries/s |
| --- | ---: |
$(rows STREAMRATE)

Microseconds from one side to the other at one entry a millisecond.

| | p50 | p99 |
| --- | ---: | ---: |
$(rows STREAMLATENCY)

Milliseconds until a late joiner, connecting included, has what is held in memory (median of five).

| entries | ms |
| ---: | ---: |
$(rows STREAMSNAPSHOT)

## Plots: opening a log of 1,000,000 entries

Three numbers an entry, of which two are drawn. Seconds from the start of Python to the first picture's
data (median of five), and the peak of memory in MiB.

| | imports | reading | picture | together | MiB |
| --- | ---: | ---: | ---: | ---: | ---: |
$(rows PLOTOPEN)

## Plots: keeping up with 10,000,000 points

Milliseconds from new points to a picture's data 1,000 pixels wide (median of five). Drawing takes at
most a fifth of the time: what takes longer is drawn less often.

| | ms |
| --- | ---: |
$(rows PLOTUPDATE)

| | MiB |
| --- | ---: |
$(rows PLOTMEMORY)
TEXT
} | tee ${1:+"$1"}
