# Every command a person types. `make` alone lists them.

KILLS ?= 2000
FUZZ_SECONDS ?= 600

FASTCALL := bindings/python/mimir/_fastcall.abi3.so

.DEFAULT_GOAL := help
.PHONY: help setup lib command wheel demo demo-torch demo-libtorch test lint format check-abi bench bench-peers crash fuzz stream remote readers docs clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 15

setup: ## install what building and testing need (quick when nothing is missing)
	@scripts/setup.sh

lib: setup ## the release library, in build/lib
	@scripts/build_lib.sh

command: setup ## the command `mimir`, in build/bin, and its shell completions
	@scripts/build_command.sh
	@$(MAKE) --no-print-directory --silent $(COMPLETIONS)

include scripts/install.mk

# What makes the Python package faster; it works without.
$(FASTCALL): bindings/python/fastcall.c | setup
	@$(CC) -std=c11 -O2 -Wall -Wextra -Werror -fPIC -shared $< -o $@ \
	  -I"$$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("include"))')"

wheel: setup lib ## a Python wheel that needs neither Swift nor ZeroMQ, in build/wheel
	@scripts/build_wheel.sh

demo: setup lib $(FASTCALL) ## train on real data in Python, C, C++ and Swift, and look at the logs
	@Examples/run_demo.sh

demo-torch: setup lib $(FASTCALL) ## train on four ranks with torchrun, all in one log, watched live
	@scripts/setup.sh torch
	@Examples/torchrun/run_ranks.sh

demo-libtorch: setup lib $(FASTCALL) ## train with libtorch in C++, against an installed Mímir
	@scripts/setup.sh torch
	@Examples/torch/run_demo.sh

test: setup lib command $(FASTCALL) ## every suite; the last line sums them up
	@scripts/test.sh

lint: setup ## check style and types
	@scripts/lint.sh

format: setup ## format all sources in place
	@scripts/format.sh

check-abi: setup lib ## what the library exports and needs, against the header and abi/
	@.venv/bin/python scripts/check_abi.py build/lib/libmimir.so

bench: setup lib $(FASTCALL) ## what logging costs, as ratios to floors measured in the same run
	@scripts/setup.sh bench
	@$(MAKE) --no-print-directory -C Benchmarks

bench-peers: setup lib $(FASTCALL) ## what logging costs with other loggers, installed from PyPI
	@$(MAKE) --no-print-directory -C Benchmarks peers

crash: setup lib ## a long kill campaign (KILLS=2000)
	@.venv/bin/python Tests/crash/kill_plain.py build/lib --kills $(KILLS)
	@.venv/bin/python Tests/crash/shared_plain.py build/lib --kills 100
	@.venv/bin/python Tests/crash/kill_gzip.py build/lib --kills $(KILLS)
	@.venv/bin/python Tests/crash/shared_gzip.py build/lib --entries 50000

fuzz: setup ## random and damaged files, and JSON text, so long for each target (FUZZ_SECONDS=600)
	@scripts/build_lib.sh fuzz
	@Tests/fuzz/run.sh build/lib-fuzz include $(FUZZ_SECONDS)

stream: setup lib ## the stream campaigns at their full size, some minutes
	@.venv/bin/python Tests/stream/late_joiners.py build/lib --subscribers 50 --entries 1000000 \
	  --seconds 30
	@.venv/bin/python Tests/stream/stopped_viewers.py build/lib --stop 10
	@.venv/bin/python Tests/stream/restarts.py build/lib --restarts 50
	@.venv/bin/python Tests/stream/hostile_clients.py build/lib --seconds 60 --connections 1000
	@.venv/bin/python Tests/stream/hostile_publishers.py build/lib --seconds 15
	@.venv/bin/python Tests/stream/curve.py build/lib --seconds 5
	@.venv/bin/python Tests/stream/two_hosts.py build/lib --down 50
	@.venv/bin/python Tests/stream/exits.py build/lib --rounds 5

remote: setup lib ## the campaigns of remote logging at their full size, some minutes
	@.venv/bin/python Tests/remote/server_restarts.py build/lib --clients 64 --entries 20000 \
	  --restarts 20 --seconds 40
	@.venv/bin/python Tests/remote/original_clients.py build/lib --clients 30 --entries 2000
	@.venv/bin/python Tests/remote/hostile_frames.py build/lib --seconds 60
	@.venv/bin/python Tests/remote/remote_hosts.py build/lib --down 30

readers: setup lib ## a thousand copies of a live gzip log; every gzip reader tried, for docs/format.md
	@scripts/setup.sh readers
	@.venv/bin/python Tests/readers/live_copies.py build/lib --copies 1000
	@.venv/bin/python Tests/readers/foreign_readers.py build/lib --all --docs docs/format.md

docs: setup ## the documentation of the Swift API, in build/docs
	@scripts/build_docs.sh

clean: ## remove everything that was built (keeps .venv)
	rm -rf build .build Examples/swift/.build
