"""Figures from a reviewer's findings, each message weighing what it stands for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.errors import BadInput
from bot.domain.kept_lines import kept_line
from bot.domain.messages import SubjectId
from bot.domain.safety_findings import Estimate, findings_of
from bot.domain.safety_review import Reviewed, ReviewItem, ReviewStatus

AT = datetime(2026, 3, 3, 12, tzinfo=UTC)


def item(
    tier: str, finding: Reviewed, one_in: int = 1, family: str = "", **more: object
) -> ReviewItem:
    status = ReviewStatus.WAITING if finding is Reviewed.NOT_YET else ReviewStatus.REVIEWED
    given: dict[str, object] = {"status": status, "finding": finding, "family": family, **more}
    subject = SubjectId("s")
    return ReviewItem("i", subject, "a", AT, tier, f"x 1/{one_in}", **given)  # type: ignore[arg-type]


def test_precision_is_by_tier_and_family_and_leaves_the_unsure_out() -> None:
    found = findings_of(
        [
            item("immediate_crisis", Reviewed.RIGHT, family="intent"),
            item("immediate_crisis", Reviewed.OTHER_FAMILY, family="goodbye"),
            item("immediate_crisis", Reviewed.TOO_HIGH, family="goodbye"),
            item("immediate_crisis", Reviewed.TOO_LOW, family="intent"),
            item("immediate_crisis", Reviewed.UNSURE, family="intent"),
            item("immediate_crisis", Reviewed.NOT_YET, family="intent"),
            item("check", Reviewed.TOO_HIGH, 5, family="intent"),
        ]
    )
    assert found.precision == {
        "immediate_crisis": Estimate(4, 0.75, 4.0),
        "check": Estimate(1, 0.0, 1.0),
    }
    assert found.by_family["goodbye"].part == 0.5
    assert found.by_family["intent"].part == pytest.approx(2 / 7)
    assert found.counts == {"waiting": 1, "reviewed": 6, "gone": 0}
    assert found.findings["unsure"] == 1


def test_recall_weighs_what_was_missed_by_its_rate() -> None:
    found = findings_of(
        [item("immediate_crisis", Reviewed.RIGHT) for _ in range(50)]
        + [item("none", Reviewed.RIGHT, 200) for _ in range(9)]
        + [item("none", Reviewed.TOO_LOW, 50)]
    )
    assert found.recall is not None
    assert found.recall.part == pytest.approx(50 / 100)
    assert found.recall.effective == pytest.approx(100**2 / (50 + 50**2))
    assert found.recall.reviewed == 51


def test_recall_is_not_known_where_nothing_calm_was_looked_at() -> None:
    assert findings_of([item("immediate_crisis", Reviewed.RIGHT)]).recall is None
    assert findings_of([item("none", Reviewed.RIGHT, 200)]).recall is None
    assert findings_of([]).precision == {}


def test_a_kept_line_says_what_is_expected_and_leads_back_to_nobody() -> None:
    right = item("safeguarding", Reviewed.RIGHT)
    row = kept_line(right, " he hit [name]\nagain ")
    assert row["text"] == "he hit [name] again"
    assert row["expected"] == "crisis"
    assert row["id"].startswith("reviewed-")
    assert kept_line(item("check", Reviewed.RIGHT), "x")["expected"] == "check"
    assert kept_line(item("none", Reviewed.TOO_LOW), "x", "crisis")["expected"] == "crisis"


def test_what_is_expected_has_to_be_said_where_the_net_was_wrong() -> None:
    for finding in (Reviewed.TOO_LOW, Reviewed.TOO_HIGH, Reviewed.UNSURE):
        with pytest.raises(BadInput):
            kept_line(item("none", finding), "x")
    with pytest.raises(BadInput):
        kept_line(item("none", Reviewed.RIGHT), "x", "perhaps")
