"""The rules that say which skills to offer, one after the other, and the health cautions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.activities import Activity, ActivityKind, Step, StepKind
from bot.domain.content import Pathway, Skill
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.messages import SubjectId
from bot.domain.suggest import WORSE_LIMIT, Past, blocked_by_cautions, past_of, suggest

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def skill(
    name: str,
    *,
    band: tuple[int, int] = (0, 10),
    needs: tuple[str, ...] = (),
    minutes: int = 5,
    cautions: tuple[str, ...] = (),
) -> Skill:
    steps = (Step("end", StepKind.END),)
    return Skill(
        activity=Activity(name, 1, ActivityKind.SKILL, name.title(), steps, "digest"),
        names=(name,),
        pathway=Pathway.DBT,
        module="",
        summary="",
        why="",
        minutes=minutes,
        distress=band,
        needs=needs,
        cautions=cautions,
        for_guests=False,
        digest="digest",
    )


def offered(
    *skills: Skill,
    need: str | None = None,
    distress: int | None = None,
    past: dict[str, Past] | None = None,
    already: tuple[str, ...] = (),
    most: int = 3,
) -> list[str]:
    found = suggest(
        skills, need=need, distress=distress, past=past or {}, already=already, most=most
    )
    return [each.id for each in found]


# Rule 1: only what may be offered.


def test_only_skills_that_were_left_to_choose_from_are_offered() -> None:
    assert offered() == []
    assert offered(skill("walk")) == ["walk"]


@pytest.mark.parametrize("answer", ["yes", "not_sure", "skip", "No", "no ", "", None])
def test_a_caution_blocks_unless_it_was_answered_with_a_plain_no(answer: str | None) -> None:
    joining = {} if answer is None else {"caution.heart": answer}
    assert blocked_by_cautions(skill("cold", cautions=("heart",)), joining)


def test_every_caution_of_a_skill_needs_its_own_no() -> None:
    cold = skill("cold", cautions=("heart", "water"))
    assert blocked_by_cautions(cold, {"caution.heart": "no"})
    assert blocked_by_cautions(cold, {"caution.heart": "no", "caution.water": "yes"})
    assert blocked_by_cautions(cold, {"heart": "no", "water": "no"})
    assert not blocked_by_cautions(cold, {"caution.heart": "no", "caution.water": "no"})


def test_a_skill_without_cautions_is_never_blocked() -> None:
    assert not blocked_by_cautions(skill("walk"), {"caution.heart": "yes"})


# Rule 2: the band holds the distress that was given.


BANDS = (
    skill("calm", band=(0, 4)),
    skill("middle", band=(3, 7)),
    skill("middling", band=(4, 8)),
    skill("strong", band=(7, 10)),
    skill("stronger", band=(7, 9)),
)


@pytest.mark.parametrize(
    ("distress", "names"),
    [
        (3, ["calm", "middle"]),
        (4, ["calm", "middle", "middling"]),
        (7, ["middle", "middling", "strong", "stronger"]),
        (8, ["middling", "strong", "stronger"]),
        (9, ["strong", "stronger"]),
    ],
)
def test_the_band_of_a_skill_holds_the_distress(distress: int, names: list[str]) -> None:
    assert offered(*BANDS, distress=distress, most=9) == names


def test_without_a_number_every_band_will_do() -> None:
    assert len(offered(*BANDS, most=9)) == len(BANDS)


def test_a_distress_of_0_is_a_number() -> None:
    two = (skill("calm", band=(0, 2)), skill("quiet", band=(0, 3)), skill("strong", band=(7, 10)))
    assert offered(*two, distress=0) == ["calm", "quiet"]


# Rule 3: need, then what helped most often, then the shorter, then the title.


def test_the_need_that_was_named_comes_before_what_helped() -> None:
    skills = (skill("other", minutes=1), skill("fitting", needs=("angry", "low"), minutes=9))
    assert offered(*skills, need="angry", past={"other": Past(9, 9)}) == ["fitting", "other"]


def test_without_a_need_what_helped_most_often_comes_first() -> None:
    skills = (skill("a", minutes=1, needs=("angry",)), skill("b", minutes=9), skill("c", minutes=5))
    past = {"b": Past(5, 3), "c": Past(2, 2)}
    assert offered(*skills, past=past) == ["b", "c", "a"]


def test_then_the_shorter_one_comes_first() -> None:
    assert offered(skill("a", minutes=9), skill("b", minutes=2)) == ["b", "a"]


def test_then_the_title_so_that_the_order_never_depends_on_chance() -> None:
    assert offered(skill("c"), skill("a"), skill("b")) == ["a", "b", "c"]


# Rule 4: what made things worse.


def test_a_skill_that_made_things_worse_goes_behind_the_others() -> None:
    skills = (skill("once_worse", needs=("angry",), minutes=1), skill("never_tried", minutes=9))
    for past in (Past(1, 0, 1), Past(9, 8, 1), Past(2, 0, 2)):
        assert offered(*skills, need="angry", past={"once_worse": past}) == [
            "never_tried",
            "once_worse",
        ]


def test_among_those_that_made_things_worse_the_other_rules_still_hold() -> None:
    past = {name: Past(1, 0, 1) for name in ("a", "b")}
    assert offered(skill("a", minutes=9), skill("b"), skill("c"), past=past) == ["c", "b", "a"]


@pytest.mark.parametrize("times", [WORSE_LIMIT, WORSE_LIMIT + 1])
def test_three_times_worse_is_no_longer_offered_even_where_nothing_else_is_left(times: int) -> None:
    assert WORSE_LIMIT == 3
    assert offered(skill("a"), past={"a": Past(20, 17, times)}) == []
    assert offered(skill("a"), past={"a": Past(2, 0, WORSE_LIMIT - 1)}) == ["a"]


# Rule 5: where fewer than two are left.


def test_where_fewer_than_two_fit_the_nearest_by_band_are_added() -> None:
    skills = (skill("fits", band=(8, 10)), skill("near", band=(5, 7)), skill("far", band=(0, 4)))
    assert offered(*skills, distress=9) == ["fits", "near"]
    assert offered(*skills[1:], distress=9) == ["near", "far"]


def test_nearest_is_counted_from_both_ends_of_a_band_and_then_by_title() -> None:
    skills = (
        skill("fits", band=(5, 5)),
        skill("above", band=(7, 9)),
        skill("below", band=(0, 4)),
        skill("b_above", band=(6, 9)),
    )
    assert offered(*skills, distress=5) == ["fits", "b_above"]


def test_where_two_fit_nothing_is_added() -> None:
    skills = (skill("a", band=(8, 10)), skill("b", band=(8, 10)), skill("near", band=(5, 7)))
    assert offered(*skills, distress=9) == ["a", "b"]


def test_what_is_added_goes_before_what_made_things_worse() -> None:
    skills = (skill("worse", band=(8, 10)), skill("near", band=(5, 7)), skill("far", band=(0, 4)))
    assert offered(*skills, distress=9, past={"worse": Past(1, 0, 1)}) == ["near", "worse"]
    assert offered(
        *skills[1:], skill("fits", band=(9, 9)), distress=9, past={"near": Past(1, 0, 1)}
    ) == [
        "fits",
        "far",
    ]


def test_what_was_offered_a_moment_ago_is_not_offered_again() -> None:
    assert offered(skill("a"), skill("b"), skill("c"), already=("a", "c")) == ["b"]


def test_no_more_than_most_are_offered() -> None:
    assert offered(skill("a"), skill("b"), skill("c"), skill("d")) == ["a", "b", "c"]
    assert offered(skill("a"), skill("b"), most=1) == ["a"]


pasts = st.builds(Past, st.integers(0, 9), st.integers(0, 9), st.integers(0, 4))


@given(
    st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), max_size=6),
    st.none() | st.integers(0, 10),
    st.dictionaries(st.sampled_from(["s0", "s1", "s2", "s3"]), pasts),
    st.permutations(range(6)),
)
def test_the_order_depends_on_the_rules_alone(
    bands: list[tuple[int, int]],
    distress: int | None,
    past: dict[str, Past],
    order: list[int],
) -> None:
    skills = [
        skill(f"s{at}", band=(min(band), max(band)), minutes=at % 2)
        for at, band in enumerate(bands)
    ]
    found = offered(*skills, distress=distress, past=past)
    shuffled = [skills[at] for at in order if at < len(skills)]
    assert offered(*shuffled, distress=distress, past=past) == found
    assert len(found) <= 3
    assert len(set(found)) == len(found)
    assert all(past.get(each, Past()).worse < WORSE_LIMIT for each in found)
    allowed = sum(past.get(each.id, Past()).worse < WORSE_LIMIT for each in skills)
    assert len(found) >= min(2, allowed)


def event(kind: EventKind, **details: str | int) -> EngagementEvent:
    return EngagementEvent("e1", SubjectId("p1"), kind, NOW, details)


def test_the_past_is_counted_by_skill_from_practices_and_what_was_said_of_them() -> None:
    events = [
        event(EventKind.PRACTICE, skill="stop", result="helped"),
        event(EventKind.PRACTICE, skill="stop", result="no_difference"),
        event(EventKind.PRACTICE, skill="stop"),
        event(EventKind.PRACTICE, skill="cold", result="worse"),
        event(EventKind.FEEDBACK, skill="cold", result="worse"),
        event(EventKind.FEEDBACK, result="worse"),
        event(EventKind.MOOD, skill="stop", result="worse"),
        event(EventKind.PRACTICE, skill=7, result="worse"),
    ]
    assert past_of(events) == {"stop": Past(3, 1, 0), "cold": Past(1, 0, 2)}
    assert past_of([]) == {}
