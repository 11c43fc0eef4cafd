"""`async for`."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest
from test_stream import entries, eventually, log, streaming
from test_stream_subscribe import follow

import mimir


def waiting_threads() -> int:
    return sum(thread.name == "mimir-wait" for thread in threading.enumerate())


def test_all_entries_in_order_while_other_tasks_run() -> None:
    async def main() -> None:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        got = []
        async with follow(logger) as found:
            async for entry in found:
                got.append(entry)
                if len(got) == 1000:
                    await asyncio.to_thread(log, logger, 1000, 1000)
                if len(got) == 2000:
                    break
            assert found.sequence == 2000
        assert got == entries(2000)
        assert turns > 10
        task.cancel()

    with streaming(stream_maxlen=None) as logger:
        log(logger, 1000)
        asyncio.run(main())
    eventually(lambda: waiting_threads() == 0)


def test_cancelling_loses_nothing() -> None:
    async def main() -> None:
        found = follow(logger, timeout=None)
        got: list[Any] = []
        thread = threading.Thread(target=slowly)
        thread.start()
        cancelled = 0
        while len(got) < 60:
            try:
                got.append(await asyncio.wait_for(anext(found), 0.003))
            except asyncio.TimeoutError:  # before Python 3.11 it is not the built-in one
                cancelled += 1
        thread.join()
        assert cancelled > 5
        assert got == entries(60)
        found.close()

    def slowly() -> None:
        for entry in entries(60):
            logger.log(entry)
            threading.Event().wait(0.01)

    with streaming(stream_maxlen=None) as logger:
        asyncio.run(main())


def test_the_loop_is_not_blocked_while_it_waits() -> None:
    async def main() -> None:
        async with follow(logger) as found:
            waiting = asyncio.ensure_future(anext(found))
            for _ in range(20):
                await asyncio.sleep(0.01)
            assert not waiting.done()
            logger.log({"i": 0})
            assert await waiting == {"i": 0}

    with streaming(stream_maxlen=None) as logger:
        asyncio.run(main())


def test_time_out_and_end() -> None:
    async def main() -> None:
        found = follow(logger, timeout=0.2)
        with pytest.raises(TimeoutError):
            await anext(found)
        logger.log({"i": 0})
        assert await anext(found) == {"i": 0}
        waiting = asyncio.ensure_future(anext(found, "the end"))
        await asyncio.sleep(0)
        found.close()
        assert await waiting == "the end"
        with pytest.raises(ValueError, match="past"):
            mimir.subscribe(past="no")  # type: ignore[arg-type]

    with streaming(stream_maxlen=None) as logger:
        asyncio.run(main())


def test_sync_and_async_take_turns() -> None:
    async def main() -> None:
        found = follow(logger)
        assert await anext(found) == {"i": 0}
        assert next(found) == {"i": 1}
        waiting = asyncio.ensure_future(anext(found))
        await asyncio.sleep(0.01)
        waiting.cancel()
        logger.log({"i": 2})
        assert next(found) == {"i": 2}
        found.close()

    with streaming(stream_maxlen=None) as logger:
        log(logger, 2)
        asyncio.run(main())


def test_what_is_forgotten_ends_its_thread() -> None:
    async def main() -> None:
        found = follow(logger, timeout=0.05)
        with pytest.raises(TimeoutError):
            await anext(found)
        assert waiting_threads() == 1

    with streaming() as logger:
        asyncio.run(main())
        gc.collect()
        eventually(lambda: waiting_threads() == 0)
