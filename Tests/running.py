"""Runs programs for tests, with an environment that is given whole."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str],
    status: int = 0,
    timeout: float = 60,
) -> str:
    """What a program prints; it must end with the status."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == status, f"{command} ended with {done.returncode}\n{done.stdout}"
    return done.stdout
