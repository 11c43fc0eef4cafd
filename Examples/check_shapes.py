#!/usr/bin/env python3
"""Checks that several logs of the same training run hold the same entries.

usage: check_shapes.py LOG LOG…

The same keys in the same order, the same types and array shapes, and, as the model is the same,
numbers that differ by rounding at most. Prints the last entries side by side.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

# A rounding error may turn one guess among 360 over.
TOLERANCE = 0.005


def shape(value: Any) -> str:
    """The type of a value; for an array its element type and shape too."""
    if isinstance(value, dict) and "__ndarray__" in value:
        order = "fortran" if value["fortran_order"] else "C"
        return f"array {value['descr']} {value['shape']} {order}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shape(item)}" for key, item in value.items()) + "}"
    return type(value).__name__


def differences(name: str, entries: list[Any], reference: list[Any]) -> list[str]:
    found = []
    if len(entries) != len(reference):
        found.append(f"{name} has {len(entries)} entries, not {len(reference)}")
    for number, (entry, expected) in enumerate(zip(entries, reference, strict=False), 1):
        if shape(entry) != shape(expected):
            found.append(f"{name}, entry {number}: {shape(entry)}, not {shape(expected)}")
            continue
        for key, value in entry.items():
            if isinstance(value, (int, float)) and not math.isclose(
                value, expected[key], rel_tol=1e-6, abs_tol=TOLERANCE
            ):
                found.append(f"{name}, entry {number}: {key} {value}, not {expected[key]}")
    return found


def main() -> int:
    logs = {
        Path(name).stem: [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]
        for name in sys.argv[1:]
    }
    reference = next(iter(logs.values()))
    found = [] if reference else ["the first log is empty"]
    for name, entries in logs.items():
        found += differences(name, entries, reference)
    if found:
        print("\n".join(found[:20]))
        return 1

    print(f"{len(logs)} logs, {len(reference)} entries each, of the same shape:")
    for shapes in dict.fromkeys(shape(entry) for entry in reference):
        print(f"  {shapes}")
    print("\nthe last entry of each:")
    keys = [key for key, value in reference[-1].items() if isinstance(value, (int, float))]
    print("          " + "".join(f"{key:>20}" for key in keys))
    for name, entries in logs.items():
        print(f"  {name:8}" + "".join(f"{entries[-1][key]:20.12g}" for key in keys))
    return 0


if __name__ == "__main__":
    sys.exit(main())
