#!/usr/bin/env bash
# Trains on four ranks, all in one log, and watches them live.
source "$(dirname "$0")/../../scripts/common.sh"

ranks=${RANKS:-4}
demo=build/demo-torch
log=$demo/ranks.jsonl.gz
rm -rf "$demo" # Mímir would go on after what the log holds.
mkdir -p "$demo"
export MIMIR_LIBRARY=$ROOT/build/lib/libmimir.so
export PYTHONPATH=$ROOT/bindings/python:$ROOT/Examples
export XDG_STATE_HOME=$ROOT/$demo # for the spools
export OMP_NUM_THREADS=1
# Not the usual ones, so that it runs beside others.
port=15555
stream=(--push-port 15557 --router-port 15556)

say "the log server, and a viewer"
.venv/bin/python Examples/torchrun/serve_ranks.py "$log" --port "$port" "${stream[@]}" &
server=$!
.venv/bin/python Examples/torchrun/watch_ranks.py "${stream[@]}" &
viewer=$!
trap 'kill "$server" "$viewer" 2>/dev/null || true' EXIT

say "torchrun --nproc-per-node $ranks Examples/torchrun/train_ranks.py"
.venv/bin/torchrun --standalone --nproc-per-node "$ranks" \
  Examples/torchrun/train_ranks.py --port "$port"
wait "$server"
sleep 0.5 # for the viewer's last line

say "one log of all ranks: zcat $log | jq"
zcat "$log" | jq -n -r '
  reduce inputs as $e ({}; if $e.rank != null then .["rank \($e.rank)"] += 1 else .straggler += 1 end)
  | to_entries[] | "\(.key): \(.value) entries"'
echo "the last view of the stragglers:"
zcat "$log" | jq -c 'select(.straggler)' | tail -n 1
