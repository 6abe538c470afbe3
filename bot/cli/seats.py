"""Who serves a home: one process on SQLite, any number on PostgreSQL, each in a seat of its own."""

from __future__ import annotations

import fcntl
import json
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from bot.domain.errors import AlreadyRunning, RecordUnavailable
from bot.settings import Settings

LOCK_FILE = "serve.lock"
STATE_FILE = "serve.json"

OWNER = "serve"
"""The name under which the one process on an SQLite file holds leases: the next takes them back."""


class Seat:
    """A place among the processes of a home: locks held until it is closed, and a file of state."""

    def __init__(self, state_file: Path, *locks: TextIO) -> None:
        self._state_file = state_file
        self._locks = locks
        # One that was killed may have left what it told of itself.
        with suppress(OSError):
            state_file.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def tell(self, state: dict[str, Any]) -> None:
        """Tell other commands of this machine how this process is: ids and states only."""
        fresh = self._state_file.with_suffix(".new")
        # A disk that is full or read-only ends nothing here: people are still answered.
        with suppress(OSError):
            fresh.write_text(json.dumps(state), "utf-8")
            fresh.replace(self._state_file)

    def close(self) -> None:
        """Leave the seat."""
        with suppress(OSError):
            self._state_file.unlink()
        for each in self._locks:
            each.close()


def hold_lock(home: Path) -> Seat:
    """The first seat of a home. Raises ``AlreadyRunning``."""
    home.mkdir(parents=True, exist_ok=True)
    return Seat(home / STATE_FILE, _locked(home / LOCK_FILE))


def take_seat(settings: Settings) -> Seat:
    """A seat in the home that the settings name.

    On SQLite there is one, for the home and for the database's file, wherever that is: raises
    ``AlreadyRunning``. On PostgreSQL there is always another.
    """
    home, database = settings.companion_home, settings.database_file
    home.mkdir(parents=True, exist_ok=True)
    if database is None:
        return next(seat for number in count(1) if (seat := _seat(home, number)) is not None)
    lock = _locked(home / LOCK_FILE)
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        return Seat(home / STATE_FILE, lock, _locked(_lock_beside(database)))
    except AlreadyRunning:
        lock.close()
        raise


def lease_owner(settings: Settings) -> str:
    """The name under which a serving process holds leases; empty for one of its own."""
    return "" if settings.database_file is None else OWNER


def is_served(settings: Settings) -> bool:
    """Whether a companion of this machine serves this home, or this SQLite file, now."""
    home, database = settings.companion_home, settings.database_file
    locks = _locks_of(home) if database is None else [home / LOCK_FILE, _lock_beside(database)]
    return any(_is_locked(each) for each in locks)


def served_state(settings: Settings) -> dict[str, Any]:
    """What the running companions of a home tell of themselves; empty where none runs.

    ``pid`` and ``web`` are of the process with the web, ``rasa`` of the one that has it;
    ``processes`` are all of them, with their roles.
    """
    states = []
    for lock in _locks_of(settings.companion_home):
        if _is_locked(lock):
            with suppress(OSError, ValueError):
                states.append(json.loads(lock.with_suffix(".json").read_text("utf-8")))
    states = [each for each in states if isinstance(each, dict)]
    if not states:
        return {}
    web = next((each for each in states if each.get("web")), states[0])
    rasas = [each["rasa"] for each in states if isinstance(each.get("rasa"), dict)]
    rasa = next((each for each in rasas if each.get("pid")), rasas[0] if rasas else None)
    processes = [{"pid": each.get("pid"), "roles": each.get("roles")} for each in states]
    return {**web, "rasa": rasa, "processes": processes}


def _seat(home: Path, number: int) -> Seat | None:
    lock = home / (LOCK_FILE if number == 1 else f"serve-{number}.lock")
    try:
        return Seat(lock.with_suffix(".json"), _locked(lock))
    except AlreadyRunning:
        return None


def _locks_of(home: Path) -> list[Path]:
    """The locks of a home's seats, the first seat first."""
    return sorted(home.glob("serve*.lock"), key=lambda each: (len(each.name), each.name))


def _lock_beside(database: Path) -> Path:
    return database.with_name(f"{database.name}-{LOCK_FILE}")


def _locked(path: Path) -> TextIO:
    """An open file that nobody else has locked.

    Raises ``AlreadyRunning``; ``RecordUnavailable`` where no file can be written.
    """
    try:
        lock = path.open("a")
    except OSError as error:
        raise RecordUnavailable(f"{path}: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise AlreadyRunning from None
    return lock


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        _locked(path).close()
    except AlreadyRunning:
        return True
    return False
