"""Who may do what with whose things: one table, read by people and by the program."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.errors import NotPermitted
from bot.domain.people import NOT_STAFF, Role, Staff


class Relation(StrEnum):
    """How near somebody is to the person (or colleague) that a thing belongs to.

    Several can hold at once; what may be done is all that any of them allows.
    """

    OWN = "own caseload"
    COVERING = "covering"
    """Stands in for a colleague on leave who has the person on their caseload."""
    TEAM = "same team"
    SUPERVISED = "supervised"
    """Supervises somebody who has the person on their caseload."""
    MANAGED = "managed team"
    OUT_OF_HOURS = "out of hours"
    SELF = "themselves"
    CARER = "carer"
    """By the person's agreement, as long as it stands."""
    OTHER_AGENCY = "other agency"
    ANYONE = "anyone"
    """No relation is needed: it holds for everybody, about everybody."""


class Thing(StrEnum):
    """What something is done with."""

    PERSON = "person"
    """Name, code, state, needs, caseload and ways to make contact."""
    CRISIS_PLAN = "crisis_plan"
    SUMMARY = "summary"
    """What the person did here in a period, with what they said helped."""
    CONCERN = "concern"
    """Concerns and tasks, with the person's words."""
    MESSAGE = "message"
    """What was written and answered, word for word."""
    CONVERSATION = "conversation"
    """What is written while somebody at work has stepped in."""
    LOOKS = "looks"
    """Who has looked at what of the person's, and why."""
    SHARING = "sharing"
    """Carers, and what is shared with whom."""
    RIGHTS = "rights"
    """Requests to see, correct or erase a record, and legal holds."""
    STAFF = "staff"
    STRUCTURE = "structure"
    """Agencies, regions, teams, memberships, supervision and cover."""
    DUTY = "duty"
    """Who is on duty when, where alerts reach them, and the times that a team works by."""
    NIGHT_ROUTE = "night_route"
    """Who picks up what at night, as the team has signed it."""
    SAFETY_REVIEW = "safety_review"
    """What the safety net said of messages, shown with names removed."""
    CONTENT = "content"


class Action(StrEnum):
    """What is done."""

    SEE = "see"
    WRITE = "write"
    AGREE = "agree"
    SIGN = "sign"
    INVITE = "invite"
    ASSIGN = "assign"
    """Put a person on a caseload or take them off it; name the key worker."""
    TAKE = "take"
    CLOSE = "close"
    ASK = "ask"
    """Put a request forward."""
    DECIDE = "decide"


