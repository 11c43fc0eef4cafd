#!/usr/bin/env bash
# Trains the same classifier in Python, C, C++ and Swift, and looks at the four logs.
source "$(dirname "$0")/../scripts/common.sh"

demo=build/demo
mkdir -p "$demo"
rm -f "$demo"/*.jsonl # Mímir would go on after what they hold.
export MIMIR_LIBRARY=$ROOT/build/lib/libmimir.so
export PYTHONPATH=$ROOT/bindings/python
link=(-Lbuild/lib -lmimir -lm "-Wl,-rpath,$ROOT/build/lib")
warnings=(-O2 -Wall -Wextra -Wpedantic -Werror -Iinclude)

say "building the C, C++ and Swift examples"
gcc -std=c11 "${warnings[@]}" Examples/c/*.c -o "$demo/train-c" "${link[@]}"
g++ -std=c++17 "${warnings[@]}" Examples/cpp/*.cpp -o "$demo/train-cpp" "${link[@]}"
swift build --quiet -c release --package-path Examples/swift --scratch-path .build/demo

say "Python: Examples/demo.py"
.venv/bin/python Examples/demo.py "$demo"
say "C: Examples/c/train.c"
"$demo/train-c" "$demo"
say "C++: Examples/cpp/train.cpp"
"$demo/train-cpp" "$demo"
say "Swift: Examples/swift"
.build/demo/release/train "$demo"

say "the four logs"
.venv/bin/python Examples/check_shapes.py "$demo"/{python,c,cpp,swift}.jsonl

say "the best entry, found with jq: jq -s 'min_by(.validation_error) | del(.sample)'"
for language in python c cpp swift; do
  printf '%-7s ' "$language"
  jq -c -s 'min_by(.validation_error) | del(.sample)' "$demo/$language.jsonl"
done
