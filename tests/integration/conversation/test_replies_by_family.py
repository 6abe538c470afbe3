"""Every family's reply, as each kind of person reads it at each hour."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.after_danger import TakeOver
from bot.domain.audit import AuditEntry
from bot.domain.content import Content
from bot.domain.messages import Reply
from bot.domain.night_route import NightPickup, NightRoute
from bot.domain.safety_net import Family, SafetyNet, Tier, Verdict
from bot.services.ports import Work
from tests.integration.conversation.talk import MONDAY_NIGHT, TUESDAY_NOON, Answered, Talk, begin

CHECKED = frozenset(
    {
        Family.UNSAFE, Family.EXHAUSTED, Family.HOPELESS, Family.CALM_AFTER, Family.DENIAL,
        Family.TESTING, Family.BEREAVEMENT, Family.PAST, Family.GOOD_NEWS, Family.PRACTICE_TALK,
        Family.REQUESTED, Family.SECRET, Family.UNREAD,
    }
)  # fmt: skip
"""What the net raises to a check at most."""

AT_ONCE = [each for each in Family if each not in CHECKED]


@dataclass(frozen=True)
class Who:
    """What is known of somebody, and the hour at which they write."""

    plan: str | None = "agreed"
    joins: bool = True
    joining: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    born: date | None = None
    now: datetime = TUESDAY_NOON
    night: int | None = None
    """Minutes within which a team picks up at night; 0: nobody does."""
    took_over: bool = False


WHO = {
    "with a plan, by day": Who(),
    "without a plan": Who(plan=None),
    "others see the phone": Who(joining={"others_see_phone": "yes"}),
    "guest": Who(joins=False),
    "at night, a team": Who(now=MONDAY_NIGHT, night=15),
    "at night, nobody": Who(now=MONDAY_NIGHT, night=0),
    "at night, not signed": Who(now=MONDAY_NIGHT),
    "taken over": Who(now=MONDAY_NIGHT, took_over=True),
    "under 18 by the band": Who(joining={"age_band": "under_18"}),
    "under 18 by birth": Who(born=date(2010, 6, 1), joining={"age_band": "skip"}),
    "under 18 by the band, not by birth": Who(
        born=date(1990, 6, 1), joining={"age_band": "under_18"}
    ),
    "by relay": Who(needs={"relay_or_sign": "I sign"}),
    "by relay, others see the phone": Who(
        needs={"relay_or_sign": "I sign"}, joining={"others_see_phone": "not_sure"}
    ),
    "in Scotland": Who(joining={"area": "scotland"}),
    "in Wales": Who(joining={"area": "wales"}),
    "in Northern Ireland": Who(joining={"area": "northern_ireland"}),
    "outside the UK": Who(joining={"area": "abroad"}),
    "by relay, outside the UK": Who(needs={"relay_or_sign": "I sign"}, joining={"area": "abroad"}),
}


@dataclass
class Meeting:
    """Somebody in conversation; the net is told what to find, so that each family comes up."""

    talk: Talk
    found: Verdict
    name: str

    async def tells(self, family: Family, tier: Tier = Tier.IMMEDIATE_CRISIS) -> Answered:
        self.found = Verdict(tier, family, ("told",), (), ask_once=False)
        return await self.talk.says("something")


class Told:
    """A net that finds what the test says; what it reads in answers and requests is real."""

    def __init__(self, real: SafetyNet, meeting: Callable[[], Meeting]) -> None:
        self._real = real
        self._meeting = meeting

    def judge(self, text: str, earlier: object = ()) -> Verdict:
        return self._meeting().found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@pytest.fixture(params=WHO, ids=lambda name: name.replace(" ", "_"))
async def met(
    request: pytest.FixtureRequest, tmp_path: Path, loaded: tuple[Content, SafetyNet]
) -> AsyncIterator[Meeting]:
    who = WHO[request.param]
    talk = await begin(tmp_path, loaded, now=TUESDAY_NOON, plan=who.plan)
    if who.joins:
        known = {"area": "derby_city", "age_band": "18_to_34", "others_see_phone": "no"}
        await talk.joins(**{**known, **who.joining})
        await _make(talk, who)
    talk.clock.time = who.now + timedelta(days=7)
    meeting = Meeting(talk, Verdict(Tier.NONE, None, (), (), ask_once=False), request.param)
    talk.desk = replace(talk.desk, net=Told(talk.desk.net, lambda: meeting))  # type: ignore[arg-type]
    yield meeting
    await talk.companion.aclose()


async def _make(talk: Talk, who: Who) -> None:
    person = await talk.person()
    dawn = await talk.companion.staff.named("dawn")
    put: list[object] = [replace(person, needs=dict(who.needs), born=who.born)]
    if who.night is not None:
        pickup = NightPickup.ROUND_THE_CLOCK if who.night else NightPickup.NOBODY
        put += [
            NightRoute(
                f"n{n}", person.team, each.value, pickup, who.night, dawn.id, person.created_at
            )
            for n, each in enumerate(Family)
        ]
    if who.took_over:
        since = who.now + timedelta(days=7)
        until = since + timedelta(minutes=30)
        put.append(TakeOver("t", person.id, dawn.id, since, until))
    entry = AuditEntry(person.id, talk.clock.now(), "program", "set", "test")
    await talk.record.save(Work(put=put, audit=[entry]))


def last(answer: Answered) -> Reply:
    return answer.replies[-1]


def region(meeting: Meeting) -> str:
    return WHO[meeting.name].joining.get("area", "derby_city")


async def test_every_family_that_is_answered_at_once(met: Meeting) -> None:
    who = WHO[met.name]
    by_relay, abroad = bool(who.needs), region(met) == "abroad"
    for family in AT_ONCE:
        met.talk.clock.go(minutes=0 if who.took_over else 90)
        if met.talk.clock.now().hour > 6 and who.now is MONDAY_NIGHT:
            met.talk.clock.time = who.now + timedelta(days=7)
        answer = await met.tells(family)
        reply = met.talk.companion.content.replies[family.value]
        text = answer.text
        assert answer.answered_by == "safety_net", family
        assert "{" not in text, (family, text)
        assert text == text.strip()
        if abroad:
            assert "999" not in text, (family, text)
            assert "112" in text or not reply.numbers, (family, text)
        elif reply.closing != "ask" and family is not Family.ABUSE_PAST:
            assert "999" in text, (family, text)
        if by_relay:
            for sentence in re.split(r"(?<=[.?!:])\s", text.split("\n\n")[0]):
                assert not re.search(r"\bring\b", sentence, re.IGNORECASE), (family, sentence)
            assert not any("ring" in each.label.split() for each in last(answer).buttons)
            assert "I've rung" not in answer.buttons
        _plan_comes_first(met, who, family, text)
        _who_reads(met, who, text)


def _plan_comes_first(met: Meeting, who: Who, family: Family, text: str) -> None:
    reply = met.talk.companion.content.replies[family.value]
    has_plan = who.joins and who.plan is not None and reply.plan
    assert ("Put the big light on." in text) is has_plan, (family, text)
    names = has_plan and who.joining.get("others_see_phone") is None
    assert ("07700 900555" in text) is names, (family, text)
    for number in ("116 123", "85258", "0800 1111"):
        if has_plan and number in text:
            assert text.index("Put the big light on.") < text.index(number), (family, text)


def _who_reads(met: Meeting, who: Who, text: str) -> None:
    if not who.joins:
        assert re.search(r"nobody", text, re.IGNORECASE)
        assert "team" not in text.split("\n\n")[-1]
    elif who.took_over:
        assert "Dawn from your team" in text
    elif who.night:
        assert "within 15 minutes" in text
        assert "after 9am" not in text
    elif who.now is MONDAY_NIGHT:
        assert "after 9am" in text
    else:
        assert "at work" in text or "later today" in text or "after 9am" in text


async def test_the_young_hear_of_a_grown_up_and_childline_first(met: Meeting) -> None:
    answer = await met.tells(Family.INTENT)
    if "under 18" not in met.name:
        assert "0800 1111" not in answer.text or WHO[met.name].joins is False
        assert "under 18" not in answer.text
        return
    assert "a grown-up you trust" in answer.text
    lines = [each for each in answer.text.splitlines() if re.search(r"\(.*(day|week)", each)]
    assert lines[0].startswith("Childline")
    assert "(under 35)" not in answer.text
    assert re.search(r"tell someone|pass this on|you'd hear first", answer.text)
    abuse = await met.tells(Family.ABUSE_PAST, Tier.SAFEGUARDING)
    assert "0800 1111" in abuse.text
    assert "Men's Advice" not in abuse.text


async def test_numbers_are_those_of_the_place(met: Meeting) -> None:
    text = (await met.tells(Family.INTENT)).text
    own = {
        "scotland": "NHS 24",
        "wales": "NHS 111 Wales",
        "northern_ireland": "0808 808 8000",
        "abroad": "ring 112",
    }
    for place, number in own.items():
        assert (number in text) is (region(met) == place), (place, text)
    at_home = region(met) == "derby_city"
    assert ("NHS mental health helpline: ring 111 and choose option 2" in text) is at_home
    assert ("116 123" in text) is (region(met) != "abroad")


async def test_relay_and_sign_come_first_for_those_who_use_them(met: Meeting) -> None:
    text = (await met.tells(Family.INTENT)).text
    if not WHO[met.name].needs or region(met) == "abroad":
        assert "999 BSL app" not in text
        return
    assert text.index("999bsl.co.uk") < text.index("116 123")
    assert "18001 and then the number" in text
    assert "ring 999" not in text.lower()
    way = await met.talk.taps("I can't get through")
    assert "ring 999" not in way.text.lower()


async def test_no_family_that_is_checked_is_met_with_a_generic_question_alone(
    met: Meeting,
) -> None:
    content = met.talk.companion.content
    for family in CHECKED - {Family.UNREAD}:
        met.talk.clock.go(days=1)
        answer = await met.tells(family, Tier.CHECK)
        reply = content.replies[family.value]
        assert answer.text.rpartition("\n\n")[2] in reply.ask, family
        assert answer.text.partition("\n\n")[0] in reply.opening, family
        assert answer.buttons == ["Yes", "No", "Not sure", "My plan"]


async def test_what_cannot_be_read_gets_plan_and_numbers_and_no_question(met: Meeting) -> None:
    answer = await met.tells(Family.UNREAD, Tier.CHECK)
    who = WHO[met.name]
    assert answer.tier == "check"
    assert "Yes" not in answer.buttons
    assert ("Put the big light on." in answer.text) is (who.joins and who.plan is not None)
    assert ("112" if region(met) == "abroad" else "116 123") in answer.text
    assert await met.talk.tasks() == []
    assert await met.talk.concerns() == []


async def test_no_safety_text_comes_twice_running(met: Meeting) -> None:
    before = ""
    for family in (Family.INTENT, Family.INTENT, Family.URGE, Family.BURDEN, Family.INTENT,
                   Family.PASSIVE, Family.HOPELESS, Family.UNSAFE, Family.URGE):  # fmt: skip
        is_check = family in CHECKED
        answer = await met.tells(family, Tier.CHECK if is_check else Tier.IMMEDIATE_CRISIS)
        parts = set(answer.text.split("\n\n"))
        opening, question = answer.text.split("\n\n")[0], _question(answer.text)
        assert opening != before, family
        assert opening in parts
        before = opening
        assert question is None or question != getattr(met, "asked", None), family
        met.asked = question  # type: ignore[attr-defined]


async def test_two_families_that_ask_alike_do_not_ask_in_the_same_words(met: Meeting) -> None:
    replies = met.talk.companion.content.replies
    same = replies["passive_thoughts"].ask[0]
    assert same == replies["burden"].ask[0] == replies["unsafe"].ask[0]
    asked = [
        _question((await met.tells(family, tier)).text)
        for family, tier in (
            (Family.PASSIVE, Tier.IMMEDIATE_CRISIS),
            (Family.BURDEN, Tier.IMMEDIATE_CRISIS),
            (Family.UNSAFE, Tier.CHECK),
        )
    ]
    assert asked[0] != asked[1] != asked[2]


async def test_worry_about_somebody_else_is_not_turned_on_the_worried(met: Meeting) -> None:
    answer = await met.tells(Family.SOMEONE_ELSE, Tier.CHECK)
    assert "Yes" not in answer.buttons
    assert "Put the big light on." not in answer.text
    assert re.search(r"ask(ing)? them|asking and staying", answer.text)
    assert "112" in answer.text or "116 123" in answer.text
    again = await met.tells(Family.SOMEONE_ELSE, Tier.CHECK)
    assert again.text != answer.text
    assert await met.talk.concerns() == []


async def test_nobody_is_named_after_abuse_was_told_of(met: Meeting) -> None:
    for family in (Family.ABUSE_NOW, Family.ABUSE_PAST, Family.AT_RISK):
        for _ in range(4):
            answer = await met.tells(family, Tier.SAFEGUARDING)
            assert "Jo Marker" not in answer.text.split("\n\n")[0], family
            assert "on your plan" not in answer.text.split("\n\n")[0], family


def _question(text: str) -> str | None:
    parts = [each for each in text.split("\n\n") if "ending your life?" in each]
    return parts[0] if parts else None


def test_nobody_is_left_out() -> None:
    assert {*AT_ONCE, *CHECKED} == set(Family)
