"""`python -m mimir`: what is installed here, and where it is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import __version__, _ffi

AFTER = """\
in Python:
  logger = mimir.Logger("log.jsonl.gz")   log({...}) appends an entry
  mimir.open("log.jsonl.gz")              its entries, also while it is written
  mimir.subscribe("localhost")            the entries of a running logger with stream=True
  mimir.copy(log, to), mimir.repair(log)  a copy of a live log; a damaged one made whole

A library named by MIMIR_LIBRARY comes before the one that is installed with the package.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m mimir",
        description="Mímir, a logger for training runs: entries are JSON objects, one a line.",
        epilog=AFTER,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "--version",
        action="version",
        version=f"mimir {__version__}, libmimir {_ffi.version()}",
        help="print the versions of the package and of its library",
    )
    made.add_argument(
        "--library",
        action="store_true",
        help="print the path of the library that is in use, and why it is that one",
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    made = parser()
    if made.parse_args(arguments).library:
        path, origin = _ffi.origin
        print(f"{path} ({origin})")
    else:
        made.print_help()
    return 0


if __name__ == "__main__":
    sys.exit(main())
