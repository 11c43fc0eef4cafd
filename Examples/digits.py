"""The data and the model of the demo: handwritten digits and a softmax classifier in NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


class Digits(NamedTuple):
    images: Array  # one row of 64 grey values, 0 to 1, per image
    labels: Labels

    def batch(self, iteration: int, size: int) -> Digits:
        """The next `size` images; at the end from the start again."""
        first = (iteration - 1) * size % (len(self.labels) - size + 1)
        return Digits(self.images[first : first + size], self.labels[first : first + size])

    def save(self, path: Path) -> None:
        """Writes lines of label,pixel,pixel,…: what the same demo in C, C++ and Swift reads."""
        rows = np.column_stack([self.labels, self.images])
        np.savetxt(path, rows, delimiter=",", fmt="%.10g")


def load(validation: int = 360) -> tuple[Digits, Digits]:
    """scikit-learn's digits, shuffled: those to train on, and those to validate with."""
    bunch = load_digits()
    order = np.random.default_rng(2026).permutation(len(bunch.target))
    images, labels = bunch.data[order] / 16.0, bunch.target[order]
    return (
        Digits(images[validation:], labels[validation:]),
        Digits(images[:validation], labels[:validation]),
    )


class Softmax:
    """A linear classifier: ten weight images and a bias each, trained by gradient descent."""

    def __init__(self) -> None:
        self.weights = np.zeros((10, 64))
        self.bias = np.zeros(10)

    def step(self, batch: Digits, rate: float) -> float:
        """Takes one step down the gradient of the cross entropy; returns the gradient's norm."""
        scores = batch.images @ self.weights.T + self.bias
        likelihood = np.exp(scores - scores.max(axis=1, keepdims=True))
        likelihood /= likelihood.sum(axis=1, keepdims=True)
        likelihood[np.arange(len(batch.labels)), batch.labels] -= 1
        gradient = likelihood.T @ batch.images / len(batch.labels)
        bias_gradient = likelihood.mean(axis=0)
        self.weights -= rate * gradient
        self.bias -= rate * bias_gradient
        return float(np.sqrt((gradient**2).sum() + (bias_gradient**2).sum()))

    def mistakes(self, digits: Digits) -> NDArray[np.bool_]:
        guesses = (digits.images @ self.weights.T + self.bias).argmax(axis=1)
        return np.asarray(guesses != digits.labels)

    def error(self, digits: Digits) -> float:
        """The share of images that it takes for another digit."""
        return float(self.mistakes(digits).mean())
