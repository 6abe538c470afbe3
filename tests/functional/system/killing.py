"""Killing a process the moment something happens at Telegram's side, or after some time."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.functional.bot_api import BotApiServer

COMES_WITHIN = 25.0
"""Seconds after which the event is waited for no longer, and the kill comes all the same."""


class Moment(StrEnum):
    """When a kill comes."""

    FETCHED = "messages handed out, the answer not read yet"
    RECEIVED = "messages handed out and read"
    TAKEN = "a reply taken, its taking not told yet"
    SENT = "a reply taken and told"
    SOON = "some time after the start"


@dataclass(frozen=True)
class Kill:
    """One kill: at the ``nth`` event, ``delay`` seconds later."""

    moment: Moment
    nth: int
    delay: float


def kill_by(chance: random.Random) -> Kill:
    """A kill by chance: every moment is as likely as the others."""
    moment = chance.choice(list(Moment))
    if moment is Moment.SOON:
        return Kill(moment, 1, chance.uniform(0.2, 5.0))
    at_once = moment in {Moment.FETCHED, Moment.TAKEN}
    return Kill(moment, chance.randrange(1, 9), 0 if at_once else chance.uniform(0, 0.15))


class Killer:
    """Watches what a bot asks of Telegram, and kills whom it is told when the moment comes."""

    def __init__(self, telegram: BotApiServer) -> None:
        self._armed: tuple[Kill, int] | None = None
        self._count = 0
        self._done = threading.Event()
        methods = telegram.api.methods
        self._get, self._send = methods["getupdates"], methods["sendmessage"]
        telegram.answers_with("getUpdates", self._get_updates)
        telegram.answers_with("sendMessage", self._send_message)

    def kill(self, how: Kill, pid: int) -> bool:
        """Kill a process so; returns False when its moment did not come and it was killed late."""
        self._done.clear()
        self._count = 0
        if how.moment is Moment.SOON:
            self._done.wait(how.delay)
            os.kill(pid, signal.SIGKILL)
            return True
        self._armed = (how, pid)
        came = self._done.wait(COMES_WITHIN)
        self._armed = None
        if not came:
            os.kill(pid, signal.SIGKILL)
        return came

    async def _get_updates(self, given: dict[str, Any]) -> object:
        updates = await self._get(given)
        if updates:
            self._happens(Moment.FETCHED, Moment.RECEIVED)
        return updates

    async def _send_message(self, given: dict[str, Any]) -> object:
        taken = await self._send(given)
        self._happens(Moment.TAKEN, Moment.SENT)
        return taken

    def _happens(self, *moments: Moment) -> None:
        if self._armed is None or self._armed[0].moment not in moments:
            return
        self._count += 1
        how, pid = self._armed
        if self._count < how.nth:
            return
        self._armed = None
        if how.delay:
            asyncio.get_running_loop().call_later(how.delay, self._strike, pid)
        else:
            self._strike(pid)

    def _strike(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        self._done.set()