TABLE = """
who             | in relation  | thing         | may
practitioner    | own caseload | person        | see write invite assign
practitioner    | own caseload | crisis_plan   | see write agree
practitioner    | own caseload | summary       | see
practitioner    | own caseload | concern       | see take close
practitioner    | own caseload | looks         | see
practitioner    | own caseload | conversation  | see take
practitioner    | own caseload | sharing       | see write
practitioner    | own caseload | rights        | see ask
practitioner    | covering     | person        | see write
practitioner    | covering     | crisis_plan   | see write
practitioner    | covering     | summary       | see
practitioner    | covering     | concern       | see take close
practitioner    | covering     | conversation  | see take
practitioner    | covering     | sharing       | see
practitioner    | same team    | person        | see write
practitioner    | same team    | crisis_plan   | see
practitioner    | same team    | concern       | see take close
practitioner    | same team    | sharing       | see
practitioner    | same team    | staff         | see
practitioner    | same team    | structure     | see
practitioner    | same team    | duty          | see
practitioner    | same team    | night_route   | see
practitioner    | themselves   | staff         | see write
practitioner    | themselves   | structure     | see write
practitioner    | themselves   | duty          | see write
practitioner    | anyone       | content       | see sign

supervisor      | own caseload | person        | see write invite assign
supervisor      | own caseload | crisis_plan   | see write agree
supervisor      | own caseload | summary       | see
supervisor      | own caseload | concern       | see take close
supervisor      | own caseload | looks         | see
supervisor      | own caseload | conversation  | see take
supervisor      | own caseload | sharing       | see write
supervisor      | own caseload | rights        | see ask
supervisor      | covering     | person        | see write
supervisor      | covering     | crisis_plan   | see write
supervisor      | covering     | summary       | see
supervisor      | covering     | concern       | see take close
supervisor      | covering     | conversation  | see take
supervisor      | covering     | sharing       | see
supervisor      | same team    | person        | see write
supervisor      | same team    | crisis_plan   | see
supervisor      | same team    | concern       | see take close
supervisor      | same team    | sharing       | see
supervisor      | same team    | staff         | see
supervisor      | same team    | structure     | see
supervisor      | same team    | duty          | see
supervisor      | same team    | night_route   | see
supervisor      | supervised   | person        | see
supervisor      | supervised   | crisis_plan   | see
supervisor      | supervised   | summary       | see
supervisor      | supervised   | concern       | see
supervisor      | supervised   | staff         | see
supervisor      | themselves   | staff         | see write
supervisor      | themselves   | structure     | see write
supervisor      | themselves   | duty          | see write
supervisor      | anyone       | content       | see sign

manager         | own caseload | person        | see write invite assign
manager         | own caseload | crisis_plan   | see write agree
manager         | own caseload | summary       | see
manager         | own caseload | concern       | see take close
manager         | own caseload | looks         | see
manager         | own caseload | conversation  | see take
manager         | own caseload | sharing       | see write
manager         | own caseload | rights        | see ask
manager         | covering     | person        | see write
manager         | covering     | crisis_plan   | see write
manager         | covering     | summary       | see
manager         | covering     | concern       | see take close
manager         | covering     | conversation  | see take
manager         | covering     | sharing       | see
manager         | same team    | person        | see write
manager         | same team    | crisis_plan   | see
manager         | same team    | concern       | see take close
manager         | same team    | sharing       | see
manager         | same team    | staff         | see
manager         | same team    | structure     | see
manager         | same team    | duty          | see
manager         | same team    | night_route   | see
manager         | managed team | person        | see write invite assign
manager         | managed team | crisis_plan   | see
manager         | managed team | concern       | see take close
manager         | managed team | looks         | see
manager         | managed team | sharing       | see
manager         | managed team | rights        | see ask
manager         | managed team | staff         | see write
manager         | managed team | structure     | see write
manager         | managed team | duty          | see write
manager         | managed team | night_route   | see sign
manager         | themselves   | staff         | see write
manager         | themselves   | structure     | see write
manager         | themselves   | duty          | see write
manager         | anyone       | content       | see sign

out_of_hours    | out of hours | person        | see
out_of_hours    | out of hours | crisis_plan   | see
out_of_hours    | out of hours | concern       | see take
out_of_hours    | out of hours | sharing       | see
out_of_hours    | themselves   | staff         | see write
out_of_hours    | themselves   | duty          | see write

reviewer        | themselves   | staff         | see write
reviewer        | anyone       | content       | see sign

safety_reviewer | themselves   | staff         | see write
safety_reviewer | anyone       | safety_review | see decide
safety_reviewer | anyone       | content       | see sign

privacy         | themselves   | staff         | see write
privacy         | anyone       | person        | see
privacy         | anyone       | looks         | see
privacy         | anyone       | sharing       | see
privacy         | anyone       | rights        | see ask decide

administrator   | themselves   | staff         | see write
administrator   | anyone       | person        | see write invite assign
administrator   | anyone       | staff         | see write
administrator   | anyone       | structure     | see write
administrator   | anyone       | duty          | see write
administrator   | anyone       | night_route   | see
administrator   | anyone       | content       | see

partner         | themselves   | staff         | see write
partner         | other agency | person        | see*
partner         | other agency | crisis_plan   | see*
partner         | other agency | summary       | see*

justice         | themselves   | staff         | see write
justice         | other agency | person        | see*
justice         | other agency | crisis_plan   | see*
justice         | other agency | summary       | see*

service_user    | themselves   | person        | see write
service_user    | themselves   | crisis_plan   | see agree
service_user    | themselves   | summary       | see
service_user    | themselves   | message       | see
service_user    | themselves   | looks         | see
service_user    | themselves   | sharing       | see write
service_user    | themselves   | rights        | see ask

carer           | carer        | person        | see*
carer           | carer        | crisis_plan   | see*
"""
"""What is not here may not be done.

"see*" is what the person has chosen to share, item by item, and nothing before they have: carers
and other agencies, justice among them, see nothing by default, not even that the person is here.

"write" of a person covers state, needs and team; of oneself, the password and one's own cover.
Nobody puts a person on a caseload who does not have them already or answer for the team: a
colleague who helps out would otherwise give themselves more than helping out takes.
A colleague on the same team sees a plan and takes a concern, so that an empty chair does not stop
help; what somebody practised is for those who work with them. Nobody at work reads messages: words
that matter are in a concern, and all of them only in a person's own copy of their record. A safety
reviewer reads single ones, with names removed. To "take" a conversation is to step into it.
"""

