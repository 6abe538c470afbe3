"""The table of values that may be a sign of danger, at its borders."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.content_files import load_content
from bot.domain.errors import BadInput
from bot.domain.safety_net import Family
from bot.domain.safety_values import HIGHEST_URGE, LOWEST_URGE, RULES, rule_for

CONTENT = load_content(Path(__file__).parents[3] / "skills_content")


def counts(source: str, item: str, value: int, urge_from: int = 4) -> bool:
    rule = rule_for(source, item, value)
    return rule is not None and rule.counts(value, urge_from)


@pytest.mark.parametrize(
    ("source", "item", "first", "last"),
    [
        ("core10", "item_6", 1, 4),
        ("diary", "self_harm_acted_on", 1, 99),
        ("diary", "urge_self_harm", 4, 5),
        ("diary", "urge_suicide", 4, 5),
    ],
)
def test_the_borders(source: str, item: str, first: int, last: int) -> None:
    assert not counts(source, item, first - 1)
    assert counts(source, item, first)
    assert counts(source, item, last)
    for outside in (-1, last + 1):
        with pytest.raises(BadInput, match=f"from 0 to {last}"):
            rule_for(source, item, outside)


@pytest.mark.parametrize("urge_from", range(LOWEST_URGE, HIGHEST_URGE + 1))
@pytest.mark.parametrize("item", ["urge_self_harm", "urge_suicide"])
def test_an_urge_counts_from_the_number_that_was_agreed(item: str, urge_from: int) -> None:
    asked = [value for value in range(6) if counts("diary", item, value, urge_from)]
    assert asked == list(range(urge_from, 6))


def test_an_agreed_number_changes_nothing_else() -> None:
    assert counts("core10", "item_6", 1, urge_from=5)
    assert counts("diary", "self_harm_acted_on", 1, urge_from=5)


@pytest.mark.parametrize(("source", "item"), [("core10", "item_5"), ("diary", "mood"), ("", "")])
def test_other_items_are_never_asked_about(source: str, item: str) -> None:
    assert rule_for(source, item, 10_000) is None


def test_the_family_fits_and_its_words_are_there() -> None:
    families = {item: rule.family for (_, item), rule in RULES.items()}
    assert families == {
        "item_6": Family.PLAN_OR_MEANS,
        "self_harm_acted_on": Family.SELF_HARM_DONE,
        "urge_self_harm": Family.URGE,
        "urge_suicide": Family.PASSIVE,
    }
    for rule in RULES.values():
        assert len(CONTENT.texts[f"after.{rule.words}"].say) >= 3


@pytest.mark.parametrize("rule", RULES.values(), ids=[item for _, item in RULES])
def test_every_wording_thanks_says_that_it_is_saved_and_asks_one_direct_question(
    rule: object,
) -> None:
    for wording in CONTENT.texts[f"after.{rule.words}"].say:  # type: ignore[attr-defined]
        assert "saved" in wording
        assert any(each in wording.lower() for each in ("thank you", "i'm glad"))
        assert wording.count("?") == 1
        assert "ending your life" in wording


UNASKED = ("check_in", "reminders_paused", "reminders_choice", "reminders_ask", "review_offer",
           "take_over_begins", "take_over_ends", "somebody_reads")  # fmt: skip


@pytest.mark.parametrize("key", UNASKED)
def test_what_is_said_unasked_has_three_wordings(key: str) -> None:
    assert len(set(CONTENT.texts[f"after.{key}"].say)) >= 3


def test_a_check_in_is_discreet() -> None:
    for wording in CONTENT.texts["after.check_in"].say:
        said = wording.lower()
        assert not any(
            word in said for word in ("crisis", "danger", "suicid", "harm", "life", "team")
        )
