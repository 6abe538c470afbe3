"""How long a record is kept after it has ended.

From the Records Management Code of Practice for health and social care (England, 2021, updated
August 2023), appendix II, mental health records: 20 years after treatment ends, 10 after death.
The service's own schedule may keep a record for longer; nothing here erases by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.people import Person, PersonState

YEARS = {PersonState.ENDED: 20, PersonState.DIED: 10}
"""Years for which a record is kept, by the state that it ended in. Others are kept on."""

ROWS_STAY = timedelta(days=90)
"""A message's row, without its words, is known for so long after they went: a channel may
deliver again."""

BEFORE_CONCERN = timedelta(days=1)
"""Messages of this long before a concern was opened are kept as long as it is."""

REVIEW_WAITS = timedelta(days=90)
"""For so long after it was closed a concern keeps its messages for a reviewer who has not looked
yet: then they go unread."""


@dataclass(frozen=True)
class Due:
    """A record that has been kept long enough. ``code`` is the person's."""

    code: str
    team: str
    state: PersonState
    due_at: datetime


@dataclass(frozen=True)
class Shortened:
    """How many messages lost their words: those that were ``written`` to the companion and its
    ``answers``; ``rows`` had lost theirs long before and are gone now.
    """

    written: int = 0
    answers: int = 0
    rows: int = 0

    def __add__(self, other: Shortened) -> Shortened:
        return Shortened(
            self.written + other.written, self.answers + other.answers, self.rows + other.rows
        )


def kept_until(person: Person) -> datetime | None:
    """When the record may be erased (UTC); None while its person is with the pathway."""
    years = YEARS.get(person.state)
    if years is None:
        return None
    ended = person.state_since or person.created_at
    try:
        return ended.replace(year=ended.year + years)
    except ValueError:
        # 29 February in a year that has none.
        return ended.replace(year=ended.year + years, month=3, day=1)


def is_within_retention(person: Person, now: datetime) -> bool:
    """Whether the record is one that a health service still has to keep."""
    until = kept_until(person)
    return until is None or now < until


def due(people: Iterable[Person], now: datetime) -> tuple[Due, ...]:
    """The records that have been kept long enough, the one due first in front."""
    found = []
    for person in people:
        until = kept_until(person)
        if until is not None and until <= now:
            found.append(Due(person.code, person.team, person.state, until))
    return tuple(sorted(found, key=lambda each: (each.due_at, each.code)))
