"""How a serving process is, for the health page and for those who watch it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.adapters.understanding_rasa import RasaUnderstanding
from bot.bootstrap import Companion
from bot.channels.telegram import Telegram
from bot.domain.safety_net import SafetyNet
from bot.services.alerting.daily import PathState
from bot.services.holding import Holder
from bot.services.ports import DeadCount
from bot.web.health import Readiness

COUNTED = timedelta(days=7)
"""How far back dead letters are counted."""

COUNTED_AGAIN = timedelta(minutes=1)

LOOKED_AT_AGAIN = timedelta(seconds=5)

DEGRADED = "degraded: rules alone"
"""A safety net whose model was missing when this process began."""

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
        self._path = PathState(0, ())
        self._path_seen_at: datetime | None = None
        self._net: SafetyNet | None = None

    def judging(self, net: SafetyNet) -> None:
        """This process judges messages, with this net."""
        self._net = net

    async def readiness(self) -> Readiness:
        """Ready, with details. Degraded is not dead."""
        channels = [self._telegram.name] if self._telegram else []
        ages = await self._companion.record.oldest_waiting(channels)
        poll = self._telegram.last_poll if self._telegram else None
        dead = await self._dead_letters()
        alerts = await self._alerts()
        return Readiness(
            ready=True,
            details={
                "rasa": self._understanding.state() if self._understanding else ELSEWHERE,
                "safety_net": self._safety_net_state(),
                "safety_net_without_model": int(self._net is not None and not self._net.has_model),
                "oldest_inbox_seconds": ages[0],
                "oldest_outbox_seconds": ages[1],
                "telegram": self._telegram_state(),
                "last_good_poll": poll.isoformat() if poll else None,
                "scheduler": "here" if self._scheduler and self._scheduler.holds else ELSEWHERE,
                "dead_messages": dead.messages,
                "dead_messages_of_guests": dead.messages_of_guests,
                "dead_replies": dead.replies,
                "alerts": alerts_word(self._companion, alerts),
                "alerts_undelivered": alerts.undelivered,
                "alerts_daily_missing": len(alerts.unproved),
            },
        )

    def _safety_net_state(self) -> str:
        if self._net is None:
            return ELSEWHERE
        return "rules and model" if self._net.has_model else DEGRADED

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

    async def _alerts(self) -> PathState:
        """How alerts get out, looked at anew every few seconds at most."""
        now = self._companion.clock.now()
        last = self._path_seen_at
        if last is None or not timedelta(0) <= now - last < LOOKED_AT_AGAIN:
            self._path = await self._companion.alerting.daily.state()
            self._path_seen_at = now
        return self._path


def alerts_word(companion: Companion, state: PathState) -> str:
    """ "ok", "degraded", or "off" where nothing is set to send them by."""
    if not companion.alerting.readiness.has_sender:
        return "off"
    return "ok" if state.is_well else "degraded"
