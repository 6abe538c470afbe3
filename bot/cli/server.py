"""A running companion: webs, workers, channels and Rasa, started and ended together."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any

import structlog

from bot.adapters.records.rights.ledger import LEDGER_FILE
from bot.adapters.understanding_rasa import RasaProcess, RasaUnderstanding, model_for, train
from bot.bootstrap import Companion, with_model
from bot.channels.telegram import Telegram
from bot.cli.roles import ALL, Roles, ServingRole, supervises_rasa
from bot.cli.seats import Seat
from bot.cli.serving_web import Web
from bot.cli.tidying import let_go_of_lost_keys, look_after
from bot.cli.well_being import WellBeing
from bot.domain.errors import ChannelRefused, CompanionError
from bot.services.dead_letters import DeadLetters
from bot.services.delivery import Delivery
from bot.services.handling import Worker
from bot.services.holding import Holder
from bot.services.unkept import Unkept
from bot.services.worker_places import WorkerPlace

log = structlog.get_logger(__name__)

ENDS_WITHIN = 17.0
"""Seconds for what is in hand at the end; Rasa ends after it."""

RASA_ENDS_WITHIN = 8.0

IN_MENU = ("plan", "contacts", "skills", "talk", "stop", "menu")
"""Standing commands that Telegram's menu button lists."""


