"""The known traps, one by one."""

from __future__ import annotations

import pytest

from bot.domain.safety_net import Answer, Family, Request, SafetyNet, Tier


@pytest.mark.parametrize(
    ("message", "tier", "family"),
    [
        ("Haven't been this suicidal in a long time", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("What if I killed myself… haha… Unless?", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("i want to be dead simple", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("it's dead simple", Tier.NONE, None),
        ("Probable attempt in 4 hours", Tier.IMMEDIATE_CRISIS, Family.ATTEMPT),
        ("I want to join my dad soon", Tier.IMMEDIATE_CRISIS, Family.PASSIVE),
        (
            "I'm fine now, thank you for everything, look after the cat",
            Tier.IMMEDIATE_CRISIS,
            Family.GOODBYE,
        ),
        ("took my tablets twice by accident", Tier.IMMEDIATE_MEDICAL, Family.OVERDOSE_BY_ACCIDENT),
        ("how many tablets does it take", Tier.IMMEDIATE_CRISIS, Family.METHOD_REQUEST),
        ("I want to end it awl", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("my mum died last year and I want to kill myself", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("I tried to kill myself in 2019", Tier.CHECK, Family.PAST),
        (
            "I tried to kill myself in 2019 and again last night",
            Tier.IMMEDIATE_CRISIS,
            Family.ATTEMPT,
        ),
        ("I don't want to kill myself but I might", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("nobody knows but I'm suicidal", Tier.IMMEDIATE_CRISIS, Family.INTENT),
        ("I want to hurt myself but I don't want to die", Tier.IMMEDIATE_CRISIS, Family.URGE),
        ("cut myself shaving", Tier.NONE, None),
        ("cut myself shaving, no, on purpose", Tier.IMMEDIATE_CRISIS, Family.SELF_HARM_DONE),
        ("I took 2 tablets", Tier.NONE, None),
        ("I took 20 tablets", Tier.IMMEDIATE_MEDICAL, Family.OVERDOSE_ON_PURPOSE),
        ("took 20 mg of citalopram", Tier.NONE, None),
        ("he won't let me see my friends", Tier.SAFEGUARDING, Family.ABUSE_NOW),
        ("sh*t day", Tier.NONE, None),
        ("I ran 5 kms", Tier.NONE, None),
        ("crisis plan", Tier.NONE, None),
        ("urge surfing", Tier.NONE, None),
        ("an overdose of telly", Tier.NONE, None),
        ("I can't cope", Tier.NONE, None),
        ("cant do this", Tier.CHECK, Family.EXHAUSTED),
        ("", Tier.NONE, None),
    ],
)
def test_a_trap(message: str, tier: Tier, family: Family | None, net: SafetyNet) -> None:
    verdict = net.judge(message)
    assert (verdict.tier, verdict.family) == (tier, family)


def test_the_span_is_of_the_text_as_written(net: SafetyNet) -> None:
    message = "ok 🙂 but ﬁnally I want to ki\u200bll my\u00adself today"
    verdict = net.judge(message)
    assert message[slice(*verdict.spans[0])].startswith("want to ki")
    assert "kill my" in message.replace("\u200b", "")[verdict.spans[0][0] :]


def test_a_no_to_something_else_is_not_taken_for_a_no(net: SafetyNet) -> None:
    assert net.answer_to_ask("no") is Answer.NO
    assert net.answer_to_ask("no but I can't promise") is Answer.UNSURE
    assert net.answer_to_ask("no I want to die") is Answer.YES
    assert net.answer_to_ask("no, I just cut myself") is Answer.UNSURE
    assert net.answer_to_ask("no " * 200) is None


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("I want to die, show me my plan", {Request.PLAN}),
        ("where's my crisis plan and can I talk to someone", {Request.PLAN, Request.PERSON}),
        ("who can I ring tonight", {Request.CONTACTS}),
        ("fill in my diary card", {Request.DIARY}),
        ("what's the plan for Saturday", set()),
        ("I want to die", set()),
    ],
)
def test_requests_are_seen_beside_anything_else(
    message: str, expected: set[Request], net: SafetyNet
) -> None:
    assert net.requests(message) == expected
