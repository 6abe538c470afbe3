"""The loop behind alerts: what is due goes out, day and night."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.services.alerting.daily import DailyAlerts
from bot.services.alerting.sending import Dispatcher

SEND_EVERY = 2.0
"""Seconds between looks for what is due."""

ASK_EVERY = 60.0
"""Seconds between asking what arrived, and looking whether today's alert is planned."""

ALARM_EVERY = 600.0
"""Seconds between saying that a daily alert is missing."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class AlertLoop:
    """Sends, asks and watches until it is told to end."""

    dispatcher: Dispatcher
    daily: DailyAlerts

    async def run(self, end: asyncio.Event) -> None:
        """Until ``end``. An alert that is on its way then may be sent again by the next."""
        working = [
            asyncio.create_task(self._again_and_again(what, every))
            for what, every in (
                (self.dispatcher.send_due, SEND_EVERY),
                (self.dispatcher.ask_for_outcomes, ASK_EVERY),
                (self.daily.plan, ASK_EVERY),
                (self.daily.alarm, ALARM_EVERY),
            )
        ]
        try:
            await end.wait()
        finally:
            for each in working:
                each.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    async def _again_and_again(self, what: Callable[[], Awaitable[object]], every: float) -> None:
        name = getattr(what, "__name__", "")
        while True:
            try:
                await what()
            except Exception as problem:
                # Whatever it is, alerts go on: the next look may find the trouble gone.
                log.error("alerts_troubled", what=name, problem=type(problem).__name__)
            await asyncio.sleep(every)
