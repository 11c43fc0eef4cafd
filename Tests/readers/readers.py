"""The gzip readers that are tried: how each is called, and what tells its version."""

from __future__ import annotations

import base64
import functools
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

PROGRAMS = Path(__file__).resolve().parent / "programs"
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")


class Reader(NamedTuple):
    name: str
    command: Callable[[Path], list[str]]  # prints what the log at a path holds
    version: list[str]
    read: Callable[[list[str]], bytes]
    is_slow: bool


class ReadError(Exception):
    """A reader's error, and what it gave before."""

    def __init__(self, message: str, text: bytes = b"") -> None:
        super().__init__(message)
        self.text = text


def run(command: list[str]) -> bytes:
    done = subprocess.run(command, capture_output=True, timeout=120)
    if done.returncode != 0:
        message = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise ReadError(message[-1], done.stdout)
    return done.stdout


def run_browser(command: list[str]) -> bytes:
    """The command's last word is the log; a page that holds it comes in its stead."""
    log = Path(command[-1])
    packed = base64.b64encode(log.read_bytes()).decode()
    page = log.with_suffix(".html")
    page.write_text((PROGRAMS / "browser.html").read_text().replace("@PACKED@", packed))
    shown = run([*command[:-1], page.as_uri()]).decode()
    body = re.search(r"<body>(.*?)</body>", shown, re.DOTALL)
    text = re.sub(r"<script.*", "", body[1], flags=re.DOTALL).strip() if body else "no page"
    if not text.startswith("text:"):
        raise ReadError(text)
    return base64.b64decode(text.removeprefix("text:"))


def named(
    name: str, *command: str, version: list[str], slow: bool = False, read: object = None
) -> Reader:
    reader = run_browser if read == "browser" else run
    return Reader(name, lambda path: [*command, str(path)], version, reader, slow)


def python(module: str) -> list[str]:
    return [sys.executable, "-c", f"import {module}; print({module}.__version__)"]


def build(scratch: Path) -> None:
    """The readers that are programs of ours."""
    source, program = str(PROGRAMS / "gzread.c"), str(scratch / "gzread")
    subprocess.run(["gcc", "-O2", "-Wall", "-Werror", source, "-o", program, "-lz"], check=True)


def build_slow(scratch: Path) -> None:
    subprocess.run(["javac", "-d", str(scratch), str(PROGRAMS / "Gunzip.java")], check=True)
    command = ["go", "build", "-o", str(scratch / "gunzip-go"), str(PROGRAMS / "gunzip.go")]
    subprocess.run(command, check=True)


def quick(scratch: Path) -> list[Reader]:
    gunzip = "import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())"
    return [
        named("gzip", "gzip", "-dc", version=["gzip", "--version"]),
        named("zcat", "zcat", version=["zcat", "--version"]),
        named("pigz", "pigz", "-dc", version=["pigz", "--version"]),
        named("Python `gzip`", sys.executable, "-c", gunzip, version=[sys.executable, "--version"]),
        named(
            "zlib `gzread`",
            str(scratch / "gzread"),
            version=[sys.executable, "-c", "import zlib; print(zlib.ZLIB_RUNTIME_VERSION)"],
        ),
        named("Node `zlib`", "node", str(PROGRAMS / "gunzip.js"), version=["node", "--version"]),
    ]


@functools.cache
def browser() -> str:
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    if not found:
        raise SystemExit(f"no browser: one of {', '.join(BROWSERS)} is needed")
    return found[0]


def slow(scratch: Path) -> list[Reader]:
    frames = str(PROGRAMS / "frames.py")
    page = ["--no-sandbox", "--disable-gpu", "--virtual-time-budget=60000", "--dump-dom"]
    return [
        named(
            "browser `DecompressionStream`",
            browser(),
            *page,
            version=[browser(), "--version"],
            slow=True,
            read="browser",
        ),
        *(
            named(name, sys.executable, frames, name, version=python(name), slow=True)
            for name in ("pandas", "polars", "duckdb")
        ),
        named(
            "Java `GZIPInputStream`",
            *("java", "-cp", str(scratch), "Gunzip"),
            version=["java", "--version"],
            slow=True,
        ),
        named(
            "Go `compress/gzip`", str(scratch / "gunzip-go"), version=["go", "version"], slow=True
        ),
    ]


def version(reader: Reader) -> str:
    done = subprocess.run(reader.version, capture_output=True, text=True, check=True)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "?"
