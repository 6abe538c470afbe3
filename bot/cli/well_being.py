"""How a serving process is, for the health page and for those who watch it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.adapters.understanding_rasa import RasaUnderstanding
from bot.bootstrap import Companion
from bot.channels.telegram import Telegram
from bot.services.holding import Holder
from bot.services.ports import DeadCount
from bot.web.health import Readiness

COUNTED = timedelta(days=7)
"""How far back dead letters are counted."""

COUNTED_AGAIN = timedelta(minutes=1)

ELSEWHERE = "elsewhere"
"""Another process does it, as far as this one knows."""


class WellBeing:
    """Asked by the health page. What this process does not do is None."""

    def __init__(
        self,
        companion: Companion,
        understanding: RasaUnderstanding | None,
        telegram: Telegram | None,
        poller: Holder,
        scheduler: Holder | None,
    ) -> None:
        self._companion = companion
        self._understanding = understanding
        self._telegram = telegram
        self._poller = poller
        self._scheduler = scheduler
        self._dead = DeadCount(0, 0, 0)
        self._counted_at: datetime | None = None

    async def readiness(self) -> Readiness:
        """Ready, with details. Degraded is not dead."""
        channels = [self._telegram.name] if self._telegram else []
        ages = await self._companion.record.oldest_waiting(channels)
        poll = self._telegram.last_poll if self._telegram else None
        dead = await self._dead_letters()
        return Readiness(
            ready=True,
            details={
                "rasa": self._understanding.state() if self._understanding else ELSEWHERE,
                "oldest_inbox_seconds": ages[0],
                "oldest_outbox_seconds": ages[1],
                "telegram": self._telegram_state(),
                "last_good_poll": poll.isoformat() if poll else None,
                "scheduler": "here" if self._scheduler and self._scheduler.holds else ELSEWHERE,
                "dead_messages": dead.messages,
                "dead_messages_of_guests": dead.messages_of_guests,
                "dead_replies": dead.replies,
            },
        )

    def _telegram_state(self) -> str:
        if self._telegram is None:
            return "off"
        return self._telegram.state().value if self._poller.holds else ELSEWHERE

    async def _dead_letters(self) -> DeadCount:
        now = self._companion.clock.now()
        last = self._counted_at
        if last is None or not timedelta(0) <= now - last < COUNTED_AGAIN:
            self._dead = await self._companion.record.dead_letters(now - COUNTED)
            self._counted_at = now
        return self._dead
