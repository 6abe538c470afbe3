"""Small rule books, written in the tests that use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.safety_net import (
    AnswerDefinition,
    ContextDefinition,
    ContextKind,
    Family,
    IdiomDefinition,
    Reach,
    RequestDefinition,
    RuleBook,
    RuleDefinition,
    Source,
    Tier,
    Wording,
)

WORDING = Wording(
    stands_for={
        "don't": ("do", "not"),
        "dont": ("do", "not"),
        "i'm": ("i", "am"),
        "kms": ("kill", "myself"),
        "u": ("you",),
    },
    also={"2": ("to",), "dye": ("die",)},
    fillers=frozenset({"really"}),
    emoji={"🔪": "knife"},
    explicit=frozenset({"suicide", "kill", "myself", "die"}),
    not_misspelt=frozenset(),
    run_together=frozenset({"kill myself"}),
)


def source(name: str, *patterns: str) -> Source:
    return Source("made_up.yml", name, patterns, "", "")


def rule(
    name: str,
    *patterns: str,
    tier: Tier = Tier.IMMEDIATE_CRISIS,
    family: Family = Family.INTENT,
    lowered_by: Sequence[ContextKind] = (),
    once: bool = False,
    after_risk: bool = False,
) -> RuleDefinition:
    return RuleDefinition(
        source(name, *patterns), tier, family, frozenset(lowered_by), once, after_risk
    )


def context(
    name: str, kind: ContextKind, reach: Reach, within: int, *patterns: str
) -> ContextDefinition:
    return ContextDefinition(source(name, *patterns), kind, reach, within)


def idiom(name: str, *patterns: str, unless: tuple[str, ...] = ()) -> IdiomDefinition:
    return IdiomDefinition(source(name, *patterns), unless)


def book(
    *rules: RuleDefinition,
    contexts: Sequence[ContextDefinition] = (),
    idioms: Sequence[IdiomDefinition] = (),
    requests: Sequence[RequestDefinition] = (),
    answers: Sequence[AnswerDefinition] = (),
    groups: Mapping[str, tuple[str, ...]] | None = None,
) -> RuleBook:
    groups = groups or {}
    return RuleBook(
        wording=WORDING,
        groups=groups,
        group_files=dict.fromkeys(groups, "groups.yml"),
        rules=rules,
        contexts=tuple(contexts),
        idioms=tuple(idioms),
        requests=tuple(requests),
        answers=tuple(answers),
    )
