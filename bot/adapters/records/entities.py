"""Every class of the domain that the record keeps: its table, what is sealed, what is indexed."""

from __future__ import annotations

from typing import Any

from bot.adapters.records import safety_tables, tables
from bot.adapters.records.mapping import Entity, Mapped, SealedColumn
from bot.domain.after_danger import (
    AfterReview,
    RemindersPause,
    SafetyChoices,
    SafetyValue,
    TakeOver,
)
from bot.domain.concerns import Concern, Task
from bot.domain.conversations import Conversation
from bot.domain.crisis_plan import CrisisPlan
from bot.domain.engagement import EngagementEvent
from bot.domain.night_route import NightRoute
from bot.domain.notices import Notice
from bot.domain.on_call import AlertPoint, DutyShift, TeamTimes
from bot.domain.people import (
    Address,
    CaseloadEntry,
    Guest,
    Invitation,
    Person,
    Session,
    Staff,
)
from bot.domain.practice import Run
from bot.domain.rights import Erasure, Hold, RightsRequest
from bot.domain.safety_review import ReviewItem
from bot.domain.sharing import Carer, Consent, Share
from bot.domain.sign_offs import SignOff
from bot.domain.structure import Agency, Cover, Membership, Region, Supervision, Team

ADDRESS = Mapped(
    Address,
    tables.addresses,
    sealed=(SealedColumn("value", "address.value", ("value",)),),
    digest=("address", lambda address: f"{address.channel}:{address.value}"),
)


def normal(field: str, value: str) -> str:
    """What is digested of a value: an NHS number without its spaces, all else as it is."""
    return "".join(value.split()) if field == "nhs_number" else value


def _all_but_subject(kind: type[Any]) -> tuple[str, ...]:
    return tuple(each for each in kind.__dataclass_fields__ if each != "subject")


_ALL: tuple[Mapped[Any], ...] = (
    Mapped(
        Person,
        tables.persons,
        subject="id",
        sealed=(
            SealedColumn("names", "person.names", ("name", "chosen_name")),
            SealedColumn("identity", "person.identity", ("nhs_number", "born")),
            SealedColumn("joining", "person.joining", ("joining", "needs")),
        ),
        indexed={
            "nhs_number": lambda person: person.nhs_number,
            "born": lambda person: person.born.isoformat() if person.born else "",
        },
    ),
    Mapped(Guest, tables.guests, subject="id"),
    ADDRESS,
    Mapped(Invitation, tables.invitations),
    Mapped(Staff, tables.staff, subject=""),
    Mapped(CaseloadEntry, tables.caseload),
    Mapped(Session, tables.sessions, subject=""),
    Mapped(
        Conversation,
        tables.conversations,
        key="subject",
        sealed=(SealedColumn("whole", "conversation.whole", _all_but_subject(Conversation)),),
    ),
    Mapped(
        Concern,
        tables.concerns,
        sealed=(SealedColumn("notes", "concern.notes", ("family", "notes", "closing_note")),),
    ),
    Mapped(Task, tables.tasks, sealed=(SealedColumn("about", "task.about", ("about",)),)),
    Mapped(
        EngagementEvent,
        tables.events,
        sealed=(SealedColumn("details", "event.details", ("details",)),),
    ),
    Mapped(
        CrisisPlan,
        tables.crisis_plans,
        sealed=(
            SealedColumn("agreement", "crisis_plan.agreement", ("agreement",)),
            SealedColumn("contents", "crisis_plan.contents", ("contents",)),
        ),
    ),
    Mapped(Run, tables.runs, sealed=(SealedColumn("state", "run.state", ("state",)),)),
    Mapped(SignOff, tables.sign_offs, subject=""),
    Mapped(Agency, tables.agencies, subject=""),
    Mapped(Region, tables.regions, subject=""),
    Mapped(Team, tables.teams, subject=""),
    Mapped(Membership, tables.memberships, subject=""),
    Mapped(Supervision, tables.supervisions, subject=""),
    Mapped(Cover, tables.covers, subject=""),
    Mapped(
        Carer,
        tables.carers,
        sealed=(SealedColumn("who", "carer.who", ("name", "relationship", "contact")),),
    ),
    Mapped(Share, tables.shares),
    Mapped(Consent, tables.consents),
    Mapped(
        RightsRequest,
        tables.rights_requests,
        sealed=(SealedColumn("words", "rights_request.words", ("about", "decision", "withheld")),),
    ),
    Mapped(Hold, tables.holds, sealed=(SealedColumn("reason", "hold.reason", ("reason",)),)),
    Mapped(NightRoute, safety_tables.night_routes, subject=""),
    Mapped(DutyShift, safety_tables.duty_shifts, subject=""),
    Mapped(AlertPoint, safety_tables.alert_points, subject=""),
    Mapped(TeamTimes, safety_tables.team_times, subject=""),
    Mapped(Notice, safety_tables.notices),
    Mapped(
        SafetyChoices,
        safety_tables.safety_choices,
        key="subject",
        sealed=(SealedColumn("whole", "safety_choices.whole", _all_but_subject(SafetyChoices)),),
    ),
    Mapped(RemindersPause, safety_tables.reminders_pauses),
    Mapped(AfterReview, safety_tables.after_reviews),
    Mapped(TakeOver, safety_tables.take_overs),
    Mapped(
        SafetyValue,
        safety_tables.safety_values,
        sealed=(SealedColumn("value", "safety_value.value", ("value",)),),
    ),
    Mapped(
        ReviewItem,
        safety_tables.review_items,
        sealed=(SealedColumn("words", "review_item.words", ("family", "rules", "spans", "note")),),
    ),
    # A tombstone belongs to nobody's key: it is what stays when the key is destroyed.
    Mapped(Erasure, tables.erasures, subject=""),
)

MAPPINGS: dict[type[Any], Mapped[Any]] = {each.kind: each for each in _ALL}


def mapped(kind: type[Entity]) -> Mapped[Entity]:
    """The mapping of a class. Raises ``TypeError`` for one that the record does not keep."""
    found = MAPPINGS.get(kind)
    if found is None:
        raise TypeError(f"The record keeps no {kind.__name__}.")
    return found
