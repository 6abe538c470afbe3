"""What the safety net says about a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How sure and how urgent, in rising order: ``max()`` gives the more urgent one."""

    NONE = "none"
    CHECK = "check"
    SAFEGUARDING = "safeguarding"
    IMMEDIATE_CRISIS = "immediate_crisis"
    IMMEDIATE_MEDICAL = "immediate_medical"

    @property
    def rank(self) -> int:
        """Its place in the order, from 0."""
        return _RANKS[self.value]

    @property
    def is_immediate(self) -> bool:
        """Whether somebody may be in danger now."""
        return self.rank >= Tier.IMMEDIATE_CRISIS.rank

    def __lt__(self, other: str) -> bool:
        return self.rank < Tier(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Tier(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Tier(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Tier(other).rank


_RANKS = {tier.value: rank for rank, tier in enumerate(Tier)}


class Family(StrEnum):
    """What it is about, and so which reply fits. Earlier ones win where tiers are equal."""

    OVERDOSE_ON_PURPOSE = "overdose_on_purpose"
    INJURY = "injury"
    OVERDOSE_BY_ACCIDENT = "overdose_by_accident"
    MEDICAL = "medical"
    ATTEMPT = "attempt"
    VOICES = "voices"
    PLAN_OR_MEANS = "plan_or_means"
    METHOD_REQUEST = "method_request"
    GOODBYE = "goodbye"
    PREPARATION = "preparation"
    INTENT = "intent"
    PARENT_THOUGHTS = "parent_thoughts"
    HARM_TO_OTHERS = "harm_to_others"
    SELF_HARM_DONE = "self_harm_done"
    URGE = "urge"
    PASSIVE = "passive_thoughts"
    BURDEN = "burden"
    SOMEONE_ELSE = "someone_else"
    ABUSE_NOW = "abuse_now"
    AT_RISK = "at_risk"
    ABUSE_PAST = "abuse_past"
    EATING = "eating"
    UNSAFE = "unsafe"
    EXHAUSTED = "exhausted"
    HOPELESS = "hopeless"
    CALM_AFTER = "calm_after"
    SUBSTANCES = "substances"
    DENIAL = "denial"
    SECRET = "secret"  # noqa: S105
    TESTING = "testing"
    NOT_HEARD = "not_heard"
    BEREAVEMENT = "bereavement"
    PAST = "past"
    GOOD_NEWS = "good_news"
    PRACTICE_TALK = "practice_talk"
    REQUESTED = "requested"
    UNREAD = "unread"

    @property
    def rank(self) -> int:
        """Its place in the order, from 0."""
        return _FAMILY_RANKS[self.value]


_FAMILY_RANKS = {family.value: rank for rank, family in enumerate(Family)}


class Request(StrEnum):
    """What a message asks for, whatever else it says."""

    PLAN = "plan"
    CONTACTS = "contacts"
    PERSON = "person"
    DIARY = "diary"


class Answer(StrEnum):
    """What a typed reply says to "Are you thinking of ending your life?"."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Verdict:
    """The net's word on one message.

    ``rules``: ids of all rules and contexts that spoke, most urgent first. ``spans``: characters
    (start, end) of the message, one for each rule that raised the tier. ``ask_once``: raised
    only by a request, good news or something past.
    """

    tier: Tier
    family: Family | None
    rules: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    ask_once: bool


CALM = Verdict(Tier.NONE, None, (), (), ask_once=False)
"""Nothing found."""
