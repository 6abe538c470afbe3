"""The web of a serving process: its socket, its server, its app."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from bot.bootstrap import Companion
from bot.domain.errors import SettingsError
from bot.practitioner_web.app import create_app, practitioner_place
from bot.settings import Mode
from bot.web.health import Readiness


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the program ends it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program."""
        yield


class Web:
    """The practitioner web on a socket. Raises ``SettingsError`` for a port that is taken."""

    def __init__(self, companion: Companion, readiness: Callable[[], Awaitable[Readiness]]) -> None:
        settings = companion.settings
        self._socket = _bound(settings.web_host, settings.web_port)
        config = uvicorn.Config(
            _app(companion, readiness),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        self._server = _Server(config)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop``; requests that are in hand have five seconds."""
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            self._server.should_exit = True
            await serving
        finally:
            stopping.cancel()

    async def until_answering(self) -> None:
        """Wait until it answers."""
        while not self._server.started:
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def _app(companion: Companion, readiness: Callable[[], Awaitable[Readiness]]) -> Starlette:
    demo = companion.settings.companion_mode is Mode.DEMO
    return create_app(
        accounts=companion.staff,
        caseloads=companion.caseloads,
        summaries=companion.summaries,
        alerts=companion.alerts,
        opening=companion.alerting.opening,
        clock=companion.clock,
        secrets=companion.keys,
        ids=companion.ids,
        place=practitioner_place(companion.settings.practitioner_address, demo=demo),
        readiness=readiness,
        metrics=CollectorRegistry(),
    )


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
