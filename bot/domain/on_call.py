"""Who is on duty for a team, where alerts reach them, and the times that a team works by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.people import holds


class DutyPlace(StrEnum):
    """In which order those on duty are asked."""

    FIRST = "first"
    NEXT = "next"
    MANAGER = "manager"
    """The duty manager, who is asked when nobody else has picked up."""


@dataclass(frozen=True)
class DutyShift:
    """A member of staff on duty for a team, from and until (UTC). A shift always has an end."""

    id: str
    team: str
    staff_id: str
    place: DutyPlace
    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Whether they are on duty now."""
        return holds(self.since, self.until, now)


class PointOf(StrEnum):
    """Whose an alert point is."""

    STAFF = "staff"
    TEAM = "team"
    """The team's duty line: whoever sits there."""


class PointChannel(StrEnum):
    """How an alert leaves the screen."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True)
class AlertPoint:
    """An address at work that alerts are sent to, from and until (UTC).

    Nothing about a service user is ever sent there. ``of_id`` is the id of
    a member of staff or of a team.
    """

    id: str
    of: PointOf
    of_id: str
    channel: PointChannel
    address: str
    since: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether alerts go there now. A clock that is set back takes no address away."""
        return self.until is None or now < self.until


@dataclass(frozen=True)
class TeamTimes:
    """When a team is at work, and how long each waits before the next is asked.

    ``days`` are ISO weekdays as digits ("12345"); ``opens`` and ``closes`` are local times
    ("09:00"). Bank holidays in England count as closed. Minutes are from the opening of the
    concern: to whoever stands in for its owner, to the duty line, to the duty manager.
    ``ask_minutes`` is from the second, unanswered direct question to a task.
    """

    id: str
    """The team's id."""
    days: str = "12345"
    opens: str = "09:00"
    closes: str = "17:00"
    cover_minutes: int = 30
    duty_minutes: int = 60
    manager_minutes: int = 120
    ask_minutes: int = 45
