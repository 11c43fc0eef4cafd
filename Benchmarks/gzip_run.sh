#!/usr/bin/env bash
# Measures gzip logs into a folder's `gzip-rows`; run.sh makes tables of them. Four minutes or so.
source "$(dirname "$0")/../scripts/common.sh"

scratch=$1
programs=build/bench
for program in gzip_bench gzip_stall gzip_read; do
  g++ -std=c++17 -O2 -Wall -Wextra -Werror -Iinclude "Benchmarks/$program.cpp" \
    -o "$programs/$program" -Lbuild/lib -lmimir -lz -Wl,-rpath,"$ROOT/build/lib"
done

"$programs/gzip_bench" "$scratch"
"$programs/gzip_bench" "$scratch" 7 alone
stall() { timeout 120 "$programs/gzip_stall" "$scratch" "$@"; }
# As fast as it goes: more than can be compressed meanwhile.
stall write 2 10000000
stall gzwrite 2 2000000
stall safe 2 10000000
stall interval 2 10000000
stall gzwrite 20 100000
stall safe 20 200000
# At rates at which compressing keeps up.
stall write 2 2000000 100000
stall safe 2 2000000 100000
stall interval 2 2000000 100000
stall write 20 200000 10000
stall safe 20 200000 10000
.venv/bin/python Benchmarks/gzip_bench.py "$scratch" "$programs/gzip_read"
