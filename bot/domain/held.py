"""Everything that the record holds about one person, as it was read for their copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.after_danger import (
    AfterReview,
    RemindersPause,
    SafetyChoices,
    SafetyValue,
    TakeOver,
)
from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern, Task
from bot.domain.conversations import Conversation
from bot.domain.crisis_plan import CrisisPlan
from bot.domain.engagement import EngagementEvent
from bot.domain.kept_messages import KeptMessage, KeptTimer
from bot.domain.notices import Notice
from bot.domain.people import Address, CaseloadEntry, Invitation, Person
from bot.domain.practice import Run
from bot.domain.rights import Hold, RightsRequest
from bot.domain.safety_review import ReviewItem
from bot.domain.sharing import Carer, Consent, Share


@dataclass(frozen=True)
class AfterDanger:
    """What the record holds of a person because of a sign of danger, besides their concerns.

    ``items`` are messages whose verdict was looked at again.
    """

    choices: SafetyChoices | None = None
    values: tuple[SafetyValue, ...] = ()
    pauses: tuple[RemindersPause, ...] = ()
    reviews: tuple[AfterReview, ...] = ()
    take_overs: tuple[TakeOver, ...] = ()
    notices: tuple[Notice, ...] = ()
    items: tuple[ReviewItem, ...] = ()


@dataclass(frozen=True)
class Held:
    """The rows. ``names`` maps staff and agency ids to who they are, ``titles`` skills' ids to
    their names, ``teams`` ids of teams to theirs.

    ``audit`` is the person's chain as far as it goes into the copy.
    """

    person: Person
    addresses: tuple[Address, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    consents: tuple[Consent, ...] = ()
    shares: tuple[Share, ...] = ()
    carers: tuple[Carer, ...] = ()
    caseload: tuple[CaseloadEntry, ...] = ()
    plans: tuple[CrisisPlan, ...] = ()
    runs: tuple[Run, ...] = ()
    events: tuple[EngagementEvent, ...] = ()
    concerns: tuple[Concern, ...] = ()
    tasks: tuple[Task, ...] = ()
    messages: tuple[KeptMessage, ...] = ()
    timers: tuple[KeptTimer, ...] = ()
    memory: Conversation | None = None
    audit: tuple[AuditEntry, ...] = ()
    requests: tuple[RightsRequest, ...] = ()
    holds: tuple[Hold, ...] = ()
    after_danger: AfterDanger = AfterDanger()
    names: Mapping[str, str] | None = None
    titles: Mapping[str, str] | None = None
    teams: Mapping[str, str] | None = None

    def name(self, who: str) -> str:
        """Who "person", "program", "staff:ID" or an id is, in words."""
        known = {"person": "you", "program": "the program", "": "nobody"}
        staff_id = who.removeprefix("staff:")
        return known.get(who) or (self.names or {}).get(staff_id, "somebody who has left")

    def title(self, activity: str) -> str:
        """What a skill or an activity is called."""
        return (self.titles or {}).get(activity, activity.replace("_", " "))

    def team(self, team_id: str) -> str:
        """What a team is called."""
        return (self.teams or {}).get(team_id, team_id)
