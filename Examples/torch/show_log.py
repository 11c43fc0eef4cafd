#!/usr/bin/env python3
"""Reads what train has logged: the tensors are NumPy arrays.

usage: show_log.py LOG
"""

from __future__ import annotations

import sys

import mimir

entries = list(mimir.open(sys.argv[1]))
weight = entries[-1]["output.weight"]
print(f"output.weight: {weight.dtype} {weight.shape}, norm {(weight**2).sum() ** 0.5:.3f}")
last = [entry for entry in entries if "sample" in entry][-1]
print(f"the last sample, {last['sample'].dtype} {last['sample'].shape}, taken for {last['guess']}:")
for row in last["sample"]:
    print("  " + "".join(" .:-=+*#@"[int(value * 8)] * 2 for value in row))
