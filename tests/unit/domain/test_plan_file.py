"""Reading a plan file: what it holds, and a clear word, with the place, for what is wrong in it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.crisis_plan import Agreement, PlanContents, PlanPerson, PlanStatus, PlanStep
from bot.domain.errors import PlanFileBroken
from bot.domain.plan_file import PlanFile, read_plan_file

AGREED = """
person: wren
status: agreed
agreed:
  person_on: 2026-03-02
  practitioner_on: 2026-03-03
  practitioner: Robin Example
  how: on paper
review_due: 2026-09-03
plan:
  matters_to_me: [my dog, Sunday football]
  early_signs:
    - I stop answering texts
  usual_for_me: " pacing, short answers "
  steps:
    - go outside
    - {text: STOP, skill: stop, gets_in_the_way: when I've been drinking}
  people:
    - My sister
    - {name: Sam, reach: "07700 900123", helps_by: coming round}
  professionals:
    - {name: Crisis line, reach: "0800 028 0077"}
  wishes: Ask me before ringing anyone
"""


def broken(text: str) -> str:
    """What is said of a file that cannot be used."""
    with pytest.raises(PlanFileBroken) as caught:
        read_plan_file(yaml.safe_load(text))
    return str(caught.value).removeprefix("The plan file cannot be imported. ")


def changed(old: str, new: str) -> str:
    assert old in AGREED
    return AGREED.replace(old, new, 1)


def test_an_agreed_plan_is_read_with_its_words_in_their_order() -> None:
    assert read_plan_file(yaml.safe_load(AGREED)) == PlanFile(
        person="wren",
        status=PlanStatus.AGREED,
        agreement=Agreement(date(2026, 3, 2), date(2026, 3, 3), "Robin Example", "on paper"),
        review_due=date(2026, 9, 3),
        contents=PlanContents(
            matters_to_me=("my dog", "Sunday football"),
            early_signs=("I stop answering texts",),
            usual_for_me="pacing, short answers",
            steps=(
                PlanStep("go outside"),
                PlanStep("STOP", "stop", "when I've been drinking"),
            ),
            people=(PlanPerson("My sister"), PlanPerson("Sam", "07700 900123", "coming round")),
            professionals=(PlanPerson("Crisis line", "0800 028 0077"),),
            wishes="Ask me before ringing anyone",
        ),
    )


def test_a_step_without_a_skill_has_none() -> None:
    file = read_plan_file(yaml.safe_load(changed("text: STOP, skill: stop", "text: STOP")))
    assert file.contents.steps[1] == PlanStep("STOP", None, "when I've been drinking")


def test_a_draft_needs_neither_dates_nor_steps() -> None:
    file = read_plan_file(yaml.safe_load("{person: wren, status: draft}"))
    assert file == PlanFile("wren", PlanStatus.DRAFT, Agreement(), None, PlanContents())


def test_a_plan_that_was_declined_keeps_the_reason_in_the_persons_words() -> None:
    file = read_plan_file(
        yaml.safe_load("{person: wren, status: declined, plan: {declined_because: Not yet}}")
    )
    assert file.status is PlanStatus.DECLINED
    assert file.contents.declined_because == "Not yet"


@pytest.mark.parametrize("reason", ["", ", plan: {}", ", plan: {wishes: none}"])
def test_a_plan_that_was_declined_without_a_reason_is_not_taken(reason: str) -> None:
    assert broken(f"{{person: wren, status: declined{reason}}}").startswith(
        "plan.declined_because:"
    )


@pytest.mark.parametrize(
    "line",
    [
        "  person_on: 2026-03-02\n",
        "  practitioner_on: 2026-03-03\n",
        "  practitioner: Robin Example\n",
    ],
)
def test_an_agreed_plan_says_who_agreed_and_when(line: str) -> None:
    assert broken(changed(line, "")).startswith(
        "agreed: an agreed plan says person_on, practitioner_on and practitioner."
    )


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("  how: on paper\n", "", "agreed.how"),
        ("review_due: 2026-09-03\n", "", "review_due"),
        ("  steps:\n    - go outside\n", "  triggers:\n    - loud rooms\n", "plan.triggers.2"),
        ("status: agreed", "status: active", "status"),
        ("status: agreed", "status: [agreed]", "status"),
        ("status: agreed", "status: superseded", "status"),
        ("status: agreed\n", "", "status"),
        ("person: wren\n", "", "person"),
        ("person: wren", "person: '  '", "person"),
        ("person: wren", "person: 1234", "person"),
        ("2026-03-02", "2 March 2026", "agreed.person_on"),
        ("2026-03-02", "'2026-02-30'", "agreed.person_on"),
        ("2026-03-02", "2026-03-02T10:00:00", "agreed.person_on"),
        ("2026-03-03", "20260303", "agreed.practitioner_on"),
        ("Robin Example", "[Robin]", "agreed.practitioner"),
        ("2026-09-03", "soon", "review_due"),
        (
            "  matters_to_me: [my dog, Sunday football]",
            "  matters_to_me: my dog",
            "plan.matters_to_me",
        ),
        ("[my dog, Sunday football]", "[my dog, {dog: Rex}]", "plan.matters_to_me.2"),
        ("[my dog, Sunday football]", "[my dog, '']", "plan.matters_to_me.2"),
        ("    - go outside\n", "    - \n", "plan.steps.1"),
        ("text: STOP", "words: STOP", "plan.steps.2"),
        ("skill: stop", "skill: [stop]", "plan.steps.2.skill"),
        ("when I've been drinking", "3", "plan.steps.2.gets_in_the_way"),
        ("name: Sam, ", "", "plan.people.2.name"),
        ("helps_by: coming round", "helps: coming round", "plan.people.2"),
        ("    - My sister\n", "    - [My sister]\n", "plan.people.1"),
        ("  wishes: Ask me before ringing anyone", "  wishes: [Ask me]", "plan.wishes"),
        ("  wishes: Ask", "  wish: Ask", "plan"),
        ("review_due:", "review:", "the file"),
        ("  how: on paper", "  who: me", "agreed"),
        ("  how: on paper", "  on: paper", "agreed"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(old: str, new: str, place: str) -> None:
    assert broken(changed(old, new)).startswith(f"{place}: ")


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("", "the file"),
        ("just words", "the file"),
        ("[person, status]", "the file"),
        ("{person: wren, status: draft, agreed: on paper}", "agreed"),
        ("{person: wren, status: draft, plan: [go outside]}", "plan"),
    ],
)
def test_what_is_no_plan_file_at_all_is_named_too(file: str, place: str) -> None:
    assert broken(file) == f"{place}: names with values were expected here."


def test_an_agreed_plan_has_at_least_one_step() -> None:
    parsed = yaml.safe_load(AGREED)
    parsed["plan"]["steps"] = []
    with pytest.raises(
        PlanFileBroken, match=r"plan\.steps: an agreed plan has at least one step\."
    ):
        read_plan_file(parsed)
    del parsed["plan"]
    with pytest.raises(PlanFileBroken, match=r"plan\.steps:"):
        read_plan_file(parsed)


def test_an_unknown_name_is_told_with_those_that_are_known() -> None:
    said = broken(changed("helps_by: coming round", "phone: 7"))
    assert said == "plan.people.2: phone is not known here; known: helps_by, name, reach."


@pytest.mark.parametrize(
    "written", ["0133212345", "01332123", "116123", "+441332123456", "1:30", "1.5"]
)
def test_a_number_without_quotation_marks_is_asked_for_with_them(written: str) -> None:
    """YAML would read 0133212345 as 23893221, and nobody could ring that."""
    assert not isinstance(yaml.safe_load(written), str)
    said = broken(changed('"07700 900123"', written))
    assert said.startswith("plan.people.2.reach: put this in quotation marks")
    file = read_plan_file(yaml.safe_load(changed('"07700 900123"', f'"{written}"')))
    assert file.contents.people[1].reach == written


@pytest.mark.parametrize("written", ["yes", "no", "on", "2026-03-02", "2026-03-02 10:00:00"])
def test_words_that_yaml_takes_for_something_else_are_asked_for_in_quotation_marks(
    written: str,
) -> None:
    said = broken(changed("Ask me before ringing anyone", written))
    assert said.startswith("plan.wishes: put this in quotation marks")


def test_a_part_may_have_2000_characters_and_no_more() -> None:
    assert read_plan_file(yaml.safe_load(changed("go outside", "x" * 2000))).contents.steps[0].text
    assert broken(changed("go outside", "x" * 2001)) == "plan.steps.1: at most 2000 characters."


def test_characters_that_no_store_can_hold_are_taken_out() -> None:
    file = read_plan_file(yaml.safe_load(changed("go outside", r'"go\0 out\ud83dside"')))
    assert file.contents.steps[0].text == "go out\ufffdside"
    assert broken(changed("go outside", r'"\0\a"')) == "plan.steps.1: words were expected here."


yaml_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.datetimes(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["person", "status", "agreed", "plan", "steps", "people", "text", "name", "how"]
            )
            | st.text()
            | st.booleans(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(yaml_values, st.sampled_from(["draft", "agreed", "declined"]), yaml_values, yaml_values)
def test_whatever_a_file_holds_it_is_read_or_refused_and_nothing_else(
    whole: Any, status: str, plan: Any, agreed: Any
) -> None:
    about = {"person": "wren", "status": status, "plan": plan, "agreed": agreed}
    for parsed in (whole, about):
        with suppress(PlanFileBroken):
            assert read_plan_file(parsed).person
