"""A plan as one message: the person's words and order, and what a shared phone leaves out."""

from __future__ import annotations

from dataclasses import fields, replace

from bot.domain.crisis_plan import PlanContents, PlanPerson, PlanStep
from bot.domain.plan_text import first_steps, plan_in_words

LABELS = {
    key: key.upper()
    for key in (
        "signs",
        "steps",
        "safer",
        "distractions",
        "people",
        "professionals",
        "matters",
        "staff_help",
        "triggers",
        "usual",
        "different",
        "makes_worse",
        "wishes",
        "service_will",
        "hidden_names",
    )
}

PLAN = PlanContents(
    matters_to_me=("my dog Rex",),
    early_signs=("I stop answering texts",),
    late_signs=("I can't sit down",),
    steps=(
        PlanStep("Go outside"),
        PlanStep("STOP", "stop", "when I've been drinking"),
        PlanStep("Put music on"),
        PlanStep("Ring my sister"),
    ),
    distractions=("football with Sam",),
    people=(
        PlanPerson("Sam", "07700 900123", "coming round"),
        PlanPerson("My sister", "07700 900456"),
        PlanPerson("Alex"),
    ),
    professionals=(PlanPerson("Crisis line", "0800 028 0077"),),
    making_safer=("Give my keys to Sam",),
    helps_from_staff=("Ask, don't tell",),
)


def test_the_plan_is_told_in_the_persons_words_and_order() -> None:
    assert plan_in_words(PLAN, LABELS, names=True) == "\n\n".join(
        [
            "SIGNS\n– I stop answering texts\n– I can't sit down",
            "STEPS\n1. Go outside\n2. STOP (gets in the way: when I've been drinking)\n"
            "3. Put music on\n4. Ring my sister",
            "SAFER\n– Give my keys to Sam",
            "DISTRACTIONS\n– football with Sam",
            "PEOPLE\n– Sam 07700 900123 – coming round\n– My sister 07700 900456\n– Alex",
            "PROFESSIONALS\n– Crisis line 0800 028 0077",
            "MATTERS\n– my dog Rex",
            "STAFF_HELP\n– Ask, don't tell",
        ]
    )


def test_without_names_people_and_what_matters_are_left_out_and_that_is_said() -> None:
    text = plan_in_words(PLAN, LABELS, names=False)
    for hidden in ("Rex", "football", "07700", "Alex", "Crisis line"):
        assert hidden not in text
    for told in ("I stop answering texts", "1. Go outside", "Ask, don't tell", "HIDDEN_NAMES"):
        assert told in text


def test_each_part_that_is_left_out_is_reason_enough_to_say_so() -> None:
    steps = PlanContents(steps=PLAN.steps)
    assert "HIDDEN_NAMES" not in plan_in_words(steps, LABELS, names=False)
    for part in ("matters_to_me", "distractions", "people", "professionals"):
        plan = replace(steps, **{part: getattr(PLAN, part)})
        assert "HIDDEN_NAMES" in plan_in_words(plan, LABELS, names=False), part
        assert "HIDDEN_NAMES" not in plan_in_words(plan, LABELS, names=True), part


def test_a_part_that_is_empty_has_no_heading() -> None:
    assert plan_in_words(PlanContents(), LABELS, names=True) == ""
    assert plan_in_words(PlanContents(), LABELS, names=False) == ""
    only = PlanContents(making_safer=("Give my keys to Sam",))
    assert plan_in_words(only, LABELS, names=True) == "SAFER\n– Give my keys to Sam"


def test_first_steps_are_the_first_three_and_two_people() -> None:
    assert first_steps(PLAN, names=True) == (
        "1. Go outside\n2. STOP\n3. Put music on\n"
        "Sam 07700 900123 – coming round\nMy sister 07700 900456"
    )


def test_first_steps_leave_people_out_on_a_shared_phone() -> None:
    assert first_steps(PLAN, names=False, most=1) == "1. Go outside"


def test_a_plan_without_steps_has_no_first_steps() -> None:
    assert first_steps(PlanContents(), names=True) == ""


def test_why_a_plan_was_declined_is_never_told_back() -> None:
    everything = {each.name: ("words",) for each in fields(PlanContents)}
    everything |= {"steps": (PlanStep("words"),), "people": (), "professionals": ()}  # type: ignore[dict-item]
    plan = replace(PlanContents(**everything), declined_because="They talked over me")  # type: ignore[arg-type]
    assert "talked over" not in plan_in_words(plan, LABELS, names=True)
