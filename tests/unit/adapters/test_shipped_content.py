"""The content that ships: every way through every activity, and what safety replies must say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.adapters.content_files import load_content
from bot.domain.activities import Activity, Answer, Line, Moved, State, Step, StepKind
from bot.domain.content import Content, Skill
from bot.domain.safety_net import Family
from bot.domain.stepping import begin, show_offer, step
from bot.domain.wording import filled, plain

CONTENT = load_content(Path(__file__).parents[3] / "skills_content")

KNOWN: list[dict[str, str | int]] = [
    {},
    {"before": 3, "distress": 3},
    {"before": 9, "distress": 9, "need": "low"},
    {"caution.breathing": "yes"},
    {"caution.breathing": "no", "before": 6},
]

OFFER = (("stop", "STOP · 1 min"), ("cold", "Something cold · 1 min"))


@pytest.fixture
def content() -> Content:
    return CONTENT


def every_answer(here: Step) -> Iterator[Answer]:
    """Each of a step's options, and one of each kind of other answer that it takes."""
    yield from (Answer(value=each.value) for each in here.options)
    if here.kind is StepKind.TEXT:
        yield Answer(text="some words of my own")
    if here.kind is StepKind.RATING:
        yield from (Answer(text=each) for each in ("0", "6", "9"))
    if here.kind in {StepKind.TIMER, StepKind.BREATHING}:
        yield Answer(elapsed=True)


def every_move(activity: Activity, known: Mapping[str, str | int]) -> Iterator[Moved]:
    """Every move that a person can make, from every state that they can come to."""
    seen: set[tuple[str, frozenset[tuple[str, str | int]]]] = set()
    asked = {each.on for each in activity.steps if each.on}
    waiting = [begin(activity, known)]
    while waiting:
        moved = waiting.pop()
        yield moved
        if moved.state is None:
            continue
        state = moved.state
        if moved.wants_offer:
            waiting.append(show_offer(activity, state, OFFER))
            continue
        here = activity.at(state.step)
        assert here is not None
        key = (state.step, _memory(state, asked))
        if key in seen:
            continue
        seen.add(key)
        for answer in every_answer(here):
            onward = step(activity, state, answer)
            assert onward.taken, (activity.id, state.step, answer)
            waiting.append(onward)


def _memory(state: State, asked: set[str]) -> frozenset[tuple[str, str | int]]:
    """What can make a difference later on: which answers are there, and those branched on."""
    return frozenset(
        (name, value if name in asked else "") for name, value in state.answers.items()
    )


@pytest.mark.parametrize("known", KNOWN, ids=str)
@pytest.mark.parametrize("activity", CONTENT.activities.values(), ids=CONTENT.activities.keys())
def test_every_way_ends_and_no_gap_stays_empty(
    activity: Activity, known: dict[str, str | int]
) -> None:
    ends = 0
    for moved in every_move(_short(activity), known):
        for line in moved.lines:
            _check_gaps(line, moved.answers)
        ends += moved.state is None
    assert ends


def _short(activity: Activity) -> Activity:
    """Joining asks seven alike; two of them show all that can happen and keep the test small."""
    alike = [each.id for each in activity.steps if each.saves_as.startswith("caution.")]
    steps = tuple(each for each in activity.steps if each.id not in alike[2:])
    return Activity(
        activity.id, activity.version, activity.kind, activity.title, steps, activity.digest
    )


def _check_gaps(line: Line, answers: Mapping[str, str | int]) -> None:
    for wording in line.say:
        for gap in re.findall(r"\{answer\.([^}]*)\}", wording):
            assert gap in answers, wording
        for gap in ("before", "after"):
            assert f"{{{gap}}}" not in wording or gap in answers, wording


@pytest.mark.parametrize("skill", CONTENT.skills.values(), ids=CONTENT.skills.keys())
def test_a_skill_asks_before_and_after_and_whether_it_helped(skill: Skill) -> None:
    answers = [moved.answers for moved in every_move(skill.activity, {}) if moved.state is None]
    finished = [each for each in answers if "after" in each]
    assert {"helped", "no_difference", "worse"} <= {each.get("result") for each in finished}
    assert any("before" in each for each in finished)


def test_distress_that_is_known_is_not_asked_again(content: Content) -> None:
    for skill in content.skills.values():
        first = begin(skill.activity, {"before": 6})
        assert first.state is not None
        assert first.state.step != "opening_before"


def test_at_eight_finding_a_skill_asks_nothing_more(content: Content) -> None:
    moved = begin(content.activities["find_skill"], {"distress": 8})
    assert moved.wants_offer
    assert begin(content.activities["find_skill"], {"distress": 7}).state is not None
    assert not begin(content.activities["find_skill"], {"distress": 7}).wants_offer


def test_after_eight_and_after_i_cannot_there_are_no_questions(content: Content) -> None:
    for name in ("closing_high", "closing_still_high", "closing_cannot"):
        here = content.skills["stop"].activity.at(name)
        assert here is not None
        assert not any("?" in wording for wording in here.say)
        assert {"plan", "talk"} <= set(here.buttons)


