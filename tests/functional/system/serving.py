"""``companion serve`` as a process of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil

from tests.functional.system.home import COMPANION, Home
from tests.functional.system.record_file import RecordFile
from tests.functional.system.started import Started

STARTS_WITHIN = 60.0
RASA_WITHIN = 240.0
"""Seconds until Rasa is ready; with a training before it on a busy machine."""

LOOK_EVERY = 0.02


class Serving(Started):
    """A process that serves a home. What it says on standard error is kept beside the home."""

    def __init__(self, home: Home, *words: str, program: Sequence[str] = (str(COMPANION),)) -> None:
        self.home = home
        self.record = RecordFile(home.path)
        self.port = int(home.settings["WEB_PORT"])
        said_in, shown_in = Path(f"{home.path}.stderr"), Path(f"{home.path}.stdout")
        super().__init__(home, [*program, *(words or ("serve",))], said_in, shown_in)

    @property
    def url(self) -> str:
        """The practitioner web."""
        return f"http://127.0.0.1:{self.port}"

    def health(self) -> dict[str, Any]:
        """What ``/health/ready`` tells; empty while nothing answers there."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            answer = connection.getresponse()
            told: dict[str, Any] = json.loads(answer.read())
        except OSError:
            return {}
        finally:
            connection.close()
        return told | {"status": answer.status}

    def until_ready(self) -> None:
        """Wait until it serves; Rasa may still be starting."""
        self.until(lambda: self.health().get("ready") is True, "ready", STARTS_WITHIN)

    def until_rasa(self, state: str = "ready") -> None:
        """Wait until Rasa is in a state."""
        self.until(lambda: self.health().get("rasa") == state, f"Rasa {state}", RASA_WITHIN)

    def until_answered(self, acts: int = 0, *, since: int = 0) -> None:
        """Wait until so many acts were accepted since a mark, and all is answered and delivered."""
        record = self.record

        def over() -> bool:
            came = not acts or record.accepted(since) >= acts
            return came and not record.is_busy()

        self.until(over, "all answered", 60)

    def until(self, holds: Callable[[], bool], what: str, within: float) -> None:
        """Wait until something holds; fails when it does not in time or the process has ended."""
        end = time.monotonic() + within
        while not holds():
            assert self.exit_code is None, f"ended before it was {what}: {self.said[-3000:]}"
            assert time.monotonic() < end, f"not {what} in {within:g} s: {self.said[-3000:]}"
            time.sleep(LOOK_EVERY)

    def has_rasa(self) -> bool:
        """Whether a Rasa process is there, ready or not."""
        return bool(rasa_below(self.pid))

    def rasa(self) -> psutil.Process:
        """The Rasa process below it."""
        found = rasa_below(self.pid)
        assert len(found) == 1, f"{len(found)} Rasa processes"
        return found[0]

    def rasa_port(self) -> int:
        """Where that Rasa listens."""
        words = self.rasa().cmdline()
        return int(words[words.index("--port") + 1])


@contextmanager
def serving(home: Home, *words: str) -> Iterator[Serving]:
    """``companion serve`` in a home, ready; ended afterwards. Nothing may end in a traceback."""
    process = Serving(home, *words)
    try:
        process.until_ready()
        yield process
    finally:
        process.end()
    assert "Traceback" not in process.said, process.said[-5000:]


def rasa_below(pid: int) -> list[psutil.Process]:
    """The Rasa servers that a process has started, those that are ending left out."""
    found = []
    for each in psutil.Process(pid).children():
        with suppress(psutil.NoSuchProcess):
            if any(word.endswith("serve.py") for word in each.cmdline()):
                found.append(each)
    return found


def until_gone(process: psutil.Process, within: float = 10.0) -> None:
    """Wait until a process is no more."""
    _, alive = psutil.wait_procs([process], timeout=within)
    left = [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]
    for each in left:
        each.kill()
    assert not left, f"process {process.pid} was still there"
