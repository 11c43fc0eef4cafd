#!/usr/bin/env bash
# Builds a program with libtorch and Mímir by what pkg-config and Python say, where there is no CMake.
# Usage: build.sh SOURCE PROGRAM [COMPILER OPTION…]
# PYTHON: one that has torch. PKG_CONFIG_PATH: with PREFIX/lib/pkgconfig, unless that is a standard one.
set -euo pipefail

source=$1
program=$2
shift 2
torch=$("${PYTHON:-python3}" -c 'import os, torch; print(os.path.dirname(torch.__file__))')
mimir=$(pkg-config --variable=libdir mimir)
read -ra flags <<<"$(pkg-config --cflags --libs mimir)"
# -isystem: the warnings of libtorch's headers are its own. Without --no-as-needed the linker drops
# libtorch, which a program does not call by name.
"${CXX:-g++}" -std=c++20 -O1 "$@" "$source" -o "$program" \
  -isystem "$torch/include" -isystem "$torch/include/torch/csrc/api/include" \
  "${flags[@]}" -L"$torch/lib" -Wl,--no-as-needed -ltorch -ltorch_cpu -lc10 \
  -Wl,-rpath,"$mimir" -Wl,-rpath,"$torch/lib" -pthread
