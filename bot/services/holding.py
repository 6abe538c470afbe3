"""Parts of the companion that one process at a time does, whichever holds them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

import structlog

from bot.domain.errors import RecordUnavailable

RENEW_EVERY = 5.0
"""Seconds between renewals, and between tries of those who would like to have the part."""

SURE_FOR = 10.0
"""Seconds after a renewal was asked for in which nobody else can have the part; it lasts 15."""

ENDS_WITHIN = 4.0
"""Seconds that the work has to end in once the part is lost: then the 15 are not over yet."""

log = structlog.get_logger(__name__)


class Parts(Protocol):
    """Where it is kept who does what."""

    async def hold(self, part: str) -> bool:
        """Hold a part of the companion for another 15 s; whether this process has it now."""
        ...

    async def let_go(self, part: str) -> None:
        """Give a part back."""
        ...


class Holder:
    """Does a part's work while this process holds the part, and stands by while another does."""

    def __init__(self, part: str, parts: Parts) -> None:
        self._part = part
        self._parts = parts
        self.holds = False
        """Whether the work is this process's now."""

    async def run(
        self, work: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event
    ) -> None:
        """Do ``work`` whenever the part is held, until ``stop``. The work ends at its own event."""
        while not stop.is_set():
            asked_at = asyncio.get_running_loop().time()
            if await self._held_by(asked_at + SURE_FOR):
                log.info("part_held", part=self._part)
                self.holds = True
                try:
                    await self._while_held(work, stop, asked_at)
                finally:
                    self.holds = False
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RENEW_EVERY)

    async def _while_held(
        self, work: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event, since: float
    ) -> None:
        end = asyncio.Event()
        doing = asyncio.ensure_future(work(end))
        stopping = asyncio.create_task(stop.wait())
        losing = asyncio.create_task(self._until_lost(since))
        try:
            await asyncio.wait({doing, stopping, losing}, return_when=asyncio.FIRST_COMPLETED)
            end.set()
            await asyncio.wait({doing, losing}, return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                log.warning("part_lost", part=self._part)
                await asyncio.wait({doing}, timeout=ENDS_WITHIN)
            lost = losing.done()
        finally:
            for each in (doing, stopping, losing):
                each.cancel()
            await asyncio.gather(doing, stopping, losing, return_exceptions=True)
        if not lost:
            with suppress(RecordUnavailable):
                await self._parts.let_go(self._part)
        if not doing.cancelled():
            doing.result()

    async def _until_lost(self, since: float) -> None:
        """Renew; return when another has the part, or may have it soon."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(RENEW_EVERY)
            asked_at = loop.time()
            if not await self._held_by(since + SURE_FOR):
                return
            since = asked_at

    async def _held_by(self, deadline: float) -> bool:
        """Whether the part is held, as often as it takes to ask; False from the deadline on."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(deadline):
                while True:
                    try:
                        return await self._parts.hold(self._part)
                    except RecordUnavailable:
                        await asyncio.sleep(0.5)
        return False
