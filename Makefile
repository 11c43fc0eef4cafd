# Every command a person types. `make` alone lists them.

PREFIX ?= /usr/local
DESTDIR ?=
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
KILLS ?= 2000
FUZZ_SECONDS ?= 600

VERSION := $(shell sed -n 's/^.define MIMIR_VERSION_STRING "\(.*\)"$$/\1/p' include/mimir/status.h)
LIBRARY := build/lib/libmimir.so.$(VERSION)
HEADERS := $(wildcard include/mimir/*)
FASTCALL := bindings/python/mimir/_fastcall.abi3.so

.DEFAULT_GOAL := help
.PHONY: help setup lib command wheel demo demo-torch test lint format check-abi install uninstall bench bench-peers crash fuzz stream remote readers clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

setup: ## install what building and testing need (quick when nothing is missing)
	@scripts/setup.sh

lib: ## the release library, in build/lib
	@scripts/build_lib.sh

command: setup ## the command `mimir`, in build/bin
	@scripts/build_command.sh

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

test: setup lib command $(FASTCALL) ## every suite; the last line sums them up
	@scripts/test.sh

lint: setup ## check style and types
	@scripts/lint.sh

format: setup ## format all sources in place
	@scripts/format.sh

check-abi: setup lib ## what the library exports and needs, against the header and abi/
	@.venv/bin/python scripts/check_abi.py build/lib/libmimir.so

bench: lib $(FASTCALL) ## what logging costs, as ratios to floors measured in the same run
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

install: ## library, headers, mimir.pc: make install PREFIX=/usr/local [DESTDIR=…]
	@test -e $(LIBRARY) || $(MAKE) --no-print-directory lib
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR)/mimir
	install -m 755 $(LIBRARY) $(DESTDIR)$(LIBDIR)
	ln -sf libmimir.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libmimir.so.0
	ln -sf libmimir.so.0 $(DESTDIR)$(LIBDIR)/libmimir.so
	install -m 644 include/mimir.h include/mimir.hpp $(DESTDIR)$(INCLUDEDIR)
	install -m 644 $(HEADERS) $(DESTDIR)$(INCLUDEDIR)/mimir
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|' \
	  -e 's|@VERSION@|$(VERSION)|' pkgconfig/mimir.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/mimir.pc
	@if [ -z "$(DESTDIR)" ] && [ "$$(id -u)" = 0 ]; then ldconfig || true; fi

uninstall: ## take away what install put there (same PREFIX and DESTDIR)
	rm -f $(DESTDIR)$(LIBDIR)/libmimir.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libmimir.so.0
	rm -f $(DESTDIR)$(LIBDIR)/libmimir.so $(DESTDIR)$(LIBDIR)/pkgconfig/mimir.pc
	rm -f $(DESTDIR)$(INCLUDEDIR)/mimir.h $(DESTDIR)$(INCLUDEDIR)/mimir.hpp
	rm -f $(HEADERS:include/%=$(DESTDIR)$(INCLUDEDIR)/%)
	@test ! -d $(DESTDIR)$(INCLUDEDIR)/mimir || rmdir $(DESTDIR)$(INCLUDEDIR)/mimir

clean: ## remove everything that was built (keeps .venv)
	rm -rf build .build Examples/swift/.build
