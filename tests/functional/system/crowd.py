"""Many people who write to one companion at once, without waiting, whatever happens to it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.functional.bot_api import BotApiServer, Person
from tests.functional.system.checker import Outside
from tests.functional.system.ready_home import marker_of
from tests.functional.system.talking import SKIPS

JOINED_WITHIN = 60.0

NOT_KEPT = "couldn't keep"
"""In what is said to danger past the record, while nothing can be written."""

LINES = (
    "plan",
    "numbers",
    "menu",
    "who sees this",
    "skills",
    "STOP · 1 min",
    "I've stopped",
    "stop",
    "I can't go on, I want to kill myself tonight",
    "yes",
    "no",
    "it was a long day and the bus was late",
)
"""Plans, standing words, a practice, danger, an answer to what is asked then, free text."""


@dataclass
class Member:
    """One of the crowd. ``marker`` stands in their plan alone, or in what they write."""

    marker: str
    person: Person
    has_plan: bool = False
    wrote: list[str] = field(default_factory=list)
    _joined_at: tuple[int, int] = (0, 0)

    def writes(self, words: str) -> None:
        """Write, and note it."""
        self.person.says(words)
        self.wrote.append(words)

    def joins(self, code: str) -> None:
        """Join with a one-time code, skipping every question."""
        self.writes(f"/start {code}")
        known, end = 0, time.monotonic() + JOINED_WITHIN
        while time.monotonic() < end:
            messages = self.person.messages
            shown = messages[-1].buttons if len(messages) > known else ()
            if "My plan" in shown:
                return
            label = next((each for each in ("Join", *SKIPS) if each in shown), None)
            if label is None:
                time.sleep(0.02)
                continue
            known = len(messages)
            self.person.taps(label)
            self.wrote.append(label)
            if label == "Join":
                self._joined_at = len(self.wrote), known
        raise AssertionError(f"{self.marker} did not come to the end of joining")

    @property
    def outside(self) -> Outside:
        """What they wrote and heard so far; of the guest that they were nothing is kept.

        Left out is what was said past the record while nothing could be kept.
        """
        acts, messages = self._joined_at
        said = [each.text for each in self.person.messages[messages:]]
        heard = [each for each in said if NOT_KEPT not in each]
        return Outside(self.wrote[acts:], heard, self.marker)


class Crowd:
    """Members with a plan, who have joined, and strangers."""

    def __init__(self, telegram: BotApiServer, plans: Sequence[str], strangers: int) -> None:
        self.members = [
            Member(marker_of(code), telegram.person(code), has_plan=True) for code in plans
        ]
        self.members += [
            Member(f"stranger{n}mark", telegram.person(f"Stranger {n}")) for n in range(strangers)
        ]

    def join(self, codes: dict[str, str]) -> None:
        """Everybody with a plan joins, all at once."""
        joining = zip(self.members, codes.values(), strict=False)
        _at_once([lambda who=who, code=code: who.joins(code) for who, code in joining])  # type: ignore[misc]

    @contextmanager
    def writing(self, chance: random.Random, pause: float) -> Iterator[None]:
        """Everybody writes a line each ``pause`` seconds or so, while inside."""
        over = threading.Event()

        def writer(member: Member, own: random.Random) -> None:
            while not over.wait(own.uniform(0, 2 * pause)):
                line = own.choice(LINES)
                # Their own mark, so that it would be seen in anybody else's answer.
                member.writes(f"{line} {member.marker}" if len(line) > 30 else line)

        threads = [
            threading.Thread(target=writer, args=(each, random.Random(chance.random())))
            for each in self.members
        ]
        for each in threads:
            each.start()
        try:
            yield
        finally:
            over.set()
            for each in threads:
                each.join()

    @property
    def outside(self) -> dict[str, Outside]:
        """What everybody saw, by address."""
        return {each.person.address: each.outside for each in self.members}


def _at_once(works: Sequence[Callable[[], None]]) -> None:
    problems: list[BaseException] = []

    def kept(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=kept, args=(each,)) for each in works]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if problems:
        raise problems[0]