MAY_GIVE = {
    Role.MANAGER: frozenset({Role.PRACTITIONER, Role.SUPERVISOR, Role.REVIEWER}),
    Role.ADMINISTRATOR: frozenset(Role) - NOT_STAFF,
}
"""Who makes accounts of which roles, and sets their passwords: nobody makes one above their own."""

NO_REASON_NEEDED = frozenset({Relation.OWN, Relation.COVERING, Relation.SELF, Relation.CARER})
"""Whoever looks at a person in any other relation says why."""

_SHARED = "see*"

Cell = tuple[Role, Relation, Thing]


def read_table(table: str) -> tuple[dict[Cell, frozenset[Action]], frozenset[Cell]]:
    """What a table allows, by cell, and the cells where only what is shared may be seen.

    Raises ``ValueError`` for a word that is none, and for a cell that is there twice.
    """
    rows = [[cell.strip() for cell in line.split("|")] for line in table.split("\n") if line][1:]
    may: dict[Cell, frozenset[Action]] = {}
    shared = set()
    for role, near, thing, words in rows:
        cell = Role(role), Relation(near), Thing(thing)
        if cell in may:
            raise ValueError(f"twice: {cell}")
        if words == _SHARED:
            shared.add(cell)
            may[cell] = frozenset()
        else:
            may[cell] = frozenset(map(Action, words.split()))
    return may, frozenset(shared)


_MAY, _IF_SHARED = read_table(TABLE)


def allowed(
    role: Role, action: Action, thing: Thing, *near: Relation, is_shared: bool = False
) -> bool:
    """Whether the table allows it to somebody of this role.

    ``is_shared``: the person shares this very item with them now.
    """
    cells = [(role, each, thing) for each in {*near, Relation.ANYONE}]
    if is_shared and action is Action.SEE and any(each in _IF_SHARED for each in cells):
        return True
    return any(action in _MAY.get(each, frozenset()) for each in cells)


def can(
    staff: Staff, action: Action, thing: Thing, *near: Relation, is_shared: bool = False
) -> bool:
    """Whether the table allows it to a member of staff. Who has left may do nothing."""
    return staff.ended_at is None and allowed(staff.role, action, thing, *near, is_shared=is_shared)


def check_may(
    staff: Staff, action: Action, thing: Thing, *near: Relation, is_shared: bool = False
) -> None:
    """Raise ``NotPermitted`` unless the table allows it."""
    if not can(staff, action, thing, *near, is_shared=is_shared):
        where = ", ".join(sorted(near)) or Relation.ANYONE
        raise NotPermitted(f"({staff.role}: {action} {thing}, {where})")


def must_say_why(near: frozenset[Relation]) -> bool:
    """Whether somebody who is so near gives a reason for looking."""
    return not near & NO_REASON_NEEDED


def check_may_give(staff: Staff, role: Role) -> None:
    """Raise ``NotPermitted`` unless somebody may make accounts of this role."""
    if role not in MAY_GIVE.get(staff.role, frozenset()):
        raise NotPermitted(f"({staff.role}: accounts of the role {role})")
