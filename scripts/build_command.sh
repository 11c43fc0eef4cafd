#!/usr/bin/env bash
# Builds the command `mimir` into build/bin. It holds Mímir and the Swift runtime itself, and needs
# neither libmimir.so nor Swift where it is installed.
source "$(dirname "$0")/common.sh"

swift build -c release --product mimir-cli --scratch-path .build/command --static-swift-stdlib \
  -Xswiftc -use-ld=lld -Xswiftc -enforce-exclusivity=unchecked -Xlinker --gc-sections

mkdir -p build/bin
built=.build/command/release/mimir-cli
command=build/bin/mimir
if [ ! -e "$command" ] || [ "$built" -nt "$command" ]; then
  # Beside it and renamed: one that runs goes on.
  cp "$built" "$command.new"
  strip "$command.new"
  mv "$command.new" "$command"
fi
