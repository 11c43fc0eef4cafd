"""Encrypted streams, and who may see them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import original
import pytest
import zmq
import zmq.auth
from test_stream import entries, log, streaming

import mimir
from mimir.handlers import PersistentServerHandler


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """Key pairs server, viewer, stranger; of the last two, the server knows the first."""
    for name in ("server", "viewer", "stranger"):
        mimir.keygen(tmp_path / name)
    (tmp_path / "authorized").mkdir()
    shutil.copy(tmp_path / "viewer.pub", tmp_path / "authorized")
    return tmp_path


def guarded(keys: Path, **kwargs: Any) -> mimir.Logger:
    options = {"key_file": keys / "server", "authorized_keys": keys / "authorized", **kwargs}
    return streaming(stream_maxlen=None, **options)


def follow(
    logger: Any, key_file: Path | None, server_key: Path | None, timeout: float = 10
) -> mimir.stream.Subscription:
    return mimir.subscribe(
        push_port=logger.push_port,
        router_port=logger.router_port,
        timeout=timeout,
        key_file=key_file,
        server_key=server_key,
    )


def test_key_files(tmp_path: Path) -> None:
    mimir.keygen(str(tmp_path / "key"))
    assert os.stat(tmp_path / "key").st_mode & 0o777 == 0o600
    public, secret = zmq.auth.load_certificate(tmp_path / "key")
    assert secret is not None
    assert zmq.auth.load_certificate(tmp_path / "key.pub") == (public, None)
    assert zmq.curve_public(secret) == public
    with pytest.raises(FileExistsError):
        mimir.keygen(tmp_path / "key")
    with pytest.raises(FileNotFoundError):
        mimir.keygen(tmp_path / "none" / "key")
    with pytest.raises(ValueError, match="null"):
        mimir.keygen("a\0b")


def test_who_is_authorized_sees_all(keys: Path) -> None:
    with guarded(keys, bind="*") as logger:
        log(logger, 10)
        with follow(logger, keys / "viewer", keys / "server.pub") as found:
            assert [next(found) for _ in range(10)] == entries(10)
            logger.log({"i": 10})
            assert next(found) == {"i": 10}


def test_who_is_not_authorized_is_told_so(keys: Path) -> None:
    with guarded(keys) as logger:
        log(logger, 10)
        with follow(logger, keys / "stranger", keys / "server.pub") as found:
            with pytest.raises(PermissionError, match="authorized keys"):
                next(found)
            # It counts as soon as it is there.
            shutil.copy(keys / "stranger.pub", keys / "authorized")
            got: list[Any] = []
            while len(got) < 10:
                try:
                    got.append(next(found))
                except PermissionError:
                    continue
            assert got == entries(10)


@pytest.mark.parametrize("server_key", ["stranger.pub", None])
def test_the_wrong_key_for_the_server_and_none_see_nothing(
    keys: Path, server_key: str | None
) -> None:
    with guarded(keys) as logger:
        log(logger, 10)
        key_file = None if server_key is None else keys / "viewer"
        server = None if server_key is None else keys / server_key
        with follow(logger, key_file, server, timeout=1) as found, pytest.raises(TimeoutError):
            next(found)


def test_a_snapshot_says_that_it_has_no_key(keys: Path) -> None:
    with guarded(keys) as logger, pytest.raises(ConnectionError, match="wants a key"):
        mimir.get_snapshot(port=logger.router_port or 0, timeout=10)


def test_contexts_of_pyzmq_that_have_keys(keys: Path) -> None:
    with guarded(keys) as logger, zmq.Context() as ctx:
        log(logger, 3)
        with follow(logger, keys / "viewer", keys / "server.pub") as subscription:
            assert [next(subscription) for _ in range(3)] == entries(3)
        ctx.setsockopt(zmq.CURVE_SERVERKEY, zmq.auth.load_certificate(keys / "server.pub")[0])
        public, secret = zmq.auth.load_certificate(keys / "viewer")
        ctx.setsockopt(zmq.CURVE_PUBLICKEY, public)
        ctx.setsockopt(zmq.CURVE_SECRETKEY, secret or b"")
        found = mimir.get_snapshot(port=logger.router_port or 0, ctx=ctx, timeout=10)
        assert found == (3, entries(3))
        assert len(original.snapshot(ctx, logger.router_port)) == 3


def test_handlers_have_keys_too(keys: Path) -> None:
    handler = PersistentServerHandler(
        0, 0, key_file=keys / "server", authorized_keys=keys / "authorized"
    )
    handler.log('{"i":0}')
    with follow(handler, keys / "viewer", keys / "server.pub") as found:
        assert next(found) == {"i": 0}
    handler.close()


def test_keys_that_can_not_be_used(keys: Path) -> None:
    for bad in ({"authorized_keys": None}, {"key_file": None}):
        with pytest.raises(ValueError, match="give both"):
            guarded(keys, **bad)
    with pytest.raises(ValueError, match="secret-key"):
        guarded(keys, key_file=_private(keys / "server.pub"))
    with pytest.raises(FileNotFoundError):
        guarded(keys, key_file=keys / "none")
    with pytest.raises(FileNotFoundError):
        guarded(keys, authorized_keys=keys / "none")
    with pytest.raises(FileNotFoundError):
        mimir.subscribe(key_file=keys / "viewer", server_key=keys / "none")
    (keys / "server").chmod(0o640)
    with pytest.raises(PermissionError, match="chmod 600"):
        guarded(keys)


def _private(path: Path) -> Path:
    path.chmod(0o600)
    return path
