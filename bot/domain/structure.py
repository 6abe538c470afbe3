"""Agencies, regions, teams, and who is in them, supervises and covers, from when until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.people import holds

MESSAGE_DAYS = 30
"""Days for which messages are kept unless a team sets another number."""


class AgencyKind(StrEnum):
    """What an agency does. Justice sees nothing that the person has not shared."""

    HEALTH = "health"
    SOCIAL_CARE = "social_care"
    VOLUNTARY = "voluntary"
    JUSTICE = "justice"


@dataclass(frozen=True)
class Agency:
    """An organisation with records of its own: a trust, a council, a charity, a prison."""

    id: str
    name: str
    kind: AgencyKind


@dataclass(frozen=True)
class Region:
    """An area with its own contacts and its own out-of-hours staff."""

    id: str
    name: str


@dataclass(frozen=True)
class Team:
    """A team. ``agency`` and ``region`` are ids, empty where the service has one only.

    ``message_days`` is how long the words of messages are kept.
    """

    id: str
    name: str
    agency: str = ""
    region: str = ""
    message_days: int = MESSAGE_DAYS


class Part(StrEnum):
    """What somebody is in a team."""

    MEMBER = "member"
    LEAD = "lead"
    """Manages the team, when their role is a manager's."""


@dataclass(frozen=True)
class Membership:
    """A member of staff in a team, from and until (UTC)."""

    id: str
    staff_id: str
    team: str
    part: Part
    since: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether they are in the team now."""
        return holds(self.since, self.until, now)


@dataclass(frozen=True)
class Supervision:
    """Somebody who supervises a colleague, from and until (UTC)."""

    id: str
    supervisor: str
    staff_id: str
    since: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is so now."""
        return holds(self.since, self.until, now)


@dataclass(frozen=True)
class Cover:
    """A colleague who stands in for somebody on leave, from and until (UTC).

    It always has an end: cover that nobody ends would be a second caseload that nobody chose.
    """

    id: str
    absent: str
    covering: str
    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it is so now."""
        return holds(self.since, self.until, now)
