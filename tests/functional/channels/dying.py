"""A companion that is killed as soon as it has kept an act, before Telegram can hear of it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from bot.domain.messages import Said
from bot.services.ports import Accepted, Queue
from tests.functional.bot_api import BotApiServer
from tests.functional.channels.connected import Connected


class Deadly(Queue):
    """Keeps one act and takes the process with it."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    async def accept(self, said: Said) -> Accepted:
        await self._queue.accept(said)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


async def main() -> None:
    """Connect to the Bot API server of the test that started this."""
    told = json.loads(sys.argv[1])
    telegram = BotApiServer(told["port"])
    async with Connected(telegram, Path(told["home"]), queue=Deadly):
        await asyncio.sleep(30)


if __name__ == "__main__":
    asyncio.run(main())
