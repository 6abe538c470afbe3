"""A program that a test has started in a home: what it says, and how it ends."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.functional.system.home import PROJECT, Home

ENDS_WITHIN = 30.0


class Started:
    """A running program. What it says and shows is added to files of these names."""

    def __init__(self, home: Home, words: Sequence[str], said_in: Path, shown_in: Path) -> None:
        self.said_in = said_in
        with said_in.open("ab") as said, shown_in.open("ab") as shown:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=shown,
                stderr=said,
                env=home.environment(),
                cwd=PROJECT,
            )

    @property
    def pid(self) -> int:
        """Its process id; the name under which it holds leases contains it."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; minus a signal's number where that ended it, None while it runs."""
        return self._process.poll()

    @property
    def said(self) -> str:
        """Everything on standard error so far, of earlier programs with this file too."""
        return self.said_in.read_text("utf-8")

    def terminate(self, times: int = 1) -> tuple[int, float]:
        """SIGTERM, so many times; its exit code, and after how many seconds."""
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        for _ in range(times - 1):
            time.sleep(0.1)
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(ENDS_WITHIN), time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL: nothing of it runs on."""
        self._process.kill()
        self._process.wait(ENDS_WITHIN)

    def end(self) -> None:
        """End it, unless it has ended; if it was running it has to end well."""
        if self.exit_code is not None:
            return
        try:
            code, _ = self.terminate()
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        assert code == 0, f"ended with {code}: {self.said[-3000:]}"
