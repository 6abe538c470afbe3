"""A worker process under measurement: the real wiring without Rasa. See bench_store_workers."""

from __future__ import annotations

import asyncio
import signal
from typing import Literal

from bot.bootstrap import open_companion
from bot.cli.home import keep_logs_quiet, settings_in_force
from bot.cli.output import as_json
from bot.domain.commands import Command
from bot.services.handling import Worker


class NoUnderstanding:
    """Nothing behind the understanding: standing words and buttons need none."""

    async def understand(self, text: str, thread: str) -> Command | None:
        """Nothing."""
        return None

    async def asks_for(self, text: str) -> Command | None:
        """Nothing."""
        return None

    def state(self) -> Literal["ready", "starting", "down"]:
        """Down."""
        return "down"


async def _main() -> None:
    keep_logs_quiet()
    companion = open_companion(settings_in_force())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    worker = Worker(await companion.desk(NoUnderstanding()), companion.record)
    as_json({"ready": True})
    await worker.run(stop)
    await companion.aclose()


if __name__ == "__main__":
    asyncio.run(_main())
