"""What a conversation sets going among staff, and what the person is told when nobody comes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.content import Content
from bot.domain.night_route import NightPickup, NightRoute
from bot.domain.notices import Notice
from bot.domain.on_call import TeamTimes
from bot.domain.safety_net import SafetyNet
from bot.services.ports import Work
from tests.integration.conversation.talk import Talk, begin
from tests.integration.records.making import entry

MONDAY_NIGHT = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
INTENT = "i want to kill myself"


async def rungs(talk: Talk) -> list[str]:
    found = await talk.record.find(Notice, order="due_at")
    return [f"{each.rung} {each.due_at:%H:%M} {each.status}" for each in found]


async def keep(talk: Talk, *entities: object) -> None:
    await talk.record.save(Work(put=[*entities], audit=[entry("service")]))


@pytest.fixture
async def night(tmp_path: Path, loaded: tuple[Content, SafetyNet]) -> Talk:
    """Asha, on a Monday night; a team that works at night picks up in 15 minutes."""
    talk = await begin(tmp_path, loaded, now=MONDAY_NIGHT)
    await talk.joins(area="derby_city", age_band="18_to_34", others_see_phone="no")
    signed = ("r", "peak", "default", NightPickup.ROUND_THE_CLOCK, 15, "m", talk.clock.now())
    await keep(talk, NightRoute(*signed))
    return talk


async def test_danger_plans_who_is_told_with_the_concern(asha: Talk) -> None:
    await asha.says(INTENT)
    (concern,) = await asha.concerns()
    assert await rungs(asha) == [
        "owner 12:00 waiting", "cover 12:30 waiting", "duty 13:00 waiting", "manager 14:00 waiting",
    ]  # fmt: skip
    found = await asha.record.find(Notice)
    assert {(each.about, each.team) for each in found} == {(concern.id, "peak")}


async def test_what_is_no_danger_plans_nothing(asha: Talk) -> None:
    await asha.says("i cant do this any more")
    await asha.says("plan")
    assert await rungs(asha) == []


async def test_a_strangers_danger_has_nobody_to_tell(talk: Talk) -> None:
    await talk.says(INTENT)
    assert await rungs(talk) == []


async def test_closing_words_plan_nothing_more(asha: Talk) -> None:
    await asha.says(INTENT)
    await asha.taps("I can't ring")
    assert len(await rungs(asha)) == 4


async def test_nobody_who_picks_up_in_time_is_told_to_the_person(night: Talk) -> None:
    assert "15 minutes" in (await night.says(INTENT)).text
    await night.after(minutes=12)
    later = await night.after(minutes=4)
    assert "999" in later.text
    assert "111" in later.text
    assert later.answered_by == ""
    assert "tell_person 22:15 sent" in await rungs(night)


async def test_once_it_was_picked_up_the_person_hears_nothing_of_it(night: Talk) -> None:
    await night.says(INTENT)
    (concern,) = await night.concerns()
    dawn = await night.companion.staff.named("dawn")
    await night.companion.alerts.take("P-1", concern.id, by=dawn)
    await night.after(minutes=12)
    assert (await night.after(minutes=10)).replies == ()
    assert "tell_person 22:15 not_needed" in await rungs(night)


async def test_after_abuse_was_told_of_the_person_is_not_written_to(night: Talk) -> None:
    answer = await night.says("my partner hits me every night")
    assert answer.tier == "safeguarding"
    assert not [each for each in await rungs(night) if each.startswith("tell_person")]
    assert (await night.after(hours=2)).replies == ()


async def test_a_graver_message_begins_again_and_the_old_telling_is_taken_back(
    night: Talk,
) -> None:
    await night.says("i have an urge to cut myself")
    await night.after(minutes=10)
    await night.says("i have just taken an overdose to end it")
    told = [each for each in await rungs(night) if each.startswith("tell_person")]
    assert told == ["tell_person 22:15 not_needed", "tell_person 22:25 waiting"]


async def test_the_task_from_an_unanswered_ask_comes_at_the_teams_own_time(asha: Talk) -> None:
    await keep(asha, TeamTimes("peak", ask_minutes=10))
    await asha.says("i cant do this any more")
    await asha.after(minutes=16)
    assert await asha.tasks() == []
    await asha.after(minutes=11)
    assert len(await asha.tasks()) == 1
