"""States of a person: what each stops, what it never stops, and who is told."""

from __future__ import annotations

import pytest

from bot.domain.concerns import Task, TaskKind
from bot.domain.errors import BadInput, NotAllowedNow
from bot.domain.people import Person, PersonState
from bot.domain.sharing import Consent
from tests.integration.conversation.talk import Talk

CHECK = "cant do this"
DANGER = "I've got the tablets out and I'm going to take them tonight"


async def _is_now(talk: Talk, state: PersonState, **more: str) -> None:
    by = await talk.companion.staff.named("dawn")
    await talk.companion.states.change("P-1", state, by=by, **more)


async def _open_tasks(talk: Talk) -> list[TaskKind]:
    found = await talk.record.find(Task, subject=await talk.subject(), done_at=None)
    return sorted(each.kind for each in found)


async def test_joining_keeps_what_was_said_by_its_hash(asha: Talk) -> None:
    (kept,) = await asha.record.find(Consent, subject=await asha.subject())
    assert kept.about == "joining:test"
    assert kept.said == "joining_text"
    assert len(kept.said_digest) == 64


async def test_in_hospital_everything_that_she_asks_for_works(asha: Talk) -> None:
    await _is_now(asha, PersonState.IN_HOSPITAL)
    assert "Put the big light on." in (await asha.says("plan")).text
    assert (await asha.says(DANGER)).answered_by == "safety_net"


async def test_pausing_in_hospital_does_not_lose_that_she_is_there(asha: Talk) -> None:
    await _is_now(asha, PersonState.IN_HOSPITAL)
    await asha.says("stop")
    await asha.taps("Pause messages")
    person = await asha.record.get(Person, await asha.subject())
    assert person.state is PersonState.IN_HOSPITAL


async def test_home_again_makes_a_task_for_the_key_worker(asha: Talk) -> None:
    await _is_now(asha, PersonState.IN_HOSPITAL)
    assert await _open_tasks(asha) == []
    await _is_now(asha, PersonState.ACTIVE)
    assert await _open_tasks(asha) == [TaskKind.BACK_FROM]


async def test_a_practice_timer_stops_in_hospital_and_a_safety_question_does_not(
    asha: Talk,
) -> None:
    await asha.says(CHECK)
    assert asha.last.tier == "check"
    await _is_now(asha, PersonState.IN_HOSPITAL)
    assert (await asha.after(minutes=16)).text, "asked once more"
    await asha.after(minutes=50)
    assert await _open_tasks(asha) == [TaskKind.UNANSWERED_ASK]


async def test_who_has_left_keeps_plan_numbers_and_first_aid(asha: Talk) -> None:
    await asha.says("stop")
    await asha.taps("Leave")
    await asha.taps("Yes, leave")
    assert "Put the big light on." in (await asha.says("plan")).text
    assert "116 123" in (await asha.says("numbers")).text
    practice = await asha.says("skills")
    assert "You've left" in practice.text or "We finished here" in practice.text
    assert "STOP" in practice.buttons
    assert asha.rasa.heard == []
    await asha.says("what about some mindfulness")
    assert asha.rasa.heard == [], "nothing that is not needed is read"
    assert (await asha.says(DANGER)).answered_by == "safety_net"


async def test_leaving_twice_makes_one_task(asha: Talk) -> None:
    for _ in range(2):
        await asha.says("stop")
        await asha.taps("Leave")
        await asha.taps("Yes, leave")
    assert (await _open_tasks(asha)).count(TaskKind.LEAVING) == 1


async def test_after_a_death_all_contact_stops_at_once(asha: Talk) -> None:
    await asha.says(CHECK)
    asha_subject = await asha.subject()
    await _is_now(asha, PersonState.DIED)
    assert (await asha.after(hours=3)).replies == ()
    assert await asha.record.find(Task, subject=asha_subject, done_at=None) == []


async def test_what_was_to_be_sent_is_taken_back_after_a_death(asha: Talk) -> None:
    accepted = await asha.accepts("plan")
    await asha.handle_due()
    await _is_now(asha, PersonState.DIED)
    assert await asha.hears() == ()
    assert await asha.record.handled(accepted.act_id)


async def test_somebody_who_writes_from_the_account_of_the_dead(asha: Talk) -> None:
    await _is_now(asha, PersonState.DIED)
    answer = await asha.says("plan")
    assert "116 123" in answer.text
    assert "Put the big light on." not in answer.text
    danger = await asha.says(DANGER)
    assert danger.answered_by == "safety_net"
    assert "999" in danger.text
    assert "Jo Marker" not in danger.text
    (task,) = await asha.record.find(Task, subject=await asha.subject(), done_at=None)
    assert task.kind is TaskKind.WROTE_AFTER
    assert task.about == f"plan\n{DANGER}"


async def test_a_death_recorded_in_error_is_taken_back_with_a_reason(asha: Talk) -> None:
    await _is_now(asha, PersonState.DIED)
    with pytest.raises(BadInput):
        await _is_now(asha, PersonState.ACTIVE)
    await _is_now(asha, PersonState.ACTIVE, reason="two people of one name")
    assert "Put the big light on." in (await asha.says("plan")).text


async def test_a_state_that_cannot_follow_is_refused(asha: Talk) -> None:
    await _is_now(asha, PersonState.DIED)
    with pytest.raises(NotAllowedNow):
        await _is_now(asha, PersonState.PAUSED, reason="a slip")


async def test_a_second_phone_does_not_bring_her_home(asha: Talk) -> None:
    await _is_now(asha, PersonState.IN_CUSTODY)
    asha.address = "chat-2"
    by = await asha.companion.staff.named("dawn")
    await asha.says(f"/start {await asha.companion.enrolment.invite('P-1', by=by)}")
    await asha.taps("Join")
    person = await asha.record.get(Person, await asha.subject())
    assert person.state is PersonState.IN_CUSTODY
