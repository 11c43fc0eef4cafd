#!/usr/bin/env python3
"""Writes scikit-learn's digits as FOLDER/training.csv and FOLDER/validation.csv.

usage: save_digits.py FOLDER        with Examples in PYTHONPATH
"""

from __future__ import annotations

import sys
from pathlib import Path

import digits

folder = Path(sys.argv[1])
for name, part in zip(("training", "validation"), digits.load(), strict=True):
    part.save(folder / f"{name}.csv")
