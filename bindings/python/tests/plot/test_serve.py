"""The server: who may connect, how it ends, the command line."""

from __future__ import annotations

import gc
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import ENVIRONMENT, run_python
from seen import BLUE, colored, eventually, open_page, points

import mimir
from mimir.plot import PlotServer, _serve, serve_plot
from mimir.plot._picture import Picture

PATIENCE = 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "log.jsonl.gz"
    with mimir.Logger(made, formatter=None) as logger:
        for i in range(1000):
            logger.log({"i": i, "v": i % 7})
    return made


def serve(path: Path, **options: Any) -> PlotServer:
    return serve_plot("i", "v", file=path, open_browser=False, **options)


def answer(server: PlotServer, origin: str) -> bytes:
    """The status line that a script from that origin gets when it opens a websocket."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection:
        request = (
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {origin}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Protocol: bokeh, token\r\n\r\n"
        )
        connection.sendall(request.encode())
        return connection.makefile("rb").readline()


def test_only_the_page_itself_may_connect(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with serve(path) as server:
        other = f"http://127.0.0.1:{server.port + 1}"
        for origin in ("http://example.com", other, f"http://example.com:{server.port}"):
            assert b" 403 " in answer(server, origin)
        for name in ("127.0.0.1", "localhost"):
            assert b" 101 " in answer(server, f"http://{name}:{server.port}")


def test_only_this_machine_can_connect(path: Path) -> None:
    with serve(path) as server:
        socket.create_connection(("127.0.0.1", server.port), 5).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", server.port), 5)


def test_it_stops(path: Path) -> None:
    before = threading.active_count()
    server = serve(path)
    assert not server.wait(0)
    server.stop()
    server.stop()
    assert server.wait(0)
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), 5)
    # And its port is free again.
    with serve(path, port=server.port) as again:
        assert again.port == server.port


def test_wrong_arguments(path: Path) -> None:
    before = threading.active_count()
    with serve(path) as server, pytest.raises(OSError, match="in use"):
        serve(path, port=server.port)
    with pytest.raises(ValueError, match="smoothing is 1; it can be from 0 to"):
        serve(path, smoothing=1)
    with pytest.raises(ValueError, match="no key to plot"):
        serve_plot("i", open_browser=False)
    with pytest.raises(ValueError, match="last is -1"):
        serve(path, last=-1)
    with pytest.raises(ValueError, match="no file to plot"):
        serve_plot("i", "v", file=[], open_browser=False)
    assert threading.active_count() == before


def test_the_page_of_a_closed_tab_is_forgotten(
    page: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_serve, "_CHECK_SESSIONS", 100)
    monkeypatch.setattr(_serve, "_SESSION_LIFETIME", 200)

    def pictures() -> int:
        gc.collect()
        return sum(isinstance(one, Picture) for one in gc.get_objects())

    before = pictures()
    with serve(path) as server:
        for _ in range(3):
            open_page(page, server.url)
        assert pictures() > before
        page.goto("about:blank")
        eventually(page, lambda: pictures() == before)


def command(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mimir.plot", *map(str, arguments)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_the_command(page: Any, path: Path) -> None:
    with command("i", "v", "--file", path, "--no-browser", "--log-y") as process:
        assert process.stdout is not None
        address, _, rest = process.stdout.readline().partition(" ")
        assert rest == "(Ctrl-C ends it)\n"
        open_page(page, address)
        eventually(page, lambda: points(page))
        assert points(page)[0] == (1, 1)  # 0 has no place on a log axis
        eventually(page, lambda: len(colored(page, BLUE)) > 500)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_the_command_saves(page: Any, path: Path, tmp_path: Path) -> None:
    saved = tmp_path / "plot.html"
    with command("-", "v", "--file", path, "--save", saved, "--last", 50) as process:
        assert process.communicate(timeout=PATIENCE) == ("", "")
    assert process.returncode == 0
    open_page(page, saved.as_uri())
    assert [x for x, _ in points(page)] == list(range(951, 1001))


def test_errors_of_the_command_are_one_line(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere" / "plot.html"
    with command("i", "v", "--smoothing", 2, "--save", nowhere) as process:
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert errors == "python -m mimir.plot: smoothing is 2.0; it can be from 0 to 0.999\n"


def test_a_program_that_does_not_stop_it_ends(path: Path) -> None:
    code = """
import sys, mimir.plot
server = mimir.plot.serve_plot("i", "v", file=sys.argv[1], open_browser=False)
stream = mimir.plot.serve_plot("i", "v", push_port=1, router_port=2, open_browser=False)
print("ends")
"""
    started = time.monotonic()
    assert run_python(code, str(path)) == "ends\n"
    assert time.monotonic() - started < PATIENCE


@pytest.mark.parametrize("name", ["bokeh", "numpy"])
def test_what_is_not_installed(name: str) -> None:
    code = f"""
import sys
sys.modules["{name}"] = None
import mimir.plot
assert "serve_plot" in dir(mimir.plot)
try:
    mimir.plot.serve_plot
except ImportError as error:
    print(error)
"""
    expected = f"plots need {name}, which is not installed: pip install 'mimir[plot]'\n"
    assert run_python(code) == expected


def test_importing_it_is_cheap() -> None:
    code = """
import sys, mimir.plot
print(sorted({"bokeh", "numpy", "tornado"} & set(sys.modules)))
try:
    mimir.plot.nothing
except AttributeError as error:
    print(error)
"""
    assert run_python(code) == "[]\nmodule 'mimir.plot' has no attribute 'nothing'\n"
