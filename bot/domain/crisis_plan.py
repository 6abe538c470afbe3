"""The crisis plan: what a person and their practitioner agreed for a bad time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.messages import SubjectId


class PlanStatus(StrEnum):
    """Where a version of a plan stands. An overdue plan is an agreed one, worked out by date."""

    DRAFT = "draft"
    OFFERED = "offered"
    AGREED = "agreed"
    SUPERSEDED = "superseded"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class PlanStep:
    """One thing the person does themselves, in their words; ``skill`` where one goes with it."""

    text: str
    skill: str | None = None
    gets_in_the_way: str = ""


@dataclass(frozen=True)
class PlanPerson:
    """Someone to ask, how to reach them, and what would help."""

    name: str
    reach: str = ""
    helps_by: str = ""


@dataclass(frozen=True)
class Agreement:
    """Who agreed, when, and how it is known ("on paper")."""

    person_on: date | None = None
    practitioner_on: date | None = None
    practitioner: str = ""
    how: str = ""


@dataclass(frozen=True)
class PlanContents:
    """The words of a plan, all sealed in the record. Lists keep the person's order."""

    matters_to_me: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    early_signs: tuple[str, ...] = ()
    late_signs: tuple[str, ...] = ()
    usual_for_me: str = ""
    different_for_me: str = ""
    steps: tuple[PlanStep, ...] = ()
    distractions: tuple[str, ...] = ()
    people: tuple[PlanPerson, ...] = ()
    professionals: tuple[PlanPerson, ...] = ()
    making_safer: tuple[str, ...] = ()
    helps_from_staff: tuple[str, ...] = ()
    makes_it_worse: tuple[str, ...] = ()
    wishes: str = ""
    service_will: tuple[str, ...] = ()
    declined_because: str = ""


@dataclass(frozen=True)
class CrisisPlan:
    """One version of one person's plan."""

    id: str
    subject: SubjectId
    version: int
    status: PlanStatus
    author: str
    created_at: datetime
    review_due: date | None
    agreement: Agreement
    contents: PlanContents

    def is_overdue(self, today: date) -> bool:
        """Whether its review is due; an overdue plan is shown with a note, never hidden."""
        return self.review_due is not None and self.review_due < today


CARER_FIELDS = frozenset(
    {
        "matters_to_me",
        "early_signs",
        "late_signs",
        "steps",
        "distractions",
        "professionals",
        "making_safer",
    }
)
"""Parts of a plan that a carer may ever be shown, each only when the person turns it on."""

AGENCY_FIELDS = frozenset(PlanContents.__dataclass_fields__) - {"declined_because"}
"""Parts that another agency may be shown, each only when the person turns it on."""

MOVES: dict[PlanStatus, frozenset[PlanStatus]] = {
    PlanStatus.DRAFT: frozenset({PlanStatus.OFFERED, PlanStatus.WITHDRAWN}),
    PlanStatus.OFFERED: frozenset(
        {PlanStatus.DRAFT, PlanStatus.AGREED, PlanStatus.DECLINED, PlanStatus.WITHDRAWN}
    ),
    PlanStatus.AGREED: frozenset({PlanStatus.SUPERSEDED, PlanStatus.WITHDRAWN}),
    PlanStatus.SUPERSEDED: frozenset(),
    PlanStatus.DECLINED: frozenset({PlanStatus.OFFERED}),
    PlanStatus.WITHDRAWN: frozenset(),
}


def can_move(before: PlanStatus, after: PlanStatus) -> bool:
    """Whether a plan may go from one status to the other."""
    return after in MOVES[before]


def current(plans: tuple[CrisisPlan, ...]) -> CrisisPlan | None:
    """The agreed version, or else the newest that says where things stand; None without any."""
    newest_first = sorted(plans, key=lambda each: each.version, reverse=True)
    agreed = [each for each in newest_first if each.status is PlanStatus.AGREED]
    living = [
        each
        for each in newest_first
        if each.status not in {PlanStatus.SUPERSEDED, PlanStatus.WITHDRAWN}
    ]
    return next(iter(agreed or living), None)
