"""SQLite's disk: what must be durable is answered once the write-ahead log is on it.

SQLite would sync the log within the commit (``synchronous=FULL``), and every write behind it would
wait for the disk. Here a thread of its own does the same after the commit, for all that wait
together, while the writer goes on. What is in the log is lost in order, if ever: never something
before something that was answered as durable.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue

from bot.adapters.records.writing.answering import Answer, deliver
from bot.domain.errors import RecordUnavailable


class Syncer:
    """Holds answers back until what they say is on disk."""

    def __init__(self, database: Path) -> None:
        self._log = database.with_name(f"{database.name}-wal")
        self._held: SimpleQueue[Sequence[Answer] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="record-syncer", daemon=True)
        self._thread.start()

    def deliver(self, answers: Sequence[Answer]) -> None:
        """Deliver these after the next sync."""
        self._held.put(answers)

    def close(self) -> None:
        """Sync and deliver what waits, then end the thread."""
        self._held.put(None)
        self._thread.join()

    def _run(self) -> None:
        # The log may be new: its name in the folder has to last, too.
        pending = [self._log.parent]
        going = True
        while going:
            answers: list[Answer] = []
            held = self._held.get()
            while held is not None:
                answers.extend(held)
                try:
                    held = self._held.get_nowait()
                except Empty:
                    break
            going = held is not None
            if answers:
                try:
                    for path in [*pending, self._log]:
                        _sync(path)
                    pending = []
                except OSError as error:
                    failed = RecordUnavailable(f"({error.strerror})")
                    answers = [replace(each, result=None, error=failed) for each in answers]
                deliver(answers)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fdatasync(handle)
    finally:
        os.close(handle)
