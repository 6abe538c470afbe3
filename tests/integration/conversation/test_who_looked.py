"""Who has seen my plan? Answered from the audit, in plain words, in chat."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.content import Content
from bot.domain.people import Role
from bot.domain.safety_net import SafetyNet
from tests.integration.conversation.talk import Talk, begin


async def test_nobody_yet(tmp_path: Path, loaded: tuple[Content, SafetyNet]) -> None:
    talk = await begin(tmp_path, loaded, plan=None)
    await talk.joins()
    answer = await talk.says("who has seen my plan?")
    await talk.companion.aclose()
    assert answer.answered_by == "command"
    assert "Nobody at work has looked" in answer.text


async def test_who_brought_the_plan_in_is_named(asha: Talk) -> None:
    text = (await asha.says("who has seen my plan?")).text
    assert "Dawn put a version of your plan into your record" in text


async def test_each_look_with_name_time_and_reason(asha: Talk) -> None:
    staff = asha.companion.staff
    dawn = await staff.named("dawn")
    asha.clock.go(minutes=1)
    robin = await staff.add(
        username="robin",
        name="Robin Vale",
        role=Role.PRACTITIONER,
        team=dawn.team,
        password="three random words",
        by=None,
    )
    await asha.companion.caseloads.look("P-1", by=dawn)
    asha.clock.go(hours=2)
    await asha.companion.caseloads.look("P-1", by=robin, reason="cover")
    asha.clock.go(hours=1)
    answer = await asha.says("who has looked at my plan")
    lines = [line for line in answer.text.splitlines() if line.startswith("–")]
    assert len(lines) == 3, "one line a look, and the plan's coming"
    assert "Robin Vale looked at your plan (they were standing in for a colleague)" in lines[0]
    assert lines[0].startswith("– today, ")
    assert f"{dawn.name} looked at your plan (they work with you)" in lines[1]


async def test_a_reason_in_somebodys_own_words_is_not_shown_as_a_code(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    await asha.companion.caseloads.look("P-1", by=dawn, reason="asked")
    assert "you, or someone with you, asked for them" in (await asha.says("who looked")).text


async def test_many_looks_fit_on_a_small_phone(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    for _ in range(14):
        await asha.companion.caseloads.look("P-1", by=dawn)
        asha.clock.go(hours=5)
    text = (await asha.says("who has looked")).text
    assert text.count("– ") == 10
    assert "and 5 earlier" in text
    assert len(text) < 2000


async def test_a_stranger_is_told_what_is_true_of_strangers(talk: Talk) -> None:
    assert "Nobody at all" in (await talk.says("who has seen my plan")).text


@pytest.mark.parametrize(
    "words", ["Who's seen my plan?", "has anyone looked at my plan", "WHO LOOKED"]
)
async def test_as_people_write_it(asha: Talk, words: str) -> None:
    assert "who at work has looked" in (await asha.says(words)).text
