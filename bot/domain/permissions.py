"""Who may do what with whose things: one table, read by people and by the program."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.errors import NotPermitted
from bot.domain.people import Role, Staff


class Relation(StrEnum):
    """How near a member of staff is to the person (or colleague) that a thing belongs to."""

    OWN = "own caseload"
    """On their caseload now; for staff: themselves."""
    TEAM = "same team"
    NONE = "anyone"


class Thing(StrEnum):
    """What something is done with."""

    PERSON = "person"
    """Name, code, state, caseload and ways to make contact."""
    CRISIS_PLAN = "crisis_plan"
    SUMMARY = "summary"
    """What the person did here in a period, with what they said helped."""
    CONCERN = "concern"
    """Concerns and tasks, with the person's words."""
    STAFF = "staff"
    CONTENT = "content"


class Action(StrEnum):
    """What is done."""

    SEE = "see"
    WRITE = "write"
    AGREE = "agree"
    SIGN = "sign"
    INVITE = "invite"
    TAKE = "take"
    CLOSE = "close"


TABLE = """
role          | thing       | own caseload     | same team        | anyone
practitioner  | person      | see write invite | see write        | -
practitioner  | crisis_plan | see write agree  | see              | -
practitioner  | summary     | see              | -                | -
practitioner  | concern     | see take close   | see take close   | -
practitioner  | staff       | see write        | see              | -
practitioner  | content     | see sign         | see sign         | see sign
manager       | person      | see write invite | see write invite | -
manager       | crisis_plan | see write agree  | see              | -
manager       | summary     | see              | -                | -
manager       | concern     | see take close   | see take close   | -
manager       | staff       | see write        | see write        | -
manager       | content     | see sign         | see sign         | see sign
reviewer      | staff       | see write        | -                | -
reviewer      | content     | see sign         | see sign         | see sign
administrator | person      | see write invite | see write invite | see write invite
administrator | staff       | see write        | see write        | see write
administrator | content     | see              | see              | see
"""
"""What is not here may not be done. "write" of a person covers caseloads; of oneself, the password.

A colleague on the same team sees a plan and takes a concern, so that cover works; what somebody
practised is for those who work with them.
"""


def _read(table: str) -> dict[tuple[Role, Thing, Relation], frozenset[Action]]:
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in table.split("\n") if line)
    columns = [Relation(name) for name in head[2:]]
    return {
        (Role(role), Thing(thing), relation): frozenset(
            Action(word) for word in cell.split() if word != "-"
        )
        for role, thing, *cells in rows
        for relation, cell in zip(columns, cells, strict=True)
    }


_MAY = _read(TABLE)


def relation(staff: Staff, *, team: str, on_caseload: bool) -> Relation:
    """How near ``staff`` is to a person of ``team`` who is, or is not, on their caseload now."""
    if on_caseload:
        return Relation.OWN
    return Relation.TEAM if team and team == staff.team else Relation.NONE


def relation_to_staff(staff: Staff, other: Staff) -> Relation:
    """How near ``staff`` is to a colleague, or to themselves."""
    return relation(staff, team=other.team, on_caseload=staff.id == other.id)


def can(staff: Staff, action: Action, thing: Thing, near: Relation = Relation.NONE) -> bool:
    """Whether the table allows it. Somebody who has left may do nothing."""
    return staff.ended_at is None and action in _MAY.get((staff.role, thing, near), frozenset())


def check_may(staff: Staff, action: Action, thing: Thing, near: Relation = Relation.NONE) -> None:
    """Raise ``NotPermitted`` unless the table allows it."""
    if not can(staff, action, thing, near):
        raise NotPermitted(f"({staff.role}: {action} {thing}, {near})")
