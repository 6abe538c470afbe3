"""Between those who ask for a write and the threads that do it."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.adapters.records.jobs import Job


@dataclass(frozen=True)
class Asked:
    """A job, and who waits for it: in an event loop, or (``loop`` is None) in a thread."""

    job: Job
    loop: asyncio.AbstractEventLoop | None
    future: asyncio.Future[Any] | concurrent.futures.Future[Any]


@dataclass(frozen=True)
class Answer:
    """What a job came to."""

    asked: Asked
    result: Any = None
    error: Exception | None = None


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
