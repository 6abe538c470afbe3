"""Waiting until something is due, woken by whatever is written meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress


class Bells:
    """Rung at every change; heard by those who wait, in one event loop."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Wake all who wait: each looks for itself whether it has come."""
        for each in self._waiters:
            each.set()

    async def wait(self, timeout: float, due_in: Callable[[], float | None]) -> None:
        """Return when ``due_in`` says 0 (seconds), or after ``timeout`` seconds.

        ``due_in`` is asked at the start, at every ring, and when its time has come.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        rung = asyncio.Event()
        self._waiters.add(rung)
        try:
            while True:
                rung.clear()
                due = due_in()
                left = end - loop.time()
                if left <= 0 or (due is not None and due <= 0):
                    return
                with suppress(TimeoutError):
                    async with asyncio.timeout(left if due is None else min(left, due)):
                        await rung.wait()
        finally:
            self._waiters.discard(rung)
