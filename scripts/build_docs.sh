#!/usr/bin/env bash
# Builds the documentation of the Swift modules into build/docs, with the toolchain's own docc. A link that
# leads nowhere is an error.
source "$(dirname "$0")/common.sh"

docc=$(dirname "$(swift_clang)")/docc
[ -x "$docc" ] || die "no docc beside swift"
triple=$(swift -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p')
symbols=$(mktemp -d)
trap 'rm -rf "$symbols"' EXIT

for module in Mimir MimirLogging MimirMetrics; do
  # As `swift test` builds it: after that there is nothing to do.
  swift build --quiet --target "$module"
  swift symbolgraph-extract -module-name "$module" -target "$triple" -output-dir "$symbols" \
    -minimum-access-level public -skip-inherited-docs \
    -experimental-allowed-reexported-modules=MimirBase,MimirJSON \
    -I .build/debug/Modules -I Sources/CLinux -I Sources/CZlib -I Sources/CZmq
done

mkdir -p build
"$docc" convert Sources/Mimir/Mimir.docc --additional-symbol-graph-dir "$symbols" \
  --fallback-display-name Mimir --fallback-bundle-identifier mimir \
  --fallback-default-module-kind Library --warnings-as-errors \
  --transform-for-static-hosting --output-dir build/docs
echo "python3 -m http.server -d build/docs shows it at http://localhost:8000/documentation/mimir"
