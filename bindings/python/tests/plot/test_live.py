"""A training process, its stream, and the page in a real browser."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conftest import ENVIRONMENT
from seen import BLUE, ORANGE, colored, eventually, open_page, plot_area, points, set_control, text

from mimir.plot import serve_plot

TRAINING = """
import sys, time, mimir
logger = mimir.Logger(stream=True, stream_maxlen=None, formatter=None,
                      push_port=int(sys.argv[1]), router_port=int(sys.argv[2]))
print(logger.push_port, logger.router_port, flush=True)
i = 0
while True:
    i += 1
    logger.log({"iteration": i, "error": 1 / i, "loss": {"test": 2 / i}} if i > 20
               else {"iteration": i, "error": 1 / i})
    time.sleep(0.005)
"""


@contextmanager
def training(push_port: int = 0, router_port: int = 0) -> Iterator[tuple[Any, int, int]]:
    command = [sys.executable, "-c", TRAINING, str(push_port), str(router_port)]
    with subprocess.Popen(command, env=ENVIRONMENT, text=True, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            push_port, router_port = map(int, process.stdout.readline().split())
            yield process, push_port, router_port
        finally:
            process.kill()


def test_a_run_is_seen_killed_and_started_again(page: Any) -> None:
    with training() as (process, push_port, router_port):
        ports: dict[str, Any] = {"push_port": push_port, "router_port": router_port}
        server = serve_plot("iteration", "error", "loss.test", **ports, open_browser=False)
        open_page(page, server.url)
        eventually(page, lambda: len(points(page)) > 50)
        # From the beginning, and it goes on by itself.
        found = points(page)
        assert found[0] == (1, 1)
        assert all(y == 1 / x for x, y in found)
        eventually(page, lambda: points(page)[-1][0] > found[-1][0] + 50)
        # A key that comes late, and is nested.
        assert points(page, 1)[0] == (21, 2 / 21)
        assert len(colored(page, BLUE)) > 200
        assert len(colored(page, ORANGE)) > 200
        assert "<b>live</b>" in text(page, "state")

        process.send_signal(signal.SIGKILL)
        process.wait()
        eventually(page, lambda: "the publisher is gone" in text(page, "state"))
        assert len(points(page)) >= len(found)

    with training(push_port, router_port):
        # The new run, beside the old one.
        eventually(page, lambda: len(points(page, 2)) > 50)
        assert points(page, 2)[0] == (1, 1)
        assert "<b>live</b>" in text(page, "state")
        assert text(page, "table").count("<tr>") == 1 + 4
    server.stop()


def test_pause_holds_the_picture(page: Any) -> None:
    with (
        training() as (_, push_port, router_port),
        serve_plot(
            "iteration", "error", push_port=push_port, router_port=router_port, open_browser=False
        ) as server,
    ):
        open_page(page, server.url)
        eventually(page, lambda: len(points(page)) > 20)
        page.get_by_text("Pause").click()
        page.wait_for_timeout(500)
        held = points(page)
        page.wait_for_timeout(1000)
        assert points(page) == held
        # One may look closer meanwhile.
        left, top, right, bottom = plot_area(page)
        page.mouse.move((left + right) / 2, (top + bottom) / 2)
        for _ in range(4):
            page.mouse.wheel(0, -300)
        eventually(page, lambda: points(page)[0][0] > 1)
        assert set(points(page)) < set(held)
        page.locator(".bk-tool-icon-reset").first.click()
        eventually(page, lambda: points(page) == held)
        page.get_by_text("Pause").click()
        eventually(page, lambda: points(page)[-1][0] > held[-1][0] + 50)
        assert points(page)[: len(held)] == held


def test_nothing_is_sent_when_nothing_is_new(page: Any) -> None:
    with serve_plot("x", "y", push_port=1, router_port=2, open_browser=False) as server:
        frames: list[object] = []
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)),
        )
        open_page(page, server.url)
        assert "waiting" in text(page, "state")
        page.wait_for_timeout(500)
        frames.clear()
        page.wait_for_timeout(1500)
        assert frames == []
        set_control(page, "axes", "active", [0])
        eventually(page, lambda: frames)
