#!/usr/bin/env bash
# Trains with libtorch in C++, against an installed Mímir, and looks at the log.
source "$(dirname "$0")/../../scripts/common.sh"

demo=$ROOT/build/demo-libtorch
rm -rf "$demo" # Mímir would go on after what the log holds.
mkdir -p "$demo"
export MIMIR_LIBRARY=$ROOT/build/lib/libmimir.so
export PYTHONPATH=$ROOT/bindings/python:$ROOT/Examples
python=$ROOT/.venv/bin/python

say "installing Mímir into build/demo-libtorch/prefix"
make --no-print-directory install PREFIX="$demo/prefix"

say "building Examples/torch with CMake"
torch=$("$python" -c 'import torch; print(torch.utils.cmake_prefix_path)')
cmake -S Examples/torch -B "$demo/build" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$demo/prefix;$torch"
cmake --build "$demo/build"

say "training"
"$python" Examples/torch/save_digits.py "$demo"
"$demo/build/train" "$demo"

say "zcat build/demo-libtorch/torch.jsonl.gz | jq"
zcat "$demo/torch.jsonl.gz" | jq -c 'select(.sample) | del(.sample)'
say "Examples/torch/show_log.py"
"$python" Examples/torch/show_log.py "$demo/torch.jsonl.gz"
