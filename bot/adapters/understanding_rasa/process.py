"""The supervised Rasa server: fenced in, restarted freely, never outliving its parent."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from bot.adapters.understanding_rasa.client import State

log = structlog.get_logger(__name__)

PROJECT = Path(__file__).resolve().parents[3] / "rasa_project"
PYTHON = PROJECT / ".venv" / "bin" / "python"

LOOK_EVERY = 0.25
START_SECONDS = 120.0
PAUSES = (0.5, 2.0, 5.0, 15.0)
"""Seconds before the next start, growing while starts fail."""

ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "LOG_LEVEL": "WARNING",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""All that Rasa is given beside PATH, HOME and LANG: no token, no key, no database address."""


def fenced_environment(work: Path, python: Path = PYTHON) -> dict[str, str]:
    """The listed environment of a Rasa process that works in ``work``."""
    return {
        **ENVIRONMENT,
        "PATH": f"{python.parent}:/usr/bin:/bin",
        "HOME": str(work.absolute()),
        "LANG": "C.UTF-8",
    }


class RasaProcess:
    """Starts Rasa on loopback and a free port, and starts it again when it ends.

    ``project`` is the folder of its ``serve.py``, ``python`` the interpreter that runs it. One that
    is not ready after ``start_seconds`` is ended and started anew. ``port`` and ``token`` are given
    where other processes ask it too.
    """

    def __init__(
        self,
        work: Path,
        model: Callable[[], Path | None],
        *,
        project: Path = PROJECT,
        python: Path = PYTHON,
        start_seconds: float = START_SECONDS,
        port: int = 0,
        token: str | None = None,
    ) -> None:
        self._work = work
        self._model = model
        self._project = project
        self._python = python
        self._start_seconds = start_seconds
        self._process: asyncio.subprocess.Process | None = None
        self._state: State = "starting"
        self._given_port = port
        self._port = port
        # Hexadecimal: Rasa's command line takes a token that begins with "-" for an option.
        self.parse_token = token or secrets.token_hex(16)
        self._restart = asyncio.Event()
        self.changed = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    @property
    def addresses(self) -> list[str]:
        """Where it listens, once it is ready."""
        return [f"http://127.0.0.1:{self._port}"] if self._state == "ready" else []

    def state(self) -> State:
        """ready, starting or down."""
        return self._state

    def restart(self) -> None:
        """End it, if it is running, and start it anew: it answers nothing any more."""
        self._restart.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep Rasa running until ``stop``; ends it then."""
        failures = 0
        try:
            while not stop.is_set():
                model = self._model()
                if model is None:
                    self._is("down")
                    await _wait(stop, PAUSES[-1])
                    continue
                self._is("starting")
                if await self._start(model) and await self._until_ready(stop):
                    failures = 0
                    self._is("ready")
                    await self._until_ended(stop)
                if stop.is_set():
                    break
                self._is("down")
                log.error("rasa_ended", code=self._process.returncode if self._process else None)
                await self._end()
                await _wait(stop, PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
        finally:
            await self._end()
            self._is("down")

    async def _start(self, model: Path) -> bool:
        """Start it; False where it cannot be, as without its environment."""
        self._process = None
        try:
            await self._launch(model)
        except OSError as problem:
            log.error("rasa_not_started", problem=type(problem).__name__)
            return False
        return True

    async def _launch(self, model: Path) -> None:
        self._work.mkdir(parents=True, exist_ok=True)
        self._port = self._given_port or _free_port()
        self._restart.clear()
        with (self._work / "rasa.log").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                str(self._python),
                "-W",
                "ignore",
                str(self._project / "serve.py"),
                "--port",
                str(self._port),
                "--model",
                str(model.absolute()),
                "--work",
                str(self._work.absolute()),
                "--parent",
                str(os.getpid()),
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=fenced_environment(self._work, self._python),
                cwd=self._work,
                start_new_session=True,
            )
        if self._process.stdin is not None:
            with suppress(ConnectionError):
                self._process.stdin.write(f"{self.parse_token}\n".encode())
                await self._process.stdin.drain()

    async def _until_ready(self, stop: asyncio.Event) -> bool:
        deadline = asyncio.get_running_loop().time() + self._start_seconds
        while not stop.is_set() and asyncio.get_running_loop().time() < deadline:
            if self.pid is None:
                return False
            if await _listens(self._port):
                return True
            await _wait(stop, LOOK_EVERY)
        return False

    async def _until_ended(self, stop: asyncio.Event) -> None:
        if self._process is None:
            return
        ended = asyncio.create_task(self._process.wait())
        stopped = asyncio.create_task(stop.wait())
        restarted = asyncio.create_task(self._restart.wait())
        try:
            await asyncio.wait({ended, stopped, restarted}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (ended, stopped, restarted):
                each.cancel()

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _is(self, state: State) -> None:
        if state != self._state:
            self._state = state
            log.info("rasa", state=state)
        self.changed.set()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _listens(port: int) -> bool:
    """Whether Rasa answers there: it listens only once its model is loaded."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        await writer.drain()
        line = await asyncio.wait_for(reader.readline(), 2)
    except (OSError, TimeoutError, ValueError):
        return False
    finally:
        writer.close()
    return b" 200 " in line


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
