"""A copy of this machine that vanishes: what is installed in it goes to memory. It has no Swift."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .programs import BARE, ROOT, run, swift_toolchain

SCRIPT = Path(__file__).with_name("seal.sh")


def as_root() -> list[str]:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    assert sudo is not None, "these tests need root: to mount, and to install a Debian package"
    return [sudo, "--non-interactive"]


class SealedMachine:
    """A mount namespace in which /etc, /usr and /var are layers over this machine's, and the Swift
    toolchain and the checkout are empty. It ends with this object."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        layers = folder / "layers"
        layers.mkdir()
        self.holder = subprocess.Popen(
            [*as_root(), "unshare", "--mount", SCRIPT, layers, swift_toolchain(), ROOT],
            env=BARE,
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.holder.stdout is not None
        line = self.holder.stdout.readline()
        assert line, f"{SCRIPT.name} ended with {self.holder.wait()}; these tests need root"
        self.process = line.strip()

    def run(self, *command: str | Path, status: int = 0) -> str:
        """Runs a program in there, as root, in the folder that this machine and that one share."""
        enter = [*as_root(), "nsenter", f"--target={self.process}", "--mount", "--"]
        variables = [f"{name}={value}" for name, value in BARE.items()]
        inside = ["env", "-C", str(self.folder), *variables]
        return run([*enter, *inside, *command], Path("/"), status=status, timeout=120)

    def close(self) -> None:
        assert self.holder.stdin is not None
        assert self.holder.stdout is not None
        self.holder.stdin.close()
        self.holder.stdout.close()
        self.holder.wait()
