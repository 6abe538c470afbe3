"""From a stranger to somebody who joined."""

from __future__ import annotations

from datetime import timedelta

from tests.integration.conversation.talk import Talk


async def test_a_stranger_gets_what_this_is_and_a_place_for_a_code(talk: Talk) -> None:
    welcome = await talk.says("/start")
    assert "computer program" in welcome.text
    assert "code" in welcome.text
    talk.rasa.means("hiya", "greeting")
    assert "code" in (await talk.says("hiya")).text


async def test_a_stranger_can_practise_stop_and_nothing_else(talk: Talk) -> None:
    talk.rasa.means("do the cold one", "practise_skill", skill="cold")
    await talk.says("do the cold one")
    assert await talk.open_run() is None
    talk.rasa.means("do stop", "practise_skill", skill="stop")
    await talk.says("do stop")
    assert await talk.open_run() is not None


async def test_nothing_is_kept_of_the_person_before_they_have_read_and_joined(talk: Talk) -> None:
    by = await talk.companion.staff.named("dawn")
    code = await talk.companion.enrolment.invite("P-1", by=by)
    text = await talk.says(code.lower())
    assert text.buttons == ["Join", "Not now"]
    assert "always goes to your team" in text.text
    assert (await talk.person()).joined_at is None
    await talk.taps("Not now")
    assert (await talk.person()).joined_at is None
    again = await talk.says(f"{code[:4]}-{code[4:]}")
    assert again.buttons == ["Join", "Not now"]


async def test_joining_with_every_question_skipped_counts_as_not_sure(talk: Talk) -> None:
    await talk.joins()
    person = await talk.person()
    assert person.joined_at == talk.clock.now()
    assert person.joining.get("area") is None
    plan = await talk.says("plan")
    assert "Put the big light on." in plan.text
    assert "Jo Marker" not in plan.text
    assert "Jo Marker" in (await talk.taps("Show the names too")).text


async def test_answers_are_kept_and_can_be_changed(talk: Talk) -> None:
    await talk.joins(area="derby_city", age_band="under_18", others_see_phone="no")
    assert (await talk.person()).joining["area"] == "derby_city"
    assert "Childline" in (await talk.says("numbers")).text
    await talk.says("details")
    await talk.answers_joining(age_band="35_and_over")
    person = await talk.person()
    assert person.joining["age_band"] == "35_and_over"
    assert person.joining["area"] == "derby_city"
    assert "Childline" not in (await talk.says("numbers")).text


async def test_a_code_works_once(talk: Talk) -> None:
    by = await talk.companion.staff.named("dawn")
    code = await talk.companion.enrolment.invite("P-1", by=by)
    await talk.says(f"/start {code}")
    await talk.taps("Join")
    talk.address = "chat-2"
    second = await talk.says(f"/start {code}")
    assert "Join" not in second.buttons
    assert "used" in second.text


async def test_a_code_runs_out(talk: Talk) -> None:
    by = await talk.companion.staff.named("dawn")
    code = await talk.companion.enrolment.invite("P-1", by=by)
    talk.clock.go(days=15)
    assert "Join" not in (await talk.says(code)).buttons


async def test_a_code_between_reading_and_joining_runs_out_too(talk: Talk) -> None:
    by = await talk.companion.staff.named("dawn")
    code = await talk.companion.enrolment.invite("P-1", by=by)
    await talk.says(code)
    talk.clock.go(days=15)
    await talk.taps("Join")
    assert (await talk.person()).joined_at is None


async def test_a_wrong_code_gets_a_clear_word(talk: Talk) -> None:
    answer = await talk.says("/start ZZZZ9999")
    assert "Join" not in answer.buttons
    assert "code" in answer.text
    assert "code" in (await talk.says("BBBB2222")).text


async def test_what_a_guest_wrote_is_gone_after_72_hours(talk: Talk) -> None:
    await talk.says("hello there")
    (guest,) = await talk.guests()
    assert guest.shred_at - guest.created_at == timedelta(hours=72)
    talk.clock.go(hours=73)
    assert await talk.record.shred_due(talk.clock.now()) == 1
    assert await talk.guests() == []


async def test_after_joining_the_guests_key_is_shredded_soon(asha: Talk) -> None:
    await asha.record.shred_due(asha.clock.now())
    assert await asha.guests() == []
    assert "Put the big light on." in (await asha.says("plan")).text


async def test_joining_is_an_event_the_team_can_see(asha: Talk) -> None:
    assert len(await asha.events("joined")) == 1
