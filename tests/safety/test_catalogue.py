"""Every row of the catalogue, and of the further wording, has its expected tier."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.safety_net import Answer, SafetyNet, Tier

HERE = Path(__file__).parent
SHIPPED = Path(__file__).parents[2] / "skills_content" / "safety" / "catalogue.jsonl"
EXACTLY_CHECK = ("38", "40", "42", "43", "45", "46", "47")
ANSWERS = "58"
ASKED_ONCE = ("43", "45", "46", "47")


def rows_of(name: str | Path) -> list[dict[str, Any]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


CATALOGUE = rows_of(SHIPPED)
WORDING = rows_of("wording.jsonl")
JUDGED = [row for row in CATALOGUE + WORDING if not row["category"].startswith(ANSWERS)]
ASKS = [row for row in CATALOGUE if row["category"].startswith(ANSWERS)]


def test_no_row_is_lost() -> None:
    assert len(CATALOGUE) == 145
    assert len({row["id"] for row in CATALOGUE + WORDING}) == len(CATALOGUE) + len(WORDING)


@pytest.mark.parametrize("row", JUDGED, ids=lambda row: row["id"])
def test_a_row_has_its_expected_tier(row: dict[str, Any], net: SafetyNet) -> None:
    *earlier, message = row["text"].split("\n")
    verdict = net.judge(message, earlier)
    if "tier" in row:
        assert verdict.tier == row["tier"], verdict
    elif row["expected"] == "crisis":
        assert verdict.tier >= Tier.SAFEGUARDING, verdict
    elif row["expected"] == "none":
        assert verdict.tier is Tier.NONE, verdict
    elif row["category"].startswith(EXACTLY_CHECK):
        assert verdict.tier is Tier.CHECK, verdict
    else:
        assert verdict.tier >= Tier.CHECK, verdict


@pytest.mark.parametrize("row", ASKS, ids=lambda row: row["id"])
def test_a_reply_to_the_direct_question_is_read(row: dict[str, Any], net: SafetyNet) -> None:
    expected = {Answer.NO} if row["expected"] == "none" else {Answer.YES, Answer.UNSURE}
    assert net.answer_to_ask(row["text"]) in expected


@pytest.mark.parametrize(
    "row",
    [row for row in CATALOGUE if row["category"].startswith(ASKED_ONCE)],
    ids=lambda row: row["id"],
)
def test_requests_good_news_and_the_past_are_asked_once(
    row: dict[str, Any], net: SafetyNet
) -> None:
    verdict = net.judge(row["text"])
    assert verdict.ask_once is (verdict.tier is Tier.CHECK)


@pytest.mark.parametrize("row", rows_of("answers.jsonl"), ids=lambda row: row["text"])
def test_answers_in_peoples_own_words(row: dict[str, Any], net: SafetyNet) -> None:
    answer = net.answer_to_ask(row["text"])
    assert (answer.value if answer else None) == row["answer"]


def test_everyday_requests_raise_next_to_nothing(net: SafetyNet) -> None:
    rows = rows_of("everyday_sample.jsonl")
    raised = [row["text"] for row in rows if net.judge(row["text"]).tier > Tier.NONE]
    crises = [row["text"] for row in rows if net.judge(row["text"]).tier > Tier.CHECK]
    assert len(rows) == 400
    assert len(crises) <= 0.005 * len(rows), crises
    assert len(raised) <= 0.01 * len(rows), raised
