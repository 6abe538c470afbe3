"""A member of staff in a conversation: told, for a time, and never in the way of safety."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.domain.errors import BadInput, NotAllowedNow, NotPermitted
from bot.domain.messages import ReplyKind
from bot.domain.people import PersonState, Role, Staff
from bot.domain.structure import Cover
from bot.services.ports import Work
from bot.services.take_overs import who_has
from tests.integration.aftermath.stores import on_every_store, strays
from tests.integration.conversation.talk import Answered, Talk
from tests.integration.records.making import entry

INTENT = "i want to kill myself"
HERE = "Dawn from your team"
WHY = "she rang and would rather write"


async def _takes(talk: Talk, username: str = "dawn", **more: int) -> Answered:
    by = await talk.companion.staff.named(username)
    await talk.companion.take_overs.take("P-1", by=by, reason=WHY, **more)
    talk.last = Answered(await talk.hears(), "", "")
    return talk.last


async def _who(talk: Talk) -> str:
    held = await who_has(talk.record, await talk.subject(), talk.clock.now())
    return held.staff_id if held else ""


async def _colleague(talk: Talk, username: str = "ali", team: str = "peak") -> Staff:
    return await talk.companion.staff.add(
        username=username, name=username.title(), role=Role.PRACTITIONER, team=team,
        password="a long pass word", by=None,
    )  # fmt: skip


@on_every_store
async def test_she_is_told_when_it_begins_and_when_it_ends(asha: Talk) -> None:
    begun = await _takes(asha)
    assert HERE in begun.text
    assert "999" in begun.text
    dawn = await asha.companion.staff.named("dawn")
    assert await _who(asha) == dawn.id
    await asha.companion.take_overs.give_back("P-1", by=dawn)
    ended = await asha.after(seconds=1)
    assert "Dawn" in ended.text
    assert "program" in ended.text
    assert await _who(asha) == ""
    assert (await asha.after(hours=2)).replies == ()
    entries = await asha.record.audit_of(await asha.subject())
    kept = [each for each in entries if each.thing == "conversation"]
    assert [each.action for each in kept] == ["take", "give_back"]
    assert kept[0].details["reason"] == WHY


@on_every_store
async def test_it_ends_by_itself_after_an_hour(asha: Talk) -> None:
    await _takes(asha)
    assert (await asha.after(minutes=59)).replies == ()
    ended = await asha.after(minutes=1)
    assert "Dawn" in ended.text
    assert await _who(asha) == ""
    assert (await asha.after(hours=3)).replies == ()


@on_every_store
async def test_taken_again_it_lasts_longer_and_is_not_announced_twice(asha: Talk) -> None:
    await _takes(asha)
    await asha.after(minutes=50)
    assert (await _takes(asha)).replies == ()
    assert (await asha.after(minutes=50)).replies == ()
    assert await _who(asha)
    assert "Dawn" in (await asha.after(minutes=10)).text
    assert await _who(asha) == ""


async def test_ordinary_messages_are_hers_to_answer_and_told_so_once(asha: Talk) -> None:
    await _takes(asha)
    asha.clock.go(seconds=5)
    first = await asha.says("i had a row with my sister")
    assert HERE in first.text
    second = await asha.says("and then she left")
    assert second.replies == ()
    assert asha.rasa.heard == [], "no skill, no menu"
    await asha.after(hours=2)
    await asha.says("i had a row with my sister")
    assert asha.rasa.heard != []


async def test_the_net_runs_on_and_danger_is_answered(asha: Talk) -> None:
    await _takes(asha)
    answer = await asha.says(INTENT)
    assert (answer.answered_by, answer.tier) == ("safety_net", "immediate_crisis")
    assert "Put the big light on." in answer.text
    assert len(await asha.concerns()) == 1


async def test_what_may_be_danger_is_asked_about(asha: Talk) -> None:
    await _takes(asha)
    asha.clock.go(seconds=5)
    answer = await asha.says("cant do this")
    assert answer.tier == "check"
    assert "ending your life" in answer.text
    assert HERE in answer.text


async def test_plan_and_numbers_still_work(asha: Talk) -> None:
    await _takes(asha)
    assert "Put the big light on." in (await asha.says("plan")).text
    assert "116 123" in (await asha.says("numbers")).text


async def test_an_open_practice_does_not_swallow_what_is_meant_for_her(asha: Talk) -> None:
    asha.rasa.means("stop skill", "practise_skill", skill="stop")
    await asha.says("stop skill")
    before = await asha.open_run()
    await _takes(asha)
    asha.clock.go(seconds=5)
    await asha.says("7")
    assert await asha.open_run() == before


async def test_her_words_come_under_her_name(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    with pytest.raises(NotAllowedNow):
        await asha.companion.take_overs.say(await asha.subject(), "hello", by=dawn)
    await _takes(asha)
    told = await asha.companion.take_overs.say(
        await asha.subject(), " Hello Asha {name}, shall I ring? ", by=dawn
    )
    heard = await asha.after(seconds=1)
    assert heard.text == "Dawn from your team writes:\nHello Asha {name}, shall I ring?"
    assert told.kind is ReplyKind.SAFETY, "a person's words are never held back as too old"
    entries = await asha.record.audit_of(await asha.subject())
    said = entries[-1]
    assert (said.by, said.action) == (f"staff:{dawn.id}", "say")
    assert "shall I ring" not in str(said.details)
    for bad in (" ", "x" * 3001):
        with pytest.raises(BadInput):
            await asha.companion.take_overs.say(await asha.subject(), bad, by=dawn)


async def test_only_own_caseload_or_cover(asha: Talk) -> None:
    ali = await _colleague(asha)
    far = await _colleague(asha, "far", "moor")
    for each in (ali, far):
        with pytest.raises(NotPermitted):
            await asha.companion.take_overs.take("P-1", by=each, reason=WHY)
    dawn = await asha.companion.staff.named("dawn")
    since, until = asha.clock.now(), datetime(2026, 12, 1, tzinfo=UTC)
    cover = Cover("cover-1", dawn.id, ali.id, since, until)
    await asha.record.save(Work(put=[cover], audit=[entry("service")]))
    await asha.companion.take_overs.take("P-1", by=ali, reason=WHY)
    assert await _who(asha) == ali.id
    with pytest.raises(NotAllowedNow, match="Ali is in this conversation"):
        await asha.companion.take_overs.take("P-1", by=dawn, reason=WHY)


@on_every_store
async def test_two_at_once_do_not_both_have_it(asha: Talk) -> None:
    ali = await _colleague(asha)
    dawn = await asha.companion.staff.named("dawn")
    cover = Cover("cover-1", dawn.id, ali.id, asha.clock.now(), datetime(2026, 12, 1, tzinfo=UTC))
    await asha.record.save(Work(put=[cover], audit=[entry("service")]))
    take = asha.companion.take_overs.take
    tried = await asyncio.gather(
        *(take("P-1", by=each, reason=WHY) for each in (ali, dawn)), return_exceptions=True
    )
    assert sorted(isinstance(each, NotAllowedNow) for each in tried) == [False, True]
    assert len(await asha.hears()) == 1


async def test_outside_working_hours_only_while_a_concern_is_open(asha: Talk) -> None:
    asha.clock.go(hours=8)
    with pytest.raises(NotAllowedNow, match="working hours"):
        await _takes(asha)
    await asha.says(INTENT)
    await _takes(asha)
    assert await _who(asha)


async def test_a_bank_holiday_is_outside_working_hours(asha: Talk) -> None:
    asha.clock.time = datetime(2026, 4, 6, 11, tzinfo=UTC)  # Easter Monday
    with pytest.raises(NotAllowedNow, match="working hours"):
        await _takes(asha)
    asha.clock.go(days=1)
    await _takes(asha)


async def test_what_stands_against_it(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    take = asha.companion.take_overs.take
    with pytest.raises(BadInput):
        await take("P-1", by=dawn, reason=" ")
    with pytest.raises(BadInput):
        await take("P-1", by=dawn, reason=WHY, minutes=0)
    with pytest.raises(NotAllowedNow):
        await asha.companion.take_overs.give_back("P-1", by=dawn)
    await asha.companion.enrolment.add(code="P-2", name="Ben Quartz", team="peak", by=dawn)
    with pytest.raises(NotAllowedNow, match="not joined"):
        await take("P-2", by=dawn, reason=WHY)
    await asha.companion.states.change("P-1", PersonState.DIED, by=dawn)
    with pytest.raises(NotAllowedNow, match="died"):
        await take("P-1", by=dawn, reason=WHY)


async def test_she_can_see_who_stepped_in(asha: Talk) -> None:
    await _takes(asha)
    assert "Dawn stepped into your conversation" in (await asha.says("who has looked")).text


async def test_the_words_alternate(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    told = []
    for _ in range(3):
        told.append((await _takes(asha)).text)
        await asha.companion.take_overs.give_back("P-1", by=dawn)
        await asha.hears()
    assert len(set(told)) == 3


async def test_a_timer_before_its_time_ends_nothing(asha: Talk) -> None:
    await _takes(asha)
    held = await who_has(asha.record, await asha.subject(), asha.clock.now())
    assert held is not None
    await strays(asha, f"take_over:{held.id}")
    assert (await asha.after(minutes=5)).replies == ()
    assert await _who(asha)