def test_worse_is_met_kindly_with_the_plan_something_else_and_a_person(content: Content) -> None:
    worse = content.skills["stop"].activity.at("closing_worse")
    assert worse is not None
    assert worse.buttons == ("plan", "another", "talk")
    assert all("you" in plain(wording) for wording in worse.say)


def test_breathing_has_no_holds_and_says_when_to_stop(content: Content) -> None:
    steps = content.skills["paced_breathing"].activity.steps
    paces = [each.pace for each in steps if each.pace is not None]
    assert paces
    assert all(pace.hold == 0 and pace.breathe_out > pace.breathe_in for pace in paces)
    note = next(each for each in steps if each.id == "note")
    assert all("makes it worse, stop and look around you" in wording for wording in note.say)


@pytest.mark.parametrize("caution", ["yes", "not_sure"])
def test_trouble_with_breathing_gets_the_gentle_pace_unasked(
    content: Content, caution: str
) -> None:
    activity = content.skills["paced_breathing"].activity
    moved = begin(activity, {"before": 6, "caution.breathing": caution})
    assert moved.state is not None
    assert moved.state.step == "gentle"


def test_cold_is_not_for_today_after_harm_drink_or_drugs(content: Content) -> None:
    cold = content.skills["cold"]
    assert set(cold.cautions) == set(content.cautions)
    moved = begin(cold.activity, {"before": 9})
    assert moved.state is not None
    said = " ".join(wording for line in moved.lines for wording in line.say)
    assert "hurt yourself, taken something, or had drink or drugs" in said
    other = step(cold.activity, moved.state, Answer(text="Something else"))
    assert other.state is None
    assert {"999", "111"} <= set(re.findall(r"\d+", other.lines[0].say[0]))


SAYS = {
    "overdose_on_purpose": ["999", "A&E", "packets", "sick", r"driv(e|ing)", r"feel|fine"],
    "overdose_by_accident": ["111", "999", "can't", "on purpose", r"sleepy|drowsy"],
    "injury": ["bleeding", "deep", "faint", "999", "111"],
    "self_harm_done": ["deep", "faint", "999", "111"],
    "intent": ["999", "A&E"],
    "plan_or_means": ["999", "A&E"],
    "attempt": ["999", "A&E"],
    "voices": ["999"],
    "harm_to_others": ["999"],
    "abuse_now": ["999", r"safe to write|safe for you|see this phone"],
    "at_risk": ["999", r"pass (this )?on|share this", "unless"],
    "parent_thoughts": ["999", r"many|lots of", r"safe"],
    "eating": ["111", "999", "chest pain"],
}


@pytest.mark.parametrize("family", SAYS)
def test_every_wording_of_a_reply_says_what_it_has_to(content: Content, family: str) -> None:
    for wording in content.replies[family].opening:
        said = filled(wording, {key: forms["say"] for key, forms in _ways(content)})
        for needed in SAYS[family]:
            assert re.search(needed, said, re.IGNORECASE), (needed, said)


def _ways(content: Content) -> Iterator[tuple[str, Mapping[str, str]]]:
    for name, forms in content.ways.items():
        yield from ((each, forms) for each in (name, name.capitalize()))


def test_every_direct_question_is_direct(content: Content) -> None:
    wordings = [*content.texts["safety.ask"].say, *content.texts["safety.ask_again"].say]
    wordings += [wording for reply in content.replies.values() for wording in reply.ask]
    for wording in wordings:
        assert re.search(r"end(ing)? your (own )?life", wording), wording
        assert wording.count("?") == 1, wording


def test_intent_and_danger_set_aside_and_end_with_the_four_buttons(content: Content) -> None:
    four = {"rung", "with_someone", "cannot_ring", "not_now"}
    for family in ("intent", "plan_or_means", "attempt", "goodbye", "overdose_on_purpose",
                   "overdose_by_accident", "injury", "medical", "voices", "default"):  # fmt: skip
        reply = content.replies[family]
        assert reply.sets_aside
        assert four <= {value for _, _, value in content.closings[reply.closing]}


def test_an_urge_takes_nothing_away_and_asks_directly(content: Content) -> None:
    for family in ("urge", "passive_thoughts"):
        reply = content.replies[family]
        assert (reply.sets_aside, reply.plan, reply.closing) == (False, True, "ask")
        assert len(reply.ask) >= 3


def test_replies_for_all_that_the_net_can_raise_at_once(content: Content) -> None:
    assert set(Family) <= set(content.replies)


def test_only_confirmed_numbers_have_a_date(content: Content) -> None:
    unconfirmed = {each.id for each in content.contacts if each.verified_on is None}
    assert {"derbyshire_helpline", "papyrus", "beat", "derby_safe_haven"} <= unconfirmed
    assert not unconfirmed & {"emergency_999", "nhs_111_mental_health", "samaritans", "shout"}
    assert all(
        re.search(r"\d", each.reach) for each in content.contacts if each.verified_on is not None
    )
