"""The stepper: each kind of step, what it takes and leaves, and that no answer is ever lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.content_files import load_content
from bot.domain.activities import (
    Activity,
    ActivityKind,
    Answer,
    Case,
    Moved,
    Option,
    Pace,
    State,
    Step,
    StepKind,
)
from bot.domain.stepping import ask_again, begin, show_offer, step, takes_free_text

SHIPPED = load_content(Path(__file__).parents[3] / "skills_content")

SKIP = Option("skip", "Skip", ("dont know",))
DONE = Option("done", "I'm done", ("finished", "ok"))

WAITING = {
    StepKind.CHOICE,
    StepKind.TEXT,
    StepKind.RATING,
    StepKind.TIMER,
    StepKind.BREATHING,
    StepKind.OFFER,
}


def activity(*steps: Step) -> Activity:
    return Activity("tea", 1, ActivityKind.SKILL, "Making tea", steps, "digest")


def says(moved: Moved) -> list[str]:
    return [line.say[0] for line in moved.lines]


SAY = Step("hello", StepKind.SAY, ("Put the kettle on.",), buttons=("plan",))
CHOICE = Step(
    "which",
    StepKind.CHOICE,
    ("Which one?",),
    options=(
        Option("black_tea", "Black tea", ("black", "builder's")),
        Option("mint", "Mint", next="minty"),
        SKIP,
    ),
)
TEXT = Step("who", StepKind.TEXT, ("Who with?",), save="company", options=(SKIP,))
RATING = Step(
    "warm",
    StepKind.RATING,
    ("How warm, 0 to 10?",),
    words={"lukewarm": 4, "really hot": 9},
    options=(SKIP,),
)
TIMER = Step(
    "brew", StepKind.TIMER, ("Let it brew.",), seconds=90, after=("It's brewed.",), options=(DONE,)
)
BREATHING = Step(
    "breathe",
    StepKind.BREATHING,
    ("In, and out.",),
    pace=Pace(4, 6, 12, hold=1),
    after=("That's it.",),
    options=(DONE, Option("worse", "Worse", next="bye")),
)
OFFER = Step(
    "offered",
    StepKind.OFFER,
    ("One of these?",),
    options=(
        Option("another", "Something else", next="offered"),
        Option("not_now", "Not now", ("later",), next="bye"),
    ),
)
MINTY = Step("minty", StepKind.SAY, ("Mint, then.",))
END = Step("bye", StepKind.END, ("Enjoy it.",), buttons=("menu",))

TEA = activity(SAY, CHOICE, TEXT, RATING, TIMER, BREATHING, END)
CHOOSING = activity(OFFER, END)


def at(where: Step, **answers: str | int) -> State:
    return State(where.id, answers)


def test_a_beginning_says_everything_up_to_the_first_step_that_waits() -> None:
    moved = begin(TEA, {"before": 6})
    assert moved.state == State("which", {"before": 6})
    assert says(moved) == ["Put the kettle on.", "Which one?"]
    assert moved.lines[0].buttons == ("plan",)
    assert moved.lines[1].options == CHOICE.options
    assert moved.lines[1].step == "which"
    assert moved.answers == {"before": 6}


def test_the_answers_that_are_known_at_the_beginning_stay_the_callers_own() -> None:
    known: dict[str, str | int] = {"before": 6}
    moved = begin(TEA, known)
    assert moved.state is not None
    step(TEA, moved.state, Answer("black"))
    assert known == {"before": 6}
    assert moved.state.answers == {"before": 6}


@pytest.mark.parametrize(
    "typed", ["Black tea", "black TEA!", "black_tea", "black", "builders", "builder’s", "1", " 1. "]
)
def test_a_choice_is_taken_by_label_value_other_words_or_its_number(typed: str) -> None:
    moved = step(TEA, at(CHOICE), Answer(typed))
    assert moved.taken
    assert moved.state == State("who", {"which": "black_tea"})
    assert says(moved) == ["Who with?"]


def test_a_label_without_letters_is_not_taken_by_just_anything_without_letters() -> None:
    faces = activity(replace(CHOICE, options=(Option("good", "🙂"), Option("bad", "🙁"))), END)
    assert not step(faces, at(CHOICE), Answer("?!")).taken
    assert step(faces, at(CHOICE), Answer(value="bad")).answers == {"which": "bad"}


def test_a_choice_is_taken_by_its_button() -> None:
    assert step(TEA, at(CHOICE), Answer(value="black_tea")).state == at(TEXT, which="black_tea")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "?!",
        "4",
        "0",
        "-1",
        "+1",
        "<3",
        "99999",
        "9" * 5000,
        "1 2",
        "tea",
        "black coffee",
    ],
)
def test_what_is_not_one_of_a_choices_answers_moves_nothing(typed: str) -> None:
    state = at(CHOICE, before=6)
    moved = step(TEA, state, Answer(typed))
    assert not moved.taken
    assert moved.state == state
    assert moved.lines == ()
    assert moved.answers == {"before": 6}


@pytest.mark.parametrize("value", ["", "coffee", "Black tea", "1"])
def test_a_button_that_the_step_does_not_have_moves_nothing(value: str) -> None:
    assert not step(TEA, at(CHOICE), Answer("black", value=value)).taken


def test_an_option_may_lead_elsewhere_than_the_step_does() -> None:
    branched = activity(CHOICE, END, replace(MINTY, next="bye"))
    moved = step(branched, at(CHOICE), Answer("mint"))
    assert says(moved) == ["Mint, then.", "Enjoy it."]
    assert moved.state is None
    assert moved.answers == {"which": "mint"}


def test_free_text_is_kept_trimmed_under_the_name_that_the_file_gives() -> None:
    moved = step(TEA, at(TEXT, which="mint"), Answer("  my nan, and 7 others \n"))
    assert moved.state == State("warm", {"which": "mint", "company": "my nan, and 7 others"})


@pytest.mark.parametrize("typed", ["1", "-1", "☕", "?", "what time is it?"])
def test_free_text_takes_any_words(typed: str) -> None:
    assert step(TEA, at(TEXT), Answer(typed)).answers == {"company": typed}


@pytest.mark.parametrize("answer", [Answer(""), Answer(" \n\t"), Answer("mum", value="old")])
def test_free_text_takes_neither_blanks_nor_a_button_that_it_does_not_have(answer: Answer) -> None:
    assert not step(TEA, at(TEXT), answer).taken


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7", 7),
        (" 7. ", 7),
        ("7/10", 7),
        ("7 out of 10", 7),
        ("a seven", 7),
        ("about 6 now", 6),
        ("im at a 7", 7),
        ("ten-ish", 10),
        ("7ish", 7),
        ("0", 0),
        ("zero", 0),
        ("10", 10),
        ("lukewarm", 4),
        ("Really hot!", 9),
    ],
)
def test_a_rating_takes_a_number_however_it_is_put(typed: str, number: int) -> None:
    assert step(TEA, at(RATING), Answer(typed)).state == at(TIMER, warm=number)


@pytest.mark.parametrize(
    "typed",
    ["11", "-1", "a lot", "", "7 and about to shout at my mum", "6 or 7", "<3", "6.5", "9" * 5000],
)
def test_a_rating_leaves_what_is_no_plain_number(typed: str) -> None:
    state = at(RATING, company="nan")
    moved = step(TEA, state, Answer(typed))
    assert not moved.taken
    assert moved.state == state


@pytest.mark.parametrize(
    ("lowest", "highest", "taken"), [(1, 7, True), (1, 6, False), (8, 9, False)]
)
def test_a_rating_keeps_within_its_bounds(lowest: int, highest: int, taken: bool) -> None:
    bounded = activity(replace(RATING, lowest=lowest, highest=highest), END)
    assert step(bounded, at(RATING), Answer("7")).taken is taken
    assert step(bounded, at(RATING), Answer(value="7")).taken is taken


def test_a_rating_by_its_button_is_a_number_too() -> None:
    with_buttons = activity(replace(RATING, options=(Option("8", "Eight or more"), SKIP)), END)
    for answer in (Answer(value="8"), Answer("eight or more"), Answer(value="5")):
        assert isinstance(step(with_buttons, at(RATING), answer).answers["warm"], int)


def test_the_words_of_a_rating_are_known_however_the_file_writes_them() -> None:
    bounded = activity(replace(RATING, words={"Fifty-fifty": 5}), END)
    assert step(bounded, at(RATING), Answer("fifty fifty")).answers == {"warm": 5}


@pytest.mark.parametrize("where", [CHOICE, TEXT, RATING])
@pytest.mark.parametrize("answer", [Answer("Skip"), Answer("don't know"), Answer(value="skip")])
def test_a_skip_goes_on_without_an_answer(where: Step, answer: Answer) -> None:
    moved = step(TEA, at(where), answer)
    assert moved.taken
    assert where.saves_as not in moved.answers


def test_a_skip_leaves_what_was_answered_before_under_that_name() -> None:
    smaller = replace(TEXT, id="smaller")
    assert step(
        activity(TEXT, smaller, END), at(smaller, company="nan"), Answer("skip")
    ).answers == {"company": "nan"}


def test_a_timer_says_how_long_it_waits() -> None:
    moved = step(TEA, at(RATING), Answer("7"))
    assert moved.state == at(TIMER, warm=7)
    assert moved.wait == timedelta(seconds=90)
    assert moved.lines[-1].options == (DONE,)


def test_a_timer_that_ran_out_says_so_and_goes_on() -> None:
    moved = step(TEA, at(TIMER, warm=7), Answer(elapsed=True))
    assert says(moved) == ["It's brewed.", "In, and out."]
    assert moved.lines[0].step == "brew_after"
    assert moved.state == at(BREATHING, warm=7)
    assert moved.wait == timedelta(seconds=(4 + 1 + 6) * 12)


def test_a_timer_with_nothing_to_say_afterwards_only_goes_on() -> None:
    quiet = activity(replace(TIMER, after=()), END)
    assert says(step(quiet, at(TIMER), Answer(elapsed=True))) == ["Enjoy it."]


@pytest.mark.parametrize("answer", [Answer("finished"), Answer(value="done")])
def test_a_timer_that_was_tapped_early_goes_on_at_once_and_keeps_no_answer(answer: Answer) -> None:
    moved = step(TEA, at(TIMER, warm=7), answer)
    assert says(moved) == ["In, and out."]
    assert moved.answers == {"warm": 7}


def test_other_words_during_a_timer_leave_it_running() -> None:
    assert not step(TEA, at(TIMER), Answer("how long is this?")).taken
    assert not step(TEA, at(TIMER), Answer("1")).taken


@pytest.mark.parametrize("where", [CHOICE, TEXT, RATING])
def test_a_timer_that_runs_out_at_another_step_is_not_its_answer(where: Step) -> None:
    assert not step(TEA, at(where), Answer(elapsed=True)).taken


def test_a_breathing_pace_can_be_left_by_another_way() -> None:
    moved = step(TEA, at(BREATHING), Answer("worse"))
    assert moved.state is None
    assert says(moved) == ["Enjoy it."]


@pytest.mark.parametrize(
    ("answers", "says_what"),
    [
        ({}, "missing"),
        ({"mood": "low"}, "low"),
        ({"mood": 9}, "nine"),
        ({"mood": 8}, "high"),
        ({"mood": 7}, "otherwise"),
        ({"mood": 0}, "otherwise"),
        ({"mood": "9"}, "nine"),
        ({"mood": "8"}, "otherwise"),
        ({"other": "low"}, "missing"),
    ],
)
def test_a_branch_takes_the_first_case_that_holds(
    answers: dict[str, str | int], says_what: str
) -> None:
    cases = (
        Case("nine", equals="9"),
        Case("high", at_least=8),
        Case("low", equals="low"),
        Case("missing", missing=True),
    )
    ways = ("nine", "high", "low", "missing", "otherwise")
    branching = activity(
        Step("branch", StepKind.BRANCH, on="mood", cases=cases, next="otherwise"),
        *(Step(way, StepKind.END, (way,)) for way in ways),
    )
    assert says(begin(branching, answers)) == [says_what]


def test_a_branch_without_a_case_that_holds_goes_on_with_the_step_below() -> None:
    branching = activity(
        Step("branch", StepKind.BRANCH, on="mood", cases=(Case("bye", equals="low"),)), SAY, END
    )
    assert says(begin(branching)) == ["Put the kettle on.", "Enjoy it."]


def test_an_offer_asks_its_caller_what_to_offer_and_says_nothing_yet() -> None:
    moved = begin(CHOOSING, {"distress": 6})
    assert moved.wants_offer
    assert moved.lines == ()
    assert moved.state == State("offered", {"distress": 6})


PAIRS = (("stop", "STOP · 1 min"), ("cold", "Something cold · 1 min"))
SHOWN = State("offered", {"distress": 6}, PAIRS)


def test_an_offer_shows_what_is_offered_before_its_own_options() -> None:
    moved = show_offer(CHOOSING, State("offered", {"distress": 6}), PAIRS)
    assert not moved.wants_offer
    assert moved.state == SHOWN
    assert [option.label for option in moved.lines[0].options] == [
        "STOP · 1 min",
        "Something cold · 1 min",
        "Something else",
        "Not now",
    ]


@pytest.mark.parametrize(
    "answer", [Answer("2"), Answer("cold"), Answer("something cold, 1 min"), Answer(value="cold")]
)
def test_what_was_offered_is_chosen_and_ends_the_activity(answer: Answer) -> None:
    moved = step(CHOOSING, SHOWN, answer)
    assert moved.chosen == "cold"
    assert moved.state is None
    assert moved.answers == {"distress": 6, "offered": "cold"}


def test_another_offer_forgets_the_last_one_and_asks_for_the_next() -> None:
    moved = step(CHOOSING, SHOWN, Answer("something else"))
    assert moved.wants_offer
    assert moved.state is not None
    assert moved.state.offered == ()
    assert not step(CHOOSING, moved.state, Answer(value="cold")).taken


def test_an_offers_own_options_are_counted_after_what_is_offered() -> None:
    moved = step(CHOOSING, SHOWN, Answer("4"))
    assert says(moved) == ["Enjoy it."]
    assert moved.chosen is None


def test_only_an_offer_shows_an_offer() -> None:
    with pytest.raises(ValueError, match="which"):
        show_offer(TEA, at(CHOICE), PAIRS)
    with pytest.raises(ValueError, match="gone"):
        show_offer(TEA, State("gone"), PAIRS)


def test_an_end_says_its_word_with_its_buttons_or_nothing() -> None:
    moved = begin(activity(END))
    assert moved.state is None
    assert [(line.say, line.buttons, line.step) for line in moved.lines] == [
        (("Enjoy it.",), ("menu",), "bye")
    ]
    assert begin(activity(Step("bye", StepKind.END))).lines == ()


def test_an_activity_that_has_no_more_steps_is_over() -> None:
    moved = step(activity(TEXT), at(TEXT), Answer("nan"))
    assert moved == Moved(None, answers={"company": "nan"})


@pytest.mark.parametrize("answer", [Answer("anything"), Answer(value="done"), Answer(elapsed=True)])
def test_a_step_that_the_content_no_longer_has_starts_afresh_with_the_answers_kept(
    answer: Answer,
) -> None:
    moved = step(TEA, State("taken_out", {"company": "nan"}), answer)
    assert moved == begin(TEA, {"company": "nan"})
    assert ask_again(TEA, State("taken_out", {"company": "nan"})) == moved


def test_content_that_never_waits_for_the_person_is_an_error_and_no_endless_loop() -> None:
    circle = activity(SAY, replace(MINTY, next="hello"))
    with pytest.raises(ValueError, match="tea"):
        begin(circle)


@pytest.mark.parametrize("where", [CHOICE, TEXT, RATING, TIMER, BREATHING])
def test_asking_again_says_the_open_step_alone_and_keeps_everything(where: Step) -> None:
    state = at(where, before=6)
    moved = ask_again(TEA, state)
    assert moved.state == state
    assert says(moved) == list(where.say)
    assert moved.lines[0].options == where.options
    assert (moved.wait is not None) is (where in (TIMER, BREATHING))


def test_asking_again_shows_the_same_offer() -> None:
    assert ask_again(CHOOSING, SHOWN) == show_offer(CHOOSING, SHOWN, PAIRS)


def test_only_free_text_takes_any_words() -> None:
    assert [takes_free_text(TEA, at(each)) for each in (CHOICE, TEXT, RATING, TIMER)] == [
        False,
        True,
        False,
        False,
    ]
    assert not takes_free_text(TEA, State("taken_out"))


IDS = [f"s{number}" for number in range(8)]
names = st.sampled_from(["mood", "who", "how", "distress"])
targets = st.none() | st.sampled_from(IDS)


@st.composite
def steps_of(draw: st.DrawFn, place: int) -> Step:
    """A step as the content check lets through: SAY and BRANCH lead forward only."""
    kind = draw(st.sampled_from(StepKind))
    onward = st.none() | st.sampled_from([*IDS[place + 1 :], "the_end"])
    here = Step(IDS[place], kind, (f"{kind.value} {place}",), next=draw(onward))
    if kind is StepKind.BRANCH:
        conditions = st.one_of(
            st.builds(Case, st.just("the_end"), equals=st.sampled_from(["a", "b", "7"])),
            st.builds(Case, st.just("the_end"), at_least=st.integers(0, 10)),
            st.just(Case("the_end", missing=True)),
        )
        case = replace(draw(conditions), next=draw(onward) or "the_end")
        return replace(here, on=draw(names), cases=(case,))
    if kind in WAITING:
        options = tuple(
            Option(value, value.upper(), next=draw(targets))
            for value in draw(st.lists(st.sampled_from(["a", "b", "c", "7"]), unique=True))
        )
        pace = Pace(3, 4, 5) if kind is StepKind.BREATHING else None
        seconds = 30 if kind is StepKind.TIMER else 0
        return replace(here, save=draw(names), options=(*options, SKIP), pace=pace, seconds=seconds)
    return here


@st.composite
def activities(draw: st.DrawFn) -> Activity:
    count = draw(st.integers(1, len(IDS)))
    steps = [draw(steps_of(place)) for place in range(count)]
    known = {each.id for each in steps} | {"the_end"}
    sound = [
        replace(
            each,
            next=each.next if each.next in known else None,
            options=tuple(
                replace(option, next=option.next if option.next in known else None)
                for option in each.options
            ),
            cases=tuple(
                replace(case, next=case.next if case.next in known else "the_end")
                for case in each.cases
            ),
        )
        for each in steps
    ]
    return activity(*sound, Step("the_end", StepKind.END, ("Done.",)))


answers_given = st.one_of(
    st.builds(
        Answer,
        st.text()
        | st.sampled_from(["1", "2", "7", "a", "B", "skip", "7/10", "a seven", "x" * 300]),
    ),
    st.builds(
        Answer,
        st.just(""),
        st.sampled_from(["a", "b", "c", "7", "skip", "gone", "stop", "another", "not_now"]),
    ),
    st.just(Answer(elapsed=True)),
)


def walk(through: Activity, given_answers: list[Answer]) -> None:
    """Give one answer after the other, and look at every state on the way."""
    moved = begin(through, {"before": 6})
    for answer in given_answers:
        if moved.state is not None and moved.wants_offer:
            moved = show_offer(through, moved.state, PAIRS)
        state = moved.state
        if state is None:
            return
        here = through.at(state.step)
        assert here is not None
        assert here.kind in WAITING
        if moved.taken:
            assert (moved.wait is not None) is (here.kind in {StepKind.TIMER, StepKind.BREATHING})
        before = dict(state.answers)
        moved = step(through, state, answer)
        assert state.answers == before, "a state is never changed in place"
        assert set(before) <= set(moved.answers)
        changed = {key for key in moved.answers if moved.answers[key] != before.get(key)}
        assert changed <= {here.saves_as}
        if not moved.taken:
            assert moved.state == state
            assert moved.lines == ()
        if moved.state is not None:
            assert moved.state.answers == moved.answers
            if moved.state.offered:
                assert here.kind is StepKind.OFFER
        for value in moved.answers.values():
            assert isinstance(value, str | int)


@given(activities(), st.lists(answers_given, max_size=12))
def test_no_answers_in_any_order_break_a_sound_activity_or_lose_an_answer(
    through: Activity, given_answers: list[Answer]
) -> None:
    walk(through, given_answers)


EVERY = sorted(SHIPPED.activities)


@given(st.sampled_from(EVERY), st.lists(answers_given | st.just(Answer("1")), max_size=25))
def test_no_answers_in_any_order_break_what_is_shipped(
    name: str, given_answers: list[Answer]
) -> None:
    walk(SHIPPED.activities[name], given_answers)


@pytest.mark.parametrize("name", EVERY)
def test_the_first_option_each_time_comes_to_an_end(name: str) -> None:
    through = SHIPPED.activities[name]
    moved = begin(through)
    for _ in range(60):
        if moved.wants_offer and moved.state is not None:
            moved = show_offer(through, moved.state, PAIRS)
        if moved.state is None:
            break
        moved = step(through, moved.state, Answer(value=moved.lines[-1].options[0].value))
        assert moved.taken
    assert moved.state is None


def test_a_smaller_step_that_is_not_wanted_leaves_the_first_one_in_place() -> None:
    solving = SHIPPED.skills["problem_solving"].activity
    state = State("smaller", {"step": "ring the gas people at ten", "sure": 3})
    assert (
        step(solving, state, Answer(value="skip")).answers["step"] == "ring the gas people at ten"
    )
