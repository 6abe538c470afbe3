"""Where a ring came from, to be asked again when a data key names a master key that it lacks."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Callable
from typing import Protocol

from bot.adapters.keys.file import KeyFile
from bot.adapters.keys.written import Written, parse
from bot.domain.errors import CompanionError, KeyFileMissing

_COMMAND_SECONDS = 30
_AGAIN_SECONDS = 5
"""How long a command may hold up somebody whose key is not known yet."""

_PAUSE_SECONDS = 60
"""A data key that nobody can open must not run the command with every message."""


class Source(Protocol):
    """Where a ring came from."""

    def changed(self) -> Written | None:
        """The ring as it is now, where that is seen at once to be another one."""
        ...

    def again(self) -> Written | None:
        """The ring as it is now, as far as it can be had."""
        ...


class Nowhere:
    """A ring that was given as it is."""

    def changed(self) -> Written | None:
        """Never."""
        return None

    def again(self) -> Written | None:
        """Never."""
        return None


class FromFile:
    """A ring in a file."""

    def __init__(self, file: KeyFile) -> None:
        self._file = file

    def changed(self) -> Written | None:
        """What stands there now, unless it is what was read last or cannot be used."""
        if not self._file.has_changed():
            return None
        try:
            return self._file.read()
        except CompanionError:
            # What is at hand still opens what it opened; 'keys check' tells what is wrong.
            return None

    def again(self) -> Written | None:
        """The same."""
        return self.changed()


class FromCommand:
    """A ring that a command prints, as a key store's own program does."""

    def __init__(self, command: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._command = command
        self._monotonic = monotonic
        self._asked_at = -float("inf")

    def read(self, seconds: float = _COMMAND_SECONDS) -> Written:
        """The ring. Raises ``KeyFileMissing`` when the command fails, ``KeyFileBroken``."""
        try:
            printed = subprocess.run(  # noqa: S603 - the operator's own setting
                shlex.split(self._command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                check=True,
            ).stdout
        except subprocess.CalledProcessError as error:
            raise _failed(f"ended with {error.returncode}") from None
        except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
            raise _failed(f"did not run ({type(error).__name__})") from None
        return parse(printed, "What COMPANION_KEY_COMMAND prints")

    def changed(self) -> Written | None:
        """Never: the command is not run with each new person."""
        return None

    def again(self) -> Written | None:
        """What it prints now; once a minute at most."""
        if self._monotonic() - self._asked_at < _PAUSE_SECONDS:
            return None
        self._asked_at = self._monotonic()
        try:
            return self.read(_AGAIN_SECONDS)
        except CompanionError:
            return None


def _failed(what: str) -> KeyFileMissing:
    return KeyFileMissing(
        f"COMPANION_KEY_COMMAND {what}: run it by hand as this user until it prints the ring."
    )
