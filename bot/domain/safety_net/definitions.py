"""What the rule files hold, before it is compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.safety_net.verdict import Answer, Family, Request, Tier
from bot.domain.safety_net.wording import Wording


class ContextKind(StrEnum):
    """What can stand around an immediate statement, and mostly makes it a check."""

    DENIAL = "denial"
    PAST = "past"
    """Long ago: lowers what was done then."""
    PAST_WISH = "past_wish"
    """Wanted or tried, long ago: lowers what was wanted then."""
    RECENT = "recent"
    """Lowers nothing: near it the past is not past."""
    SOMEONE_ELSE = "someone_else"
    FICTION = "fiction"
    LAUGHTER = "laughter"
    GOOD_NEWS = "good_news"
    PRACTICE_TALK = "practice_talk"


class Reach(StrEnum):
    """How far a context reaches."""

    BEFORE = "before"
    """It begins before the statement, in the same sentence, and ends at most N words before it."""
    AROUND = "around"
    """It touches the statement, or ends or begins at most N words from it."""
    SENTENCE = "sentence"
    MESSAGE = "message"


@dataclass(frozen=True)
class Source:
    """Where a definition stands, and the sentences that show what it is for."""

    file: str
    id: str
    patterns: tuple[str, ...]
    example: str
    counter_example: str


@dataclass(frozen=True)
class RuleDefinition:
    """One rule. ``lowered_by``: contexts that make it a check. ``once``: see ``Verdict``.

    ``after_risk``: it counts only if one of the messages before it raised a tier, and takes that
    tier if it is higher than its own.
    """

    source: Source
    tier: Tier
    family: Family
    lowered_by: frozenset[ContextKind] = frozenset()
    once: bool = False
    after_risk: bool = False


@dataclass(frozen=True)
class ContextDefinition:
    """One kind of context. ``within``: words between it and the statement, for BEFORE
    and AROUND."""

    source: Source
    kind: ContextKind
    reach: Reach
    within: int = 0


@dataclass(frozen=True)
class IdiomDefinition:
    """An everyday saying, whose words no rule sees, unless something else is said with it."""

    source: Source
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class IdiomBlock:
    """What is said with an idiom so that it is none."""

    source: Source


@dataclass(frozen=True)
class RequestDefinition:
    """One way of asking for something."""

    source: Source
    request: Request


@dataclass(frozen=True)
class AnswerDefinition:
    """Ways of answering the direct question."""

    source: Source
    answer: Answer


@dataclass(frozen=True)
class RuleBook:
    """Everything in the folder. ``groups``: name → the lines of a word group."""

    wording: Wording
    groups: Mapping[str, tuple[str, ...]]
    group_files: Mapping[str, str]
    rules: tuple[RuleDefinition, ...]
    contexts: tuple[ContextDefinition, ...]
    idioms: tuple[IdiomDefinition, ...]
    requests: tuple[RequestDefinition, ...]
    answers: tuple[AnswerDefinition, ...]
