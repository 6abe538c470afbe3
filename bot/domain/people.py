"""Service users, guests, staff, teams, invitations and the ways to reach them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.messages import SubjectId


def holds(since: datetime, until: datetime | None, now: datetime) -> bool:
    """Whether something that began and may have ended is so now. The end itself is outside."""
    return since <= now and (until is None or now < until)


class PersonState(StrEnum):
    """Where a person is with the companion. What each means is in ``person_states``."""

    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    IN_HOSPITAL = "in_hospital"
    IN_CUSTODY = "in_custody"
    MOVING_TEAM = "moving_team"
    ENDED = "ended"
    DIED = "died"


@dataclass(frozen=True)
class Person:
    """A service user. Everything but ids, code, state and times is sealed in the record.

    ``code`` is the short name that staff type; ``joining`` holds what the person chose at
    joining (area, age_band, others_see_phone, safe_times, caution.* → no | yes | not_sure);
    a thing that is not there was skipped and counts as "not sure". ``needs`` are communication
    needs and reasonable adjustments, by ``COMMUNICATION_NEEDS``, in the person's own words.
    ``team`` is the id of a team; ``state_since`` is when the present state began.
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
    needs: Mapping[str, str] = field(default_factory=dict)
    state_since: datetime | None = None

    @property
    def called(self) -> str:
        """The name that the person wants to be called."""
        return self.chosen_name or self.name


COMMUNICATION_NEEDS = (
    "interpreter",
    "easy_read",
    "plain_literal",
    "same_wording",
    "fewer_choices",
    "large_print",
    "relay_or_sign",
    "safe_contact",
    "other",
)
"""What the Accessible Information Standard asks to be recorded, and a safe way to make contact."""


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
    """What somebody is to the pathway."""

    PRACTITIONER = "practitioner"
    SUPERVISOR = "supervisor"
    """A practitioner who also supervises colleagues."""
    MANAGER = "manager"
    OUT_OF_HOURS = "out_of_hours"
    """Crisis team, helpline, liaison: one plan, fast, and nothing else."""
    REVIEWER = "reviewer"
    """Reads and signs content."""
    SAFETY_REVIEWER = "safety_reviewer"
    """Reads what the safety net said of single messages, names removed, and judges it."""
    PRIVACY = "privacy"
    """Decides on access to records, erasure and holds: a named person, never the program."""
    ADMINISTRATOR = "administrator"
    PARTNER = "partner"
    """Somebody in another agency of health or social care."""
    JUSTICE = "justice"
    """Somebody in police, probation, prison or court."""
    SERVICE_USER = "service_user"
    CARER = "carer"


NOT_STAFF = frozenset({Role.SERVICE_USER, Role.CARER})
"""Roles that no member of staff can be given."""


@dataclass(frozen=True)
class Staff:
    """A member of staff. ``password`` is an argon2 hash, empty until one is set.

    ``team`` is their home team's id; every team that they are in is a ``Membership``.
    """

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

    def holds(self, now: datetime) -> bool:
        """Whether the person is on this caseload now."""
        return holds(self.since, self.until, now)


@dataclass(frozen=True)
class Session:
    """A signed-in member of staff. ``id`` is the digest of the cookie, never the cookie."""

    id: str
    staff_id: str
    csrf: str
    created_at: datetime
    seen_at: datetime
