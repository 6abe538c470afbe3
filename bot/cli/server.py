"""A running companion: webs, workers, channels and Rasa, started and ended together."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

import structlog
import uvicorn
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from bot.adapters.understanding_rasa import RasaProcess, RasaUnderstanding, model_for, train
from bot.bootstrap import Companion
from bot.channels.telegram import Telegram
from bot.domain.errors import AlreadyRunning, ChannelRefused, CompanionError, SettingsError
from bot.practitioner_web.app import create_app, practitioner_place
from bot.services.delivery import Delivery
from bot.services.handling import Worker
from bot.settings import Mode, Settings
from bot.web.health import Readiness

log = structlog.get_logger(__name__)

TIDY_EVERY = 60.0
"""Seconds between shredding what is due and sealing the audit."""

IN_MENU = ("plan", "contacts", "skills", "talk", "stop", "menu")
"""Standing commands that Telegram's menu button lists."""

OWNER = "serve"
"""The name under which a serving process holds leases; one at a time, by the home's lock."""

STATE_FILE = "serve.json"
LOCK_FILE = "serve.lock"


class _Web(uvicorn.Server):
    """uvicorn without its own signal handlers: the server ends it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program."""
        yield


class Server:
    """What ``serve`` runs, under the home's lock.

    ``web`` and ``channels`` are left out for a chat by itself.
    """

    def __init__(
        self, companion: Companion, lock: TextIO, *, web: bool = True, channels: bool = True
    ) -> None:
        self._companion = companion
        self._lock = lock
        self._settings = companion.settings
        self._with_web = web
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []
        self._socket: socket.socket | None = None
        self.rasa = None if self._settings.rasa_url else self._supervised_rasa()
        self.understanding = self._understanding()
        self.telegram = self._telegram() if channels else None

    async def start(self) -> None:
        """Start everything that answers at once; Rasa follows by itself.

        Raises ``SettingsError`` for a port that is taken, and what
        ``check_may_serve`` and a wrong Telegram token raise.
        """
        companion = self._companion
        await companion.check_may_serve()
        if self._with_web:
            self._socket = _bound(self._settings.web_host, self._settings.web_port)
        if self.telegram is not None:
            await self._check_telegram(self.telegram)
        desk = await companion.desk(self.understanding)
        self._begin(Worker(desk, companion.record).run(self._stop))
        self._begin(self._tidy())
        if self._with_web and self._socket is not None:
            await self._start_web(self._socket)
        if self.telegram is not None:
            self._begin(self.telegram.run(self._stop))
            self._begin(self._delivery(self.telegram).run(self._stop))
        self._begin(self._run_rasa())
        self._begin(self._keep_state_file())

    async def until_stopped(self) -> None:
        """Wait for ``stop``; a part that ends by itself stops the whole, loudly."""
        waiting = asyncio.create_task(self._stop.wait())
        while not self._stop.is_set():
            done, _ = await asyncio.wait(
                {waiting, *self._tasks}, return_when=asyncio.FIRST_COMPLETED
            )
            for each in done & set(self._tasks):
                self._tasks.remove(each)
                if each.exception() is not None:
                    log.error("part_ended", problem=type(each.exception()).__name__)
                    self._stop.set()
                    raise each.exception() or RuntimeError
        waiting.cancel()

    def stop(self) -> None:
        """Ask everything to end what it has begun and stop."""
        self._stop.set()

    async def aclose(self) -> None:
        """Wait until everything has ended."""
        self._stop.set()
        if self._tasks:
            _, left = await asyncio.wait(self._tasks, timeout=20)
            for each in left:
                each.cancel()
        if self.telegram is not None:
            await self.telegram.close()
        await self.understanding.aclose()
        if self._socket is not None:
            self._socket.close()
        with suppress(FileNotFoundError):
            (self._settings.companion_home / STATE_FILE).unlink()
        self._lock.close()

    async def until_understanding(self, seconds: float) -> bool:
        """Wait for Rasa to be ready, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.understanding.state() != "ready":
                    await asyncio.sleep(0.05)
        return self.understanding.state() == "ready"

    def _begin(self, part: Any) -> None:
        self._tasks.append(asyncio.create_task(part))

    def _supervised_rasa(self) -> RasaProcess:
        work = self._settings.companion_home / "rasa"
        return RasaProcess(work, lambda: model_for(self._settings.companion_content))

    def _understanding(self) -> RasaUnderstanding:
        rasa = self.rasa
        urls = self._settings.rasa_url
        return RasaUnderstanding(
            (lambda: rasa.addresses) if rasa else (lambda: urls),
            self._companion.keys,
            timeout=self._settings.rasa_timeout_seconds,
            parse_token=rasa.parse_token if rasa else "",
            supervised=rasa.state if rasa else None,
        )

    def _telegram(self) -> Telegram | None:
        token = self._settings.telegram_token
        if token is None:
            return None
        return Telegram(
            token,
            self._companion.record,
            self._companion.clock,
            api_url=self._settings.telegram_api_url,
            commands=[
                (value, label)
                for label, _, value in (self._companion.content.buttons[key] for key in IN_MENU)
            ],
        )

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
        )

    async def _run_rasa(self) -> None:
        if self.rasa is None:
            return
        work = self._settings.companion_home / "rasa"
        try:
            await train(self._settings.companion_content, work)
        except CompanionError as problem:
            log.error("rasa_not_trained", problem=str(problem))
        await self.rasa.run(self._stop)

    async def _start_web(self, listening: socket.socket) -> None:
        config = uvicorn.Config(
            self._app(),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        web = _Web(config)

        async def end_with_the_rest() -> None:
            await self._stop.wait()
            web.should_exit = True

        self._begin(web.serve(sockets=[listening]))
        self._begin(end_with_the_rest())
        while not web.started:
            await asyncio.sleep(0.01)

    def _app(self) -> Starlette:
        companion = self._companion
        demo = self._settings.companion_mode is Mode.DEMO
        return create_app(
            accounts=companion.staff,
            caseloads=companion.caseloads,
            summaries=companion.summaries,
            alerts=companion.alerts,
            clock=companion.clock,
            secrets=companion.keys,
            ids=companion.ids,
            place=practitioner_place(self._settings.practitioner_address, demo=demo),
            readiness=self._readiness,
            metrics=CollectorRegistry(),
        )

    async def _readiness(self) -> Readiness:
        channels = [self.telegram.name] if self.telegram else []
        ages = await self._companion.record.oldest_waiting(channels)
        poll = self.telegram.last_poll if self.telegram else None
        return Readiness(
            ready=True,
            details={
                "rasa": self.understanding.state(),
                "oldest_inbox_seconds": ages[0],
                "oldest_outbox_seconds": ages[1],
                "telegram": self.telegram.state() if self.telegram else "off",
                "last_good_poll": poll.isoformat() if poll else None,
            },
        )

    async def _tidy(self) -> None:
        record, home = self._companion.record, self._settings.companion_home
        while not self._stop.is_set():
            try:
                await record.shred_due(self._companion.clock.now())
                await record.seal_heads(home / "audit-seals.log")
            except CompanionError as problem:
                log.error("tidying_failed", problem=type(problem).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), TIDY_EVERY)

    async def _keep_state_file(self) -> None:
        """Tell other commands of this machine how this one is: process ids and states only."""
        path = self._settings.companion_home / STATE_FILE
        while not self._stop.is_set():
            state = {
                "pid": os.getpid(),
                "web": self._settings.practitioner_address if self._with_web else None,
                "rasa": {
                    "pid": self.rasa.pid if self.rasa else None,
                    "state": self.understanding.state(),
                },
            }
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(state), "utf-8")
            fresh.replace(path)
            if self.rasa is not None:
                self.rasa.changed.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.rasa.changed.wait(), 1)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), 1)


def hold_lock(home: Path) -> TextIO:
    """Hold the home's lock while serving. Raises ``AlreadyRunning``."""
    home.mkdir(parents=True, exist_ok=True)
    held = (home / LOCK_FILE).open("a", encoding="utf-8")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise AlreadyRunning from None
    return held


def is_served(home: Path) -> bool:
    """Whether a companion serves this home now."""
    path = home / LOCK_FILE
    if not path.exists():
        return False
    try:
        hold_lock(home).close()
    except AlreadyRunning:
        return True
    return False


def served_state(settings: Settings) -> dict[str, Any]:
    """What a running companion tells of itself; empty where none runs."""
    path = settings.companion_home / STATE_FILE
    if not is_served(settings.companion_home):
        return {}
    try:
        state = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise SettingsError(f"WEB_PORT {port} on {host}: {error.strerror}.") from None
    return listening
