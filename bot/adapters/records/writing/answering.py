"""Between those who ask for a write or a reading, and the threads that do it."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

_What = TypeVar("_What")


@dataclass(frozen=True)
class Asked(Generic[_What]):
    """A job, and who waits for it: in an event loop, or (``loop`` is None) in a thread."""

    job: _What
    loop: asyncio.AbstractEventLoop | None
    future: asyncio.Future[Any] | concurrent.futures.Future[Any]


@dataclass(frozen=True)
class Answer:
    """What a job came to."""

    asked: Asked[Any]
    result: Any = None
    error: Exception | None = None


def waiting_group(
    waiting: SimpleQueue[Asked[_What] | None], size: int
) -> tuple[list[Asked[_What]], bool]:
    """All that waits, at least one and at most ``size``; and whether more is to come.

    Waits for the first. None in the queue is the end.
    """
    group: list[Asked[_What]] = []
    asked = waiting.get()
    while asked is not None:
        group.append(asked)
        if len(group) == size:
            break
        try:
            asked = waiting.get_nowait()
        except Empty:
            break
    return group, asked is not None


def deliver(answers: Sequence[Answer]) -> None:
    """Wake those who wait, each event loop once. Called from any thread."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[Answer]] = defaultdict(list)
    for each in answers:
        by_loop[each.asked.loop].append(each)
    for loop, of_loop in by_loop.items():
        if loop is None:
            _set(of_loop)
            continue
        try:
            loop.call_soon_threadsafe(_set, of_loop)
        except RuntimeError:
            # The loop has ended: nobody waits there any more.
            continue


def _set(answers: Sequence[Answer]) -> None:
    for each in answers:
        if each.asked.future.done():
            continue
        if each.error is not None:
            each.asked.future.set_exception(each.error)
        else:
            each.asked.future.set_result(each.result)
