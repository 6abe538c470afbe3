"""Service users, guests, staff, teams, invitations and the ways to reach them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.messages import SubjectId


class PersonState(StrEnum):
    """Where a person is with the companion. More states come with their first use."""

    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True)
class Person:
    """A service user. Everything but ids, code, state and times is sealed in the record.

    ``code`` is the short name that staff type; ``joining`` holds what the person chose at
    joining (area, age_band, others_see_phone, safe_times, caution.* → no | yes | not_sure);
    a thing that is not there was skipped and counts as "not sure".
    """

    id: SubjectId
    code: str
    state: PersonState
    team: str
    created_at: datetime
    name: str
    chosen_name: str = ""
    nhs_number: str = ""
    born: date | None = None
    key_worker: str = ""
    joined_at: datetime | None = None
    joining: Mapping[str, str] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """The name that the person wants to be called."""
        return self.chosen_name or self.name


@dataclass(frozen=True)
class Guest:
    """Somebody who wrote and has not joined: a key and a deadline after which it is shredded."""

    id: SubjectId
    created_at: datetime
    shred_at: datetime


@dataclass(frozen=True)
class Address:
    """One way to reach a subject on one channel. ``value`` (a chat id, a number) is sealed."""

    id: str
    subject: SubjectId
    channel: str
    value: str
    created_at: datetime


@dataclass(frozen=True)
class Invitation:
    """A one-time code, kept as a keyed digest only."""

    id: str
    subject: SubjectId
    digest: str
    by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class Role(StrEnum):
    """What a member of staff is to the pathway. Other roles come with their first room."""

    PRACTITIONER = "practitioner"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Staff:
    """A member of staff. ``password`` is an argon2 hash, empty until one is set."""

    id: str
    username: str
    name: str
    role: Role
    team: str
    created_at: datetime
    password: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True)
class CaseloadEntry:
    """One person on one practitioner's caseload, from and until (UTC)."""

    id: str
    staff_id: str
    subject: SubjectId
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Session:
    """A signed-in member of staff. ``id`` is the digest of the cookie, never the cookie."""

    id: str
    staff_id: str
    csrf: str
    created_at: datetime
    seen_at: datetime
