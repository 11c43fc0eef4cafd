#!/usr/bin/env python3
"""Trains a classifier of handwritten digits on many ranks, which all log to one server.

usage: torchrun --nproc-per-node 4 train_ranks.py [--port PORT] [--host HOST]

Run it with the folder above on the PYTHONPATH, where digits.py is. Ranks, and how many there are,
are taken from torchrun's variables, by PyTorch and by mimir.RemoteLogger.
"""

# mypy: disable-error-code="import-not-found, unused-ignore"

from __future__ import annotations

import argparse
import time

import digits
import torch
import torch.distributed as dist
from torch import nn

import mimir

STEPS, BATCH, RATE = 600, 64, 0.2
VALIDATE_EVERY = 50


def tensors(data: digits.Digits) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(data.images).float(), torch.from_numpy(data.labels)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=5555)
    parser.add_argument("--host", default="localhost")
    options = parser.parse_args()
    dist.init_process_group("gloo")
    rank, world_size = dist.get_rank(), dist.get_world_size()
    torch.set_num_threads(1)
    torch.manual_seed(2026)  # the same model on each rank

    training, validation = digits.load()
    images, labels = tensors(training)
    images, labels = images[rank::world_size], labels[rank::world_size]  # this rank's share
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU())
    model.append(nn.Linear(128, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9)
    order = torch.Generator().manual_seed(rank)

    with mimir.RemoteLogger("train", options.host, options.port) as logger:
        for step in range(1, STEPS + 1):
            batch = torch.randint(len(labels), (BATCH // world_size,), generator=order)
            started = time.perf_counter()
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
            loss.backward()
            # What DistributedDataParallel does, by hand: so a rank's own work and its waiting for
            # the others can be told apart.
            own = time.perf_counter() - started
            for parameter in model.parameters():
                if parameter.grad is not None:
                    dist.all_reduce(parameter.grad)
                    parameter.grad.div_(world_size)
            optimizer.step()
            entry = {
                "step": step,
                "loss": loss.item(),
                "seconds": own,
                "seconds_with_waiting": time.perf_counter() - started,
            }
            if rank == 0 and step % VALIDATE_EVERY == 0:
                entry["validation_error"] = error(model, validation)
            logger.log(entry)
    dist.destroy_process_group()


def error(model: nn.Module, data: digits.Digits) -> float:
    """The share of images that it takes for another digit."""
    images, labels = tensors(data)
    with torch.no_grad():
        return float((model(images).argmax(1) != labels).float().mean())


if __name__ == "__main__":
    main()
