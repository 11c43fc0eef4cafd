#!/usr/bin/env python3
"""Checks what a libmimir.so exports, needs and does to the process that loads it.

Usage: check_abi.py [--update] LIBRARY

The functions that include/mimir/*.h declare, those that the library exports and those listed in
abi/mimir.symbols must be the same; --update rewrites that list from the headers.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SYMBOLS = ROOT / "abi" / "mimir.symbols"
SONAME = "libmimir.so.0"
MAY_NEED = {
    "libc.so.6",
    "libm.so.6",
    "libstdc++.so.6",
    "libgcc_s.so.1",
    "libz.so.1",
    "libzmq.so.5",
    "ld-linux-x86-64.so.2",
    "libpthread.so.0",
    "libdl.so.2",
}

# Prints the signals that have a handler, before and after loading. In a process of its own.
SIGNALS = """
import ctypes, sys
def caught():
    with open("/proc/self/status") as status:
        return next(line.split()[1] for line in status if line.startswith("SigCgt:"))
before = caught()
ctypes.CDLL(sys.argv[1])
print(before, caught())
"""


class Report:
    """Prints one line per check and counts."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def check(self, what: str, problems: list[str]) -> None:
        if problems:
            self.failed += 1
            print(f"failed: {what}")
            for problem in problems:
                print(f"    {problem}")
        else:
            self.passed += 1
            print(f"ok: {what}")


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def declared() -> set[str]:
    names: set[str] = set()
    for header in sorted((ROOT / "include" / "mimir").glob("*.h")):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"^#.*?(?<!\\\\)$", "", text, flags=re.MULTILINE)
        names.update(re.findall(r"\bMIMIR_API\b[^;(]*?\b(\w+)\s*\(", text))
    return names


def exported(library: Path) -> set[str]:
    lines = output("nm", "-D", "-g", "--defined-only", str(library)).splitlines()
    # A version script's node is listed as an absolute symbol; names may carry "@@node".
    fields = [line.split() for line in lines]
    return {field[2].split("@")[0] for field in fields if len(field) == 3 and field[1] != "A"}


def dynamic(library: Path, tag: str) -> list[str]:
    text = output("readelf", "-d", "-W", str(library))
    return re.findall(rf"\({tag}\).*\[(.*)\]", text)


def listed() -> set[str]:
    return set(SYMBOLS.read_text(encoding="utf-8").split()) if SYMBOLS.exists() else set()


def missing(names: set[str], where: str) -> list[str]:
    return [f"{name}: not in {where}" for name in sorted(names)]


def check_symbols(report: Report, library: Path) -> None:
    in_header, in_library, in_list = declared(), exported(library), listed()
    report.check(
        f"the header declares functions ({len(in_header)})",
        [] if in_header else ["none found in include/mimir/*.h"],
    )
    report.check(
        "what the header declares is exported", missing(in_header - in_library, "the library")
    )
    report.check(
        "what is exported is declared",
        missing({name for name in in_library - in_header if is_ours(name)}, "the header"),
    )
    report.check(
        "only mimir_* is exported", sorted(name for name in in_library if not is_ours(name))
    )
    report.check(
        f"{SYMBOLS.relative_to(ROOT)} lists the header's functions",
        missing(in_header - in_list, "the list") + missing(in_list - in_header, "the header"),
    )


def is_ours(name: str) -> bool:
    return name.startswith("mimir_")


def check_needs(report: Report, library: Path) -> None:
    needed = dynamic(library, "NEEDED")
    report.check(
        "it needs only what every system has",
        [f"needs {name}" for name in needed if name not in MAY_NEED],
    )
    soname = dynamic(library, "SONAME")
    report.check(f"its SONAME is {SONAME}", [] if soname == [SONAME] else [f"it is {soname}"])


def check_signals(report: Report, library: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", SIGNALS, str(library)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    masks = run.stdout.split()
    if run.returncode != 0 or len(masks) != 2:
        problems = [f"loading failed: {run.stderr.strip()}"]
    else:
        problems = [] if masks[0] == masks[1] else [f"SigCgt was {masks[0]}, is {masks[1]}"]
    report.check("loading it leaves the signal handlers alone", problems)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("library", type=Path, help="path of libmimir.so")
    parser.add_argument("--update", action="store_true", help="rewrite abi/mimir.symbols first")
    arguments = parser.parse_args()
    library: Path = arguments.library.resolve()
    if not library.is_file():
        print(f"{library} is not there; build it with: make lib", file=sys.stderr)
        return 2
    if arguments.update:
        SYMBOLS.write_text("".join(f"{name}\n" for name in sorted(declared())), encoding="utf-8")
    report = Report()
    check_symbols(report, library)
    check_needs(report, library)
    check_signals(report, library)
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
