"""The copy of a record that its person is given: items to review, and what may be left out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import NotFound

FORMAT_VERSION = 1
"""Of the copy for programs; its parts are listed in ``docs/data-protection/README.md``."""


class Section(StrEnum):
    """The parts of a copy, in their order."""

    YOU = "you"
    NEEDS = "needs"
    CHOICES = "choices"
    SHARING = "sharing"
    PEOPLE_AT_WORK = "people_at_work"
    PLANS = "plans"
    PRACTICES = "practices"
    EVENTS = "events"
    CONCERNS = "concerns"
    TASKS = "tasks"
    MESSAGES = "messages"
    REMINDERS = "reminders"
    LOOKS = "looks"
    REQUESTS = "requests"


class Because(StrEnum):
    """Why the law lets an item be left out (Data Protection Act 2018, schedules 2 and 3)."""

    THIRD_PARTY = "third_party"
    SERIOUS_HARM = "serious_harm"


@dataclass(frozen=True)
class Line:
    """One thing of an item, with what it is."""

    label: str
    words: str


@dataclass(frozen=True)
class Item:
    """One thing that the record holds about a person, in plain words.

    ``id`` is "KIND:ROW"; ``at`` when it was written (UTC), None where that is not known;
    ``changed_at`` when something was last added to it, where that is another time.
    """

    id: str
    section: Section
    at: datetime | None
    title: str
    lines: tuple[Line, ...] = ()
    changed_at: datetime | None = None

    @property
    def kind(self) -> str:
        """What it is: the first part of its id."""
        return self.id.partition(":")[0]

    def came_after(self, moment: datetime) -> bool:
        """Whether it was written, or something added to it, after a moment."""
        return any(at is not None and at > moment for at in (self.at, self.changed_at))


@dataclass(frozen=True)
class AccessCopy:
    """What a person is given. ``until`` is when it was put together (UTC)."""

    code: str
    called: str
    asked_at: datetime
    until: datetime
    items: tuple[Item, ...]
    left_out: tuple[Because, ...] = ()

    def of(self, section: Section) -> tuple[Item, ...]:
        """The items of one part, the oldest first."""
        return tuple(each for each in self.items if each.section is section)


_FIRST = {"person", "wrote"}
"""What comes first of one moment: the person, and a message before its answer."""


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items by section, then by time."""
    sections = list(Section)
    return tuple(
        sorted(
            items,
            key=lambda each: (
                sections.index(each.section),
                each.at.timestamp() if each.at else 0.0,
                each.kind not in _FIRST,
                each.id,
            ),
        )
    )


def item_of(items: Iterable[Item], item_id: str) -> Item:
    """The item of that id. Raises ``NotFound``."""
    for each in items:
        if each.id == item_id:
            return each
    raise NotFound(f"There is no item '{item_id}' in this draft.")


def written_out(items: Iterable[Item]) -> str:
    """Everything that the items say as one text, alike only where nothing has changed."""
    return json.dumps(
        [[each.id, each.title, [[line.label, line.words] for line in each.lines]] for each in items]
    )


def without(items: Iterable[Item], withheld: Iterable[tuple[str, str]]) -> tuple[Item, ...]:
    """The items but those withheld."""
    left_out = {item_id for item_id, _ in withheld}
    return tuple(each for each in items if each.id not in left_out)
