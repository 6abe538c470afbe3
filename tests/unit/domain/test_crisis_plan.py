"""Where a plan may go next, which version is shown, and when its review is due."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from bot.domain.crisis_plan import (
    MOVES,
    Agreement,
    CrisisPlan,
    PlanContents,
    PlanStatus,
    can_move,
    current,
)
from bot.domain.messages import SubjectId

S = PlanStatus


def plan(version: int, status: PlanStatus, review_due: date | None = None) -> CrisisPlan:
    return CrisisPlan(
        id=f"v{version}",
        subject=SubjectId("p1"),
        version=version,
        status=status,
        author="s1",
        created_at=datetime(2026, 1, version, tzinfo=UTC),
        review_due=review_due,
        agreement=Agreement(),
        contents=PlanContents(),
    )


ALLOWED = {
    (S.DRAFT, S.OFFERED),
    (S.DRAFT, S.WITHDRAWN),
    (S.OFFERED, S.DRAFT),
    (S.OFFERED, S.AGREED),
    (S.OFFERED, S.DECLINED),
    (S.OFFERED, S.WITHDRAWN),
    (S.AGREED, S.SUPERSEDED),
    (S.AGREED, S.WITHDRAWN),
    (S.DECLINED, S.OFFERED),
}


@pytest.mark.parametrize("before", list(S))
@pytest.mark.parametrize("after", list(S))
def test_a_plan_makes_only_the_moves_of_the_table(before: PlanStatus, after: PlanStatus) -> None:
    assert can_move(before, after) is ((before, after) in ALLOWED)


def test_every_status_has_its_moves() -> None:
    assert set(MOVES) == set(S)


def test_nothing_becomes_agreed_but_what_was_offered() -> None:
    assert [each for each in S if can_move(each, S.AGREED)] == [S.OFFERED]


@pytest.mark.parametrize(
    ("versions", "shown"),
    [
        ((), None),
        ((S.DRAFT,), 1),
        ((S.SUPERSEDED, S.AGREED), 2),
        ((S.AGREED, S.DRAFT), 1),
        ((S.AGREED, S.DECLINED), 1),
        ((S.DECLINED, S.OFFERED), 2),
        ((S.DRAFT, S.DECLINED, S.WITHDRAWN), 2),
        ((S.SUPERSEDED, S.WITHDRAWN), None),
        ((S.WITHDRAWN,), None),
    ],
)
def test_the_agreed_version_is_shown_or_else_the_newest_that_lives(
    versions: tuple[PlanStatus, ...], shown: int | None
) -> None:
    plans = [plan(version, status) for version, status in enumerate(versions, start=1)]
    for each in permutations(plans):
        found = current(each)
        assert (found.version if found else None) == shown


@pytest.mark.parametrize(
    ("review_due", "overdue"),
    [(date(2026, 3, 1), True), (date(2026, 3, 2), False), (date(2026, 3, 3), False), (None, False)],
)
def test_a_plan_is_overdue_from_the_day_after_its_review(
    review_due: date | None, overdue: bool
) -> None:
    assert plan(1, S.AGREED, review_due).is_overdue(date(2026, 3, 2)) is overdue
