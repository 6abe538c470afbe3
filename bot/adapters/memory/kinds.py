"""Every class that is kept: what identifies one, whose it is, and what may be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

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
from bot.domain.errors import BadInput
from bot.domain.night_route import NightRoute
from bot.domain.notices import Notice
from bot.domain.on_call import AlertPoint, DutyShift, TeamTimes
from bot.domain.people import Address, CaseloadEntry, Guest, Invitation, Person, Session, Staff
from bot.domain.practice import Run
from bot.domain.rights import Erasure, Hold, RightsRequest
from bot.domain.safety_review import ReviewItem
from bot.domain.sharing import Carer, Consent, Share
from bot.domain.sign_offs import SignOff
from bot.domain.structure import Agency, Cover, Membership, Region, Supervision, Team

TextOf = Callable[[Any], str]


def is_storable(value: object) -> bool:
    """Whether a text can stand in a plain column of a database: no NUL, no half characters."""
    if not isinstance(value, str):
        return True
    return "\0" not in value and not any("\ud800" <= each <= "\udfff" for each in value)


@dataclass(frozen=True, eq=False)
class Kind:
    """One class. ``subject`` is empty for what belongs to nobody.

    ``hidden`` fields cannot be asked for: a database would keep them sealed. ``indexed`` are the
    texts by which it is found all the same, ``unique`` those that only one may have.
    """

    of: type[Any]
    key: str = "id"
    subject: str = "subject"
    hidden: tuple[str, ...] = ()
    indexed: Mapping[str, TextOf] = field(default_factory=dict)
    unique: Mapping[str, TextOf] = field(default_factory=dict)

    @cached_property
    def plain(self) -> frozenset[str]:
        """The fields that can be asked for."""
        return frozenset(each.name for each in fields(self.of)) - frozenset(self.hidden)

    @cached_property
    def _whole(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.of)

    def key_of(self, entity: object) -> str:
        """Its id."""
        return str(getattr(entity, self.key))

    def subject_of(self, entity: object) -> str:
        """Whose it is; empty for what belongs to nobody."""
        return str(getattr(entity, self.subject)) if self.subject else ""

    def check_storable(self, entity: object) -> None:
        """Raise ``BadInput`` for what no database could keep."""
        try:
            self._whole.dump_json(entity, warnings="error")
        except PydanticSerializationError:
            # The error's text holds the value.
            raise BadInput(f"{self.of.__name__} {self.key_of(entity)!r}") from None
        if not all(is_storable(getattr(entity, name)) for name in self.plain):
            raise BadInput(f"{self.of.__name__} {self.key_of(entity)!r}")


def _address(address: Address) -> str:
    return f"{address.channel}:{address.value}"


def _all_but_subject(of: type[Any]) -> tuple[str, ...]:
    return tuple(each for each in of.__dataclass_fields__ if each != "subject")


_ALL = (
    Kind(
        Person,
        subject="id",
        hidden=("name", "chosen_name", "nhs_number", "born", "joining", "needs"),
        indexed={
            "nhs_number": lambda person: "".join(person.nhs_number.split()),
            "born": lambda person: person.born.isoformat() if person.born else "",
        },
        unique={"code": lambda person: person.code},
    ),
    Kind(Guest, subject="id"),
    Kind(Address, hidden=("value",), indexed={"address": _address}, unique={"address": _address}),
    Kind(Invitation, unique={"digest": lambda invitation: invitation.digest}),
    Kind(Staff, subject="", unique={"username": lambda staff: staff.username}),
    Kind(CaseloadEntry),
    Kind(Session, subject=""),
    Kind(Conversation, key="subject", hidden=_all_but_subject(Conversation)),
    Kind(Concern, hidden=("family", "notes", "closing_note")),
    Kind(Task, hidden=("about",)),
    Kind(EngagementEvent, hidden=("details",)),
    Kind(CrisisPlan, hidden=("agreement", "contents")),
    Kind(Run, hidden=("state",)),
    Kind(SignOff, subject=""),
    Kind(Agency, subject=""),
    Kind(Region, subject=""),
    Kind(Team, subject=""),
    Kind(Membership, subject=""),
    Kind(Supervision, subject=""),
    Kind(Cover, subject=""),
    Kind(Carer, hidden=("name", "relationship", "contact")),
    Kind(Share),
    Kind(Consent),
    Kind(RightsRequest, hidden=("about", "decision", "withheld")),
    Kind(Hold, hidden=("reason",)),
    Kind(Erasure, subject=""),
    Kind(NightRoute, subject=""),
    Kind(DutyShift, subject=""),
    Kind(AlertPoint, subject=""),
    Kind(TeamTimes, subject=""),
    Kind(Notice),
    Kind(SafetyChoices, key="subject", hidden=_all_but_subject(SafetyChoices)),
    Kind(RemindersPause),
    Kind(AfterReview),
    Kind(TakeOver),
    Kind(SafetyValue, hidden=("value",)),
    Kind(ReviewItem, hidden=("family", "rules", "spans", "note")),
)

KINDS: dict[type[Any], Kind] = {each.of: each for each in _ALL}


def kind_of(of: type[Any]) -> Kind:
    """What is known of a class. Raises ``TypeError`` for one that the record does not keep."""
    found = KINDS.get(of)
    if found is None:
        raise TypeError(f"The record keeps no {of.__name__}.")
    return found
