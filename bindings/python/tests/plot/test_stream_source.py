"""A publisher's runs, gaps, keys, and what is there in the beginning."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from test_follow import eventually, values

import mimir
from mimir.plot import _source
from mimir.plot._feed import Feed
from mimir.plot._sources import open_feed
from mimir.plot._status import counts


def streaming(path: Path | None = None, **options: Any) -> mimir.Logger:
    ports: dict[str, Any] = {"push_port": 0, "router_port": 0, **options}
    return mimir.Logger(path, stream=True, formatter=None, **ports)


def log(logger: mimir.Logger, begin: int, end: int) -> None:
    for i in range(begin, end):
        logger.log({"i": i, "v": i})


@contextmanager
def following(logger: mimir.Logger, **options: Any) -> Iterator[Feed]:
    options |= {"push_port": logger.push_port, "router_port": logger.router_port}
    with open_feed("i", ["v"], **options) as feed:
        yield feed


def again(logger: mimir.Logger, **options: Any) -> mimir.Logger:
    """Its successor, on the same ports."""
    logger.close()
    return streaming(push_port=logger.push_port, router_port=logger.router_port, **options)


def test_the_past_and_what_comes(tmp_path: Path) -> None:
    with streaming(tmp_path / "log.jsonl", stream_maxlen=10) as logger:
        log(logger, 0, 1000)
        with following(logger) as feed:
            eventually(lambda: values(feed) == list(range(1000)))
            log(logger, 1000, 1100)
            eventually(lambda: values(feed) == list(range(1100)))
            assert feed.runs[0].name == f"run {(logger.run or '')[:8]}"
        with following(logger, last=50) as feed:
            eventually(lambda: values(feed) == list(range(1050, 1100)))
        with following(logger, last=0) as feed, following(logger, persistent=False) as live:
            eventually(lambda: feed.sources[0].state == live.sources[0].state == _source.LIVE)
            deadline = time.monotonic() + 20
            while not (values(feed) and values(live)) and time.monotonic() < deadline:
                log(logger, 2000, 2001)  # until they have subscribed
                time.sleep(0.05)
            assert set(values(feed)) == set(values(live)) == {2000}


def test_what_can_not_be_had_is_counted() -> None:
    with streaming(stream_maxlen=5) as logger:
        log(logger, 0, 3)
        with following(logger) as feed:
            eventually(lambda: values(feed) == [0, 1, 2])
    # A publisher that has forgotten most of its run.
    with again(logger, stream_maxlen=5) as second:
        log(second, 0, 100)
        with following(second) as feed:
            eventually(lambda: values(feed) == [95, 96, 97, 98, 99])
            assert feed.runs[0].missed == 95
            assert "95 entries missed" in counts(feed)


def test_runs_whose_numbers_go_on() -> None:
    """The first run ended with entry 3, and of the second nothing older than entry 4 can be had."""
    with streaming(stream_maxlen=5) as first:
        log(first, 0, 3)
        with following(first) as feed:
            eventually(lambda: values(feed) == [0, 1, 2])
            first.close()
            eventually(lambda: feed.sources[0].state == _source.ENDED)
            with again(first, stream_maxlen=5) as second:
                log(second, 10, 18)
                eventually(lambda: values(feed, 1)[-1:] == [17])
            assert values(feed) == [0, 1, 2]
            assert feed.runs[1].missed == 8 - len(values(feed, 1))


def test_a_publisher_that_comes_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("", 0)) as other:
        push_port, router_port = one.getsockname()[1], other.getsockname()[1]
    with open_feed("i", ["v"], push_port=push_port, router_port=router_port) as feed:
        time.sleep(0.3)
        assert (feed.sources[0].state, feed.runs) == (_source.WAITING, ())
        version = feed.version
        assert not feed.wait(version, 0.2)
        with streaming(push_port=push_port, router_port=router_port, stream_maxlen=None) as logger:
            log(logger, 0, 10)
            assert feed.wait(version, 20)
            eventually(lambda: values(feed) == list(range(10)))
            assert feed.sources[0].state == _source.LIVE


def test_a_publisher_with_keys(tmp_path: Path) -> None:
    server, viewer, stranger = (tmp_path / name for name in ("server", "viewer", "stranger"))
    authorized = tmp_path / "authorized"
    authorized.mkdir()
    for path in (server, viewer, stranger):
        mimir.keygen(path)
    (authorized / "viewer.pub").write_bytes(viewer.with_suffix(".pub").read_bytes())
    public = server.with_suffix(".pub")
    options = {"key_file": server, "authorized_keys": authorized, "stream_maxlen": None}
    with streaming(**options) as logger:
        log(logger, 0, 5)
        with following(logger, key_file=viewer, server_key=public) as feed:
            eventually(lambda: values(feed) == list(range(5)))
        with following(logger, key_file=stranger, server_key=public) as feed:
            eventually(lambda: "key" in feed.sources[0].message)
            assert feed.sources[0].state == _source.WAITING
            assert feed.runs == ()


def test_a_publisher_at_a_path(tmp_path: Path) -> None:
    host = f"ipc://{tmp_path}/stream"
    logger = mimir.Logger(stream=True, stream_maxlen=None, bind=host, formatter=None)
    with logger, open_feed("i", ["v"], host=host) as feed:
        log(logger, 0, 5)
        eventually(lambda: values(feed) == list(range(5)))
        assert feed.sources[0].state == _source.LIVE
        logger.close()
        eventually(lambda: feed.sources[0].state == _source.ENDED)
