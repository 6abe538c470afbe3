"""Small rule books, written in the tests that use them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.domain.safety_net import (
    ContextDefinition,
    ContextKind,
    Family,
    IdiomDefinition,
    Reach,
    RuleBook,
    RuleDefinition,
    Source,
    Tier,
    Wording,
)


def source(name: str, *patterns: str) -> Source:
    return Source("made_up.yml", name, patterns, "", "")


def rule(name: str, *patterns: str, tier: Tier = Tier.IMMEDIATE_CRISIS, **more: object) -> object:
    values: dict[str, object] = {"family": Family.INTENT, **more}
    return RuleDefinition(source(name, *patterns), tier, **values)  # type: ignore[arg-type]


def context(name: str, kind: ContextKind, reach: Reach, within: int, *patterns: str) -> object:
    return ContextDefinition(source(name, *patterns), kind, reach, within)


def idiom(name: str, *patterns: str, unless: tuple[str, ...] = ()) -> object:
    return IdiomDefinition(source(name, *patterns), unless)


@pytest.fixture
def wording() -> Wording:
    return Wording(
        stands_for={
            "don't": ("do", "not"),
            "dont": ("do", "not"),
            "i'm": ("i", "am"),
            "kms": ("kill", "myself"),
            "u": ("you",),
        },
        also={"2": ("to",)},
        fillers=frozenset({"really"}),
        emoji={"🔪": "knife"},
        explicit=frozenset({"suicide", "kill", "myself", "die"}),
        not_misspelt=frozenset(),
        run_together=frozenset({"kill myself"}),
    )


@pytest.fixture
def book(wording: Wording) -> Callable[..., RuleBook]:
    def made(**parts: object) -> RuleBook:
        values: dict[str, object] = {
            "wording": wording,
            "groups": {},
            "group_files": {},
            "rules": (),
            "contexts": (),
            "idioms": (),
            "requests": (),
            "answers": (),
            **parts,
        }
        return RuleBook(**values)  # type: ignore[arg-type]

    return made
