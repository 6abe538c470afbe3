"""``companion chat --json``: lines in, objects out."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.functional.system.home import COMPANION, PASSES, PROJECT, Home


@dataclass(frozen=True)
class Exchange:
    """One line's object, and the seconds that it took from outside."""

    told: dict[str, Any]
    seconds: float

    @property
    def text(self) -> str:
        """The words of all replies."""
        return "\n\n".join(each["text"] for each in self.told["out"])

    @property
    def buttons(self) -> list[str]:
        """The labels of all buttons."""
        return [label for each in self.told["out"] for label in each["buttons"]]

    @property
    def answered_by(self) -> str:
        """Which link of the chain answered."""
        return str(self.told["answered_by"])

    @property
    def tier(self) -> str:
        """The safety net's."""
        return str(self.told["tier"])

    @property
    def ms(self) -> float:
        """From the inbox commit to the outbox commit."""
        return float(self.told["ms"])


class Chat:
    """A chat that is running."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def says(self, line: str | bytes) -> Exchange:
        """Write a line and read its object."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        began = time.monotonic()
        self._process.stdin.write((line.encode() if isinstance(line, str) else line) + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the chat has ended"
        return Exchange(json.loads(answer), time.monotonic() - began)


@contextmanager
def chatting(home: Home, *words: str) -> Iterator[Chat]:
    """A chat in a home, ended by the end of its input; it has to end well and without a word."""
    with subprocess.Popen(
        [str(COMPANION), "chat", "--json", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=home.environment(),
        cwd=PROJECT,
    ) as process:
        try:
            yield Chat(process)
        except BaseException:
            process.kill()
            raise
        _, said = process.communicate(timeout=PASSES)
    assert process.returncode == 0, said.decode()
    assert b"Traceback" not in said, said.decode()