class Server:
    """What ``serve`` runs, in a seat of its home.

    ``web`` and ``channels`` are left out for a chat by itself.
    """

    def __init__(
        self,
        companion: Companion,
        seat: Seat,
        *,
        roles: Roles = ALL,
        web: bool = True,
        channels: bool = True,
    ) -> None:
        left_out = {ServingRole.PRACTITIONER_WEB: not web, ServingRole.CHANNELS: not channels}
        self._roles = frozenset(each for each in roles if not left_out.get(each))
        self._companion = companion
        self._seat = seat
        self._settings = companion.settings
        self._stop = asyncio.Event()
        self._rasa_stop = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []
        self._rasa_task: asyncio.Task[None] | None = None
        self._web: Web | None = None
        supervised = supervises_rasa(roles, self._settings)
        self.rasa = self._supervised_rasa() if supervised else None
        self.understanding = self._understanding()
        region = self._settings.companion_region
        self.unkept = Unkept(companion.content_source, companion.net, companion.clock, region)
        self.telegram = self._telegram() if ServingRole.CHANNELS in self._roles else None
        works_alone = channels and self.telegram is None and ServingRole.WORKERS in self._roles
        self._only_sends = self._telegram() if works_alone else None
        self._poller = Holder("telegram poller", companion.record)
        self._scheduler = Holder("scheduler", companion.record)
        self._well_being = WellBeing(
            companion,
            self.understanding if self.rasa or ServingRole.WORKERS in self._roles else None,
            self.telegram,
            self._poller,
            self._scheduler if ServingRole.SCHEDULER in self._roles else None,
        )

    async def start(self) -> None:
        """Start everything that answers at once; Rasa follows by itself.

        Raises ``SettingsError`` for a port that is taken and for workers that cannot share, and
        what ``check_may_serve`` and a wrong Telegram token raise.
        """
        companion = self._companion
        await companion.check_may_serve()
        # An erasure that a kill cut short, or that a restored database has not heard of.
        await companion.record.replay_erasures(self._settings.companion_home / LEDGER_FILE)
        if ServingRole.PRACTITIONER_WEB in self._roles:
            self._web = Web(companion, self._well_being.readiness)
        if self.telegram is not None:
            await self._check_telegram(self.telegram)
        if ServingRole.WORKERS in self._roles:
            await self._start_workers()
        if ServingRole.SCHEDULER in self._roles:
            self._begin(self._scheduler.run(partial(look_after, companion), self._stop))
        if self._web is not None:
            self._begin(self._web.run(self._stop))
            await self._web.until_answering()
        if self.telegram is not None:
            self._begin(self._poller.run(self.telegram.run, self._stop))
            self._begin(self._delivery(self.telegram).run(self._stop))
        if self.rasa is not None:
            self._rasa_task = asyncio.create_task(self._run_rasa(self.rasa))
        self._begin(self._keep_state())
        self._begin(let_go_of_lost_keys(self._companion.record, self._stop))

    async def until_stopped(self) -> None:
        """Wait for ``stop``; a part that ends by itself stops the whole, loudly."""
        waiting = asyncio.create_task(self._stop.wait())
        while not self._stop.is_set():
            parts = {*self._tasks, *([self._rasa_task] if self._rasa_task else [])}
            done, _ = await asyncio.wait({waiting, *parts}, return_when=asyncio.FIRST_COMPLETED)
            for each in done & parts:
                if each in self._tasks:
                    self._tasks.remove(each)
                else:
                    self._rasa_task = None
                problem = each.exception()
                if problem is not None:
                    log.error("part_ended", problem=type(problem).__name__)
                    self._stop.set()
                    raise problem
        waiting.cancel()

    def stop(self) -> None:
        """Ask everything to end what it has begun and stop. Asking twice changes nothing."""
        self._stop.set()

    def stop_at(self, *signals: signal.Signals) -> None:
        """Stop at these signals.

        They stay caught when the loop has ended; whoever called ignores them from then on.
        """
        loop = asyncio.get_running_loop()

        def caught(_: int, __: FrameType | None) -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self.stop)

        for each in signals:
            signal.signal(each, caught)

    async def aclose(self) -> None:
        """Wait until everything has ended."""
        self._stop.set()
        await _ended(self._tasks, ENDS_WITHIN)
        self._rasa_stop.set()
        if self._rasa_task is not None:
            await _ended([self._rasa_task], RASA_ENDS_WITHIN)
        for each in (self.telegram, self._only_sends):
            if each is not None:
                await each.close()
        await self.understanding.aclose()
        if self._web is not None:
            self._web.close()
        self._seat.close()

    async def until_understanding(self, seconds: float) -> bool:
        """Wait for Rasa to be ready, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.understanding.state() != "ready":
                    await asyncio.sleep(0.05)
        return self.understanding.state() == "ready"

    def _begin(self, part: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(part))

    def _supervised_rasa(self) -> RasaProcess:
        work, token = self._settings.companion_home / "rasa", self._settings.rasa_token
        return RasaProcess(
            work,
            lambda: model_for(self._settings.companion_content),
            port=self._settings.rasa_port,
            token=token.get_secret_value() if token else None,
        )

    def _understanding(self) -> RasaUnderstanding:
        rasa, settings = self.rasa, self._settings
        token = settings.rasa_token.get_secret_value() if settings.rasa_token else ""
        return RasaUnderstanding(
            (lambda: rasa.addresses) if rasa else (lambda: settings.rasa_url),
            self._companion.keys,
            timeout=settings.rasa_timeout_seconds,
            parse_token=rasa.parse_token if rasa else token,
            supervised=rasa.state if rasa else None,
            when_hung=rasa.restart if rasa else None,
        )

    async def _start_workers(self) -> None:
        companion = self._companion
        net = with_model(companion.net)
        self._well_being.judging(net)
        desk = await companion.desk(self.understanding, net)
        if self._settings.database_file is None:
            place = WorkerPlace(
                companion.record, companion.ids.new(), alone=not self._settings.rasa_url
            )
            await place.take()
            self._begin(place.keep(self._stop))
        self._begin(Worker(desk, companion.record, self.unkept).run(self._stop))

    def _telegram(self) -> Telegram | None:
        token = self._settings.telegram_token
        if token is None:
            return None
        telegram = Telegram(
            token,
            self._companion.record,
            self._companion.clock,
            api_url=self._settings.telegram_api_url,
            commands=[
                (value, label)
                for label, _, value in (self._companion.content.buttons[key] for key in IN_MENU)
            ],
            unkept=self.unkept,
        )
        self.unkept.sends(telegram.name, telegram)
        return telegram

    async def _check_telegram(self, telegram: Telegram) -> None:
        try:
            name = await telegram.check()
        except ChannelRefused:
            raise
        except CompanionError as problem:
            log.error("telegram_unreachable", problem=type(problem).__name__)
        else:
            log.info("telegram", bot=name)

    def _delivery(self, telegram: Telegram) -> Delivery:
        companion = self._companion
        return Delivery(
            "telegram",
            telegram,
            companion.record,
            companion.content_source,
            companion.keys,
            companion.clock,
            dead_letters=DeadLetters(companion.record, companion.clock, companion.ids),
        )

    async def _run_rasa(self, rasa: RasaProcess) -> None:
        work = self._settings.companion_home / "rasa"
        try:
            await train(self._settings.companion_content, work)
        except CompanionError as problem:
            log.error("rasa_not_trained", problem=str(problem))
        await rasa.run(self._rasa_stop)

    async def _keep_state(self) -> None:
        has_web = self._web is not None
        while not self._stop.is_set():
            self._seat.tell(
                {
                    "pid": os.getpid(),
                    "roles": sorted(self._roles),
                    "web": self._settings.practitioner_address if has_web else None,
                    "rasa": {
                        "pid": self.rasa.pid if self.rasa else None,
                        "state": self.understanding.state(),
                    },
                }
            )
            changed = self.rasa.changed if self.rasa is not None else self._stop
            if self.rasa is not None:
                changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), 1)


async def _ended(tasks: Sequence[asyncio.Task[Any]], within: float) -> None:
    """Wait until all have ended, so many seconds; then cancel those that have not."""
    if not tasks:
        return
    _, left = await asyncio.wait(tasks, timeout=within)
    for each in left:
        each.cancel()
    if left:
        log.error("ended_in_the_middle", parts=len(left))
        await asyncio.wait(left, timeout=2)
