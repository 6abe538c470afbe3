"""Reminders pause after intent or medical danger, and the person alone says how it goes on."""

from __future__ import annotations

import pytest

from bot.domain.after_danger import RemindersPause
from bot.domain.errors import NotPermitted
from bot.domain.people import PersonState, Role
from bot.services.conversation.chain import handle
from bot.services.reminders import is_paused
from tests.integration.aftermath.stores import on_every_store
from tests.integration.conversation.talk import Talk

INTENT = "i want to kill myself"
OVERDOSE = "ive taken 30 paracetamol"
URGE = "i really want to cut myself"
PASSIVE = "i dont want to be here any more"
ABUSE = "he hit me again and he is coming back"

PAUSED = ("paused reminders", "Reminders are paused", "won't send reminders")
CHOICE = ["Turn them back on", "Ask me tomorrow", "Leave them off"]


async def _paused(talk: Talk) -> bool:
    return await is_paused(talk.record, await talk.subject(), talk.clock.now())


async def _pauses(talk: Talk) -> list[RemindersPause]:
    found: list[RemindersPause] = await talk.record.find(
        RemindersPause, subject=await talk.subject()
    )
    return found


@pytest.mark.parametrize("words", [INTENT, OVERDOSE])
async def test_intent_and_medical_danger_pause_them_and_say_so(asha: Talk, words: str) -> None:
    assert not await _paused(asha)
    answer = await asha.says(words)
    assert answer.answered_by == "safety_net"
    assert any(each in answer.text for each in PAUSED)
    assert await _paused(asha)
    assert len(answer.replies) == 1, "the reply to danger stays one, with its own buttons"
    assert not set(CHOICE) & set(answer.buttons)


@pytest.mark.parametrize("words", [URGE, PASSIVE, ABUSE, "hello"])
async def test_nothing_else_does(asha: Talk, words: str) -> None:
    answer = await asha.says(words)
    assert answer.tier in {"none", "immediate_crisis", "safeguarding", "check"}
    assert not any(each in answer.text for each in PAUSED)
    assert not await _paused(asha)


async def test_the_choice_comes_when_there_is_room_for_it(asha: Talk) -> None:
    await asha.says(INTENT)
    way = await asha.taps("I can't ring")
    assert not set(CHOICE) & set(way.buttons)
    here = await asha.taps(
        "Someone is with me", of=way if "Someone is with me" in way.buttons else None
    )
    assert set(CHOICE) <= set(here.buttons)
    assert not set(CHOICE) & set((await asha.says("menu")).buttons), "once"


@on_every_store
async def test_one_tap_turns_them_back_on(asha: Talk) -> None:
    await asha.says(INTENT)
    await asha.taps("I've rung")
    answer = await asha.taps("Turn them back on")
    assert "on" in answer.text
    assert not await _paused(asha)
    assert (await asha.after(hours=80)).replies == ()
    entries = await asha.record.audit_of(await asha.subject())
    assert [(e.by, e.action) for e in entries if e.thing == "reminders"] == [
        ("program", "pause"),
        ("person", "resume"),
    ]


async def test_ask_me_tomorrow_asks_tomorrow_in_the_morning(asha: Talk) -> None:
    await asha.says(INTENT)
    await asha.taps("Not now")
    await asha.taps("Ask me tomorrow")
    assert (await asha.after(hours=21)).replies == ()
    asked = await asha.after(hours=1)
    assert set(CHOICE) <= set(asked.buttons)
    assert await _paused(asha)


async def test_left_off_they_stay_off_until_she_says_so(asha: Talk) -> None:
    await asha.says(INTENT)
    await asha.taps("I've rung")
    left = await asha.taps("Leave them off")
    assert (await asha.after(days=30)).replies == ()
    assert await _paused(asha)
    await asha.taps("Turn them back on", of=left)
    assert not await _paused(asha)


async def test_after_72_hours_she_is_asked_whatever_staff_have_done(asha: Talk) -> None:
    await asha.says(INTENT)
    await asha.after(minutes=11)
    assert (await asha.after(hours=71, minutes=48)).replies == ()
    asked = await asha.after(minutes=2)
    assert set(CHOICE) <= set(asked.buttons)
    assert (await asha.after(days=30)).replies == ()


async def test_at_night_the_asking_waits_for_the_morning(asha: Talk) -> None:
    asha.clock.go(hours=15)
    await asha.says(INTENT)
    await asha.after(minutes=11)
    assert (await asha.after(hours=72)).replies == ()
    assert set(CHOICE) <= set((await asha.after(hours=7)).buttons)


@on_every_store
async def test_danger_once_more_moves_the_asking_and_makes_no_second_pause(asha: Talk) -> None:
    await asha.says(INTENT)
    await asha.after(hours=48)
    again = await asha.says(INTENT)
    assert not any(each in again.text for each in PAUSED), "it was said"
    assert len(await _pauses(asha)) == 1
    await asha.after(minutes=11)
    assert (await asha.after(hours=25)).replies == ()
    assert set(CHOICE) <= set((await asha.after(hours=48)).buttons)


async def test_in_hospital_the_question_waits_until_she_is_home(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    await asha.says(INTENT)
    await asha.companion.states.change("P-1", PersonState.IN_HOSPITAL, by=dawn)
    await asha.after(minutes=11)
    assert (await asha.after(days=5)).replies == ()
    await asha.companion.states.change("P-1", PersonState.ACTIVE, by=dawn)
    assert set(CHOICE) <= set((await asha.after(days=1)).buttons)


async def test_after_she_left_nobody_asks(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    await asha.says(INTENT)
    await asha.companion.states.change("P-1", PersonState.ENDED, by=dawn)
    await asha.after(minutes=11)
    assert (await asha.after(days=9)).replies == ()


@on_every_store
async def test_staff_can_turn_them_on_and_others_cannot(asha: Talk) -> None:
    await asha.says(INTENT)
    dawn = await asha.companion.staff.named("dawn")
    far = await asha.companion.staff.add(
        username="far", name="Far", role=Role.PRACTITIONER, team="moor",
        password="a long pass word", by=None,
    )  # fmt: skip
    with pytest.raises(NotPermitted):
        await asha.companion.reminders.turn_on("P-1", by=far)
    assert await asha.companion.reminders.of("P-1", by=dawn)
    assert await asha.companion.reminders.turn_on("P-1", by=dawn)
    assert not await _paused(asha)
    assert not await asha.companion.reminders.turn_on("P-1", by=dawn)


@on_every_store
async def test_pause_and_concern_are_written_together_or_not_at_all(asha: Talk) -> None:
    await asha.accepts(INTENT)
    ((act,),) = await asha.record.claim(1)
    await handle(asha.desk, act)
    assert (await asha.concerns(), await _pauses(asha)) == ([], [])
    await asha.record.release(act.subject)
    await asha.handle_due()
    assert (len(await asha.concerns()), len(await _pauses(asha))) == (1, 1)


async def test_intent_after_abuse_pauses_them_and_writes_nothing_unasked(asha: Talk) -> None:
    await asha.says(ABUSE)
    await asha.says(INTENT)
    assert await _paused(asha)
    await asha.after(minutes=11)
    assert (await asha.after(days=4)).replies == ()


async def test_nothing_of_it_is_left_for_who_left_and_came_back(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    await asha.says(INTENT)
    await asha.companion.states.change("P-1", PersonState.ENDED, by=dawn)
    await asha.after(minutes=11)
    await asha.after(days=4)
    await asha.companion.states.change("P-1", PersonState.ACTIVE, by=dawn)
    assert not await _paused(asha)
    assert (await asha.after(days=9)).replies == ()
