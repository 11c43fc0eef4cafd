#!/usr/bin/env bash
# What a new user's Swift package does, in folders outside the checkout: `server` depends on Mímir by
# path, sets up swift-log and swift-metrics, and logs; `plain` needs the product Mimir alone.
source "$(dirname "$0")/../../scripts/common.sh"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
passed=0
failed=0
check() {
  local name=$1
  shift
  if "$@" >"$stage/output" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "not ok: $name"
    cat "$stage/output"
  fi
}

# Builds stay in the checkout, so that the next run is quick.
in_package() {
  local name=$1 command=$2
  shift 2
  swift "$command" --package-path "$stage/$name" --scratch-path "$ROOT/.build/package-$name" "$@"
}
# entry FILTER: one entry of the server's log passes the filter.
entry() {
  zcat "$stage/server.jsonl.gz" | jq -se "map(select($1)) | length == 1"
}
fetched() {
  local checkouts=$ROOT/.build/package-$1/checkouts
  mkdir -p "$checkouts"
  test "$(find "$checkouts" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | xargs)" = "$2"
}

for name in server plain; do
  cp -r "$ROOT/Tests/package/$name" "$stage"
  sed -i "s|\"MIMIR\"|\"$ROOT\"|" "$stage/$name/Package.swift"
done

check "the server builds" in_package server build
check "it runs" env -C "$stage" "$ROOT/.build/package-server/debug/server"
check "its log has nothing else" \
  test "$(zcat "$stage/server.jsonl.gz" | jq -c .message | xargs)" = "served served served null"
check "a record" entry '.level == "info" and .label == "api" and .source == "server"
  and .metadata == {"host": "test", "request": 2}'
check "the metrics" entry '."requests{status=200}" == 3 and ."request.count" == 3
  and ."request.p50" > 0 and ."request.max" >= ."request.min" and .interval >= 0'
check "time goes on" sh -c "zcat '$stage/server.jsonl.gz' | jq -se 'map(.timestamp) | . == sort'"
check "the server fetches what it uses" fetched server "swift-log swift-metrics"
check "plain resolves" in_package plain package resolve
check "plain fetches nothing" fetched plain ""

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
