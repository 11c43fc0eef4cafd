#!/usr/bin/env python3
"""Trains a small classifier of handwritten digits and logs how it goes.

usage: demo.py FOLDER        writes FOLDER/python.jsonl, and the data as CSV for the other languages
"""

from __future__ import annotations

import sys
from pathlib import Path

import digits

import mimir

ITERATIONS, BATCH, RATE = 2000, 32, 0.5
LOG_EVERY, SAMPLE_EVERY = 20, 200


def main() -> None:
    folder = Path(sys.argv[1])
    training, validation = digits.load()
    training.save(folder / "training.csv")
    validation.save(folder / "validation.csv")

    model = digits.Softmax()
    with mimir.Logger(str(folder / "python.jsonl"), maxlen=10, formatter=None) as logger:
        for iteration in range(1, ITERATIONS + 1):
            gradient_norm = model.step(training.batch(iteration, BATCH), RATE)
            if iteration % LOG_EVERY != 0:
                continue
            entry = {
                "iteration": iteration,
                "training_error": model.error(training),
                "validation_error": model.error(validation),
                "gradient_norm": gradient_norm,
            }
            if iteration % SAMPLE_EVERY == 0:  # the first image that it gets wrong
                wrong = model.mistakes(validation).argmax()
                entry["sample"] = validation.images[wrong].reshape(8, 8)
            logger.log(entry)

        print(f"{len(logger)} entries are in memory, the last three:")
        for entry in logger[-3:]:
            print(
                f"  iteration {entry['iteration']:4}: "
                f"training error {entry['training_error']:.4f}, "
                f"validation error {entry['validation_error']:.4f}"
            )
        print("the sample of the last, a digit it gets wrong, is a NumPy array again:")
        for row in logger[-1]["sample"]:
            print("  " + "".join(" .:-=+*#@"[int(value * 8)] * 2 for value in row))


if __name__ == "__main__":
    main()
