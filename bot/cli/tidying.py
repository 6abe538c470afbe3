"""What a running companion does by itself, every minute and every day."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from bot.adapters.records import SqlRecord
from bot.adapters.records.audit.seals import SEALS_FILE
from bot.bootstrap import Companion
from bot.domain.errors import CompanionError

log = structlog.get_logger(__name__)

TIDY_EVERY = 60.0
"""Seconds between shredding what is due and sealing the audit."""


async def look_after(companion: Companion, end: asyncio.Event) -> None:
    """Tidy, and send alerts.

    One process at a time does this: whichever holds the scheduler's part.
    """
    await asyncio.gather(tidy(companion, end), companion.alert_loop().run(end))


async def tidy(companion: Companion, end: asyncio.Event) -> None:
    """Shred guests and seal the audit each minute; take old messages' words each day."""
    record = companion.record
    shortened_on = None
    while not end.is_set():
        now = companion.clock.now()
        try:
            await record.shred_due(now)
            await record.seal_heads(companion.settings.companion_home / SEALS_FILE)
            if shortened_on != now.date():
                await record.shorten_messages(now)
                shortened_on = now.date()
        except (CompanionError, OSError) as problem:
            log.error("tidying_failed", problem=type(problem).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(end.wait(), TIDY_EVERY)


async def let_go_of_lost_keys(record: SqlRecord, stop: asyncio.Event) -> None:
    """Each process forgets the keys that another has destroyed: the erased stay erased here."""
    while not stop.is_set():
        with suppress(CompanionError):
            await record.drop_lost_keys()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), TIDY_EVERY)
