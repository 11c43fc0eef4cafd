"""What exits.py runs: a process with a live publisher that forks, or just ends.

usage: forks.py LIBDIR fork|multiprocessing|end FOLDER

Prints the publisher's ports, waits for a line, does it, prints what the children saw.
"""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import sys
import time
from pathlib import Path

FORKED = -9


class Options(ctypes.Structure):
    """mimir_publisher_options, as include/mimir/publisher.h has it."""

    _fields_ = (
        ("struct_size", ctypes.c_uint32),
        ("insecure", ctypes.c_uint32),
        ("bind", ctypes.c_char_p),
        ("push_port", ctypes.c_uint32),
        ("router_port", ctypes.c_uint32),
        ("maxlen", ctypes.c_uint64),
        ("key_file", ctypes.c_char_p),
        ("authorized_keys", ctypes.c_char_p),
        ("max_queue_bytes", ctypes.c_uint64),
    )


class Statistics(ctypes.Structure):
    _fields_ = (
        ("struct_size", ctypes.c_uint32),
        ("push_port", ctypes.c_uint32),
        ("router_port", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
        ("counts", ctypes.c_uint64 * 4),
        ("run", ctypes.c_char * 40),
    )


class Publisher:
    def __init__(self, library_folder: Path) -> None:
        self.library = ctypes.CDLL(str(library_folder / "libmimir.so"))
        self.handle = ctypes.c_void_p()
        options = Options(ctypes.sizeof(Options), 0, None, 65536, 65536, 100_000, None, None, 0)
        status = self.library.mimir_publisher_open(ctypes.byref(options), ctypes.byref(self.handle))
        assert status == 0, status
        statistics = Statistics(ctypes.sizeof(Statistics))
        self.library.mimir_publisher_stats(self.handle, ctypes.byref(statistics))
        self.ports = {"push": statistics.push_port, "router": statistics.router_port}

    def publish(self, number: int) -> int:
        text = b'{"n":%d,"pad":"%s"}' % (number, b"x" * 500)
        length = ctypes.c_size_t(len(text))
        return int(self.library.mimir_publisher_publish(self.handle, text, length, None))

    def close(self) -> None:
        self.library.mimir_publisher_close(self.handle)


def in_child(publisher: Publisher, place: Path, closes: bool) -> None:
    """Each way to use what belongs to the parent."""
    seen = [publisher.publish(0) for _ in range(3)]
    if closes:
        publisher.close()
    place.write_text(json.dumps(seen))


def fork(publisher: Publisher, folder: Path) -> list[Path]:
    places = []
    for index in range(6):
        place = folder / f"fork-{index}"
        child = os.fork()
        if child == 0:
            in_child(publisher, place, closes=index % 2 == 0)
            if index % 3 == 0:
                sys.exit(0)  # runs what is registered for a normal exit
            os._exit(0)
        places.append(place)
        wait(child)
    return places


def wait(child: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0] == child:
            return
        time.sleep(0.01)
    os.kill(child, 9)
    os.waitpid(child, 0)


def multiprocess(publisher: Publisher, folder: Path) -> list[Path]:
    context = multiprocessing.get_context("fork")
    places = [folder / f"process-{index}" for index in range(4)]
    children = [
        context.Process(target=in_child, args=[publisher, place, index % 2 == 0])
        for index, place in enumerate(places)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(10)
        if child.exitcode is None:
            child.kill()
    return places


def main() -> None:
    publisher = Publisher(Path(sys.argv[1]))
    how, folder = sys.argv[2], Path(sys.argv[3])
    print(json.dumps(publisher.ports), flush=True)
    sys.stdin.readline()
    for number in range(50_000):
        publisher.publish(number)
    places: list[Path] = []
    if how == "fork":
        places = fork(publisher, folder)
    elif how == "multiprocessing":
        places = multiprocess(publisher, folder)
    seen = [json.loads(place.read_text()) if place.exists() else ["hung"] for place in places]
    after = publisher.publish(1)
    print(json.dumps({"children": seen, "parent": after}), flush=True)


if __name__ == "__main__":
    main()
