"""How many processes may answer messages: one with a Rasa of its own, or any number that share."""

from __future__ import annotations

import asyncio
from typing import Protocol

from bot.domain.errors import RecordUnavailable, SettingsError

ALONE = "workers alone"
TOGETHER = "workers with others "

PATIENCE = 17.0
"""Seconds: the place of a process that was killed is free after 15."""

HOLD_EVERY = 5.0


class Places(Protocol):
    """Where it is kept which processes answer messages."""

    async def hold(self, part: str) -> bool:
        """Hold a part of the companion for another 15 s; whether this process has it now."""
        ...

    async def let_go(self, part: str) -> None:
        """Give a part back."""
        ...

    async def held_by_others(self, start: str) -> list[str]:
        """Parts whose names start so and that another process holds now."""
        ...


class WorkerPlace:
    """The place of one process among those that answer messages.

    A process that supervises its own Rasa works ``alone``: the next message of a conversation
    may be answered by any process, and only a Rasa that all of them ask knows its thread.
    """

    def __init__(self, places: Places, name: str, *, alone: bool) -> None:
        self._places = places
        self._alone = alone
        self._part = ALONE if alone else f"{TOGETHER}{name}"

    async def take(self, patience: float = PATIENCE) -> None:
        """Take the place, waiting for one that may have been killed.

        Raises ``SettingsError`` where another process answers messages and cannot share.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience
        while not await self._is_taken():
            if loop.time() >= deadline:
                await self._places.let_go(self._part)
                raise SettingsError(
                    "Another process answers messages on this database:"
                    " with more than one, each needs RASA_URL."
                )
            await asyncio.sleep(0.5)

    async def keep(self, stop: asyncio.Event) -> None:
        """Keep the place until ``stop``; then leave it."""
        while not stop.is_set():
            try:
                await self._places.hold(self._part)
            except RecordUnavailable:
                await asyncio.sleep(1)
                continue
            try:
                await asyncio.wait_for(stop.wait(), HOLD_EVERY)
            except TimeoutError:
                continue
        await self._places.let_go(self._part)

    async def _is_taken(self) -> bool:
        if not await self._places.hold(self._part):
            return False
        return not await self._places.held_by_others(TOGETHER if self._alone else ALONE)


async def somebody_answers(places: Places) -> bool:
    """Whether another process answers messages now."""
    return bool(await places.held_by_others(ALONE) or await places.held_by_others(TOGETHER))
