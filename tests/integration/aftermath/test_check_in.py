"""A kind message on the day after, to those who agreed to one while calm."""

from __future__ import annotations

import pytest

from bot.domain.errors import BadInput, NotPermitted
from bot.domain.people import PersonState, Role
from tests.integration.aftermath.stores import on_every_store
from tests.integration.conversation.talk import Answered, Talk

INTENT = "i want to kill myself"
ABUSE = "he hit me again and he is coming back"
BUTTONS = ["I'm here", "My plan", "Talk to someone", "Numbers"]


async def _agrees(talk: Talk, at: str = "10:00") -> None:
    by = await talk.companion.staff.named("dawn")
    await talk.companion.choices.agree("P-1", by=by, check_in_at=at)


async def _in_danger(talk: Talk, words: str = INTENT) -> None:
    await talk.says(words)
    await talk.after(minutes=11)


def _is_check_in(heard: Answered) -> bool:
    return heard.buttons == BUTTONS


async def test_nothing_agreed_nothing_sent(asha: Talk) -> None:
    await _in_danger(asha)
    assert (await asha.after(hours=22)).replies == ()


@on_every_store
async def test_the_next_day_at_the_agreed_time_once(asha: Talk) -> None:
    await _agrees(asha)
    await _in_danger(asha)
    await asha.says(INTENT)
    await asha.after(minutes=11)
    assert (await asha.after(hours=21, minutes=30)).replies == ()
    heard = await asha.after(minutes=10)
    assert _is_check_in(heard)
    assert "Asha" in heard.text
    assert len(heard.replies) == 1
    assert (await asha.after(hours=40)).replies == ()
    assert (await asha.taps("I'm here", of=heard)).replies


async def test_danger_on_two_days_is_two_check_ins(asha: Talk) -> None:
    await _agrees(asha)
    await _in_danger(asha)
    asha.clock.go(hours=15)
    await asha.handle_due()
    await asha.hears()
    await _in_danger(asha)
    assert _is_check_in(await asha.after(hours=7))
    assert _is_check_in(await asha.after(hours=24))


@pytest.mark.parametrize(
    "state",
    [PersonState.PAUSED, PersonState.IN_HOSPITAL, PersonState.IN_CUSTODY, PersonState.ENDED,
     PersonState.DIED],
)  # fmt: skip
async def test_not_to_somebody_who_is_away(asha: Talk, state: PersonState) -> None:
    await _agrees(asha)
    await _in_danger(asha)
    by = await asha.companion.staff.named("dawn")
    await asha.companion.states.change("P-1", state, by=by)
    assert (await asha.after(hours=22)).replies == ()


async def test_never_after_abuse_was_told_of(asha: Talk) -> None:
    await _agrees(asha)
    await _in_danger(asha)
    assert (await asha.says(ABUSE)).tier == "safeguarding"
    await asha.after(minutes=11)
    assert (await asha.after(hours=22)).replies == ()


async def test_not_for_abuse_alone(asha: Talk) -> None:
    await _agrees(asha)
    await _in_danger(asha, ABUSE)
    assert (await asha.after(hours=22)).replies == ()


async def test_an_hour_after_danger_once_more_it_does_not_come(asha: Talk) -> None:
    await _agrees(asha)
    await _in_danger(asha)
    asha.clock.go(hours=21, minutes=30)
    await asha.says(INTENT)
    heard = [await asha.after(minutes=11), await asha.after(minutes=30)]
    assert not any(_is_check_in(each) for each in heard)


async def test_taken_back_meanwhile_it_does_not_come(asha: Talk) -> None:
    await _agrees(asha)
    await _in_danger(asha)
    await _agrees(asha, "")
    assert (await asha.after(hours=22)).replies == ()


async def test_a_day_too_late_it_does_not_come(asha: Talk) -> None:
    await _agrees(asha)
    await _in_danger(asha)
    assert (await asha.after(hours=48)).replies == ()


async def test_the_same_words_never_come_twice_running(asha: Talk) -> None:
    await _agrees(asha)
    heard = []
    for _ in range(3):
        await _in_danger(asha)
        asha.clock.time = asha.clock.time.replace(hour=12, minute=0)
        heard.append((await asha.after(hours=22)).text)
        asha.clock.go(hours=2)
    assert len({*heard} - {""}) == 3


@on_every_store
async def test_choices_are_written_by_those_who_work_with_her(asha: Talk) -> None:
    choosing = asha.companion.choices
    dawn = await asha.companion.staff.named("dawn")
    far = await asha.companion.staff.add(
        username="far", name="Far", role=Role.PRACTITIONER, team="moor",
        password="a long pass word", by=None,
    )  # fmt: skip
    await choosing.agree("P-1", by=dawn, urge_from=3)
    agreed = await choosing.agree("P-1", by=dawn, check_in_at="09:30")
    assert (agreed.urge_from, agreed.check_in_at, agreed.agreed_with) == (3, "09:30", dawn.id)
    assert await choosing.of("P-1", by=dawn) == agreed
    with pytest.raises(NotPermitted):
        await choosing.agree("P-1", by=far, urge_from=1)
    with pytest.raises(NotPermitted):
        await choosing.of("P-1", by=far)
    for bad in ({"urge_from": 0}, {"urge_from": 6}, {"check_in_at": "ten"},
                {"check_in_at": "10:00:30"}, {"check_in_at": "25:00"}):  # fmt: skip
        with pytest.raises(BadInput):
            await choosing.agree("P-1", by=dawn, **bad)  # type: ignore[arg-type]
    entries = await asha.record.audit_of(await asha.subject())
    kept = [each for each in entries if each.thing == "safety_choices"]
    assert [each.action for each in kept] == ["agree", "agree", "see"]
    assert all(not each.details for each in kept), "numbers stay sealed"


async def test_abuse_told_of_later_takes_it_back_whichever_concern_it_belongs_to(
    asha: Talk,
) -> None:
    await _agrees(asha)
    await _in_danger(asha)
    dawn = await asha.companion.staff.named("dawn")
    (concern,) = await asha.concerns()
    await asha.companion.alerts.take("P-1", concern.id, by=dawn)
    await asha.companion.alerts.close("P-1", concern.id, by=dawn, note="rang")
    await asha.says(ABUSE)
    assert (await asha.after(hours=22)).replies == ()
    assert (await asha.after(days=5)).replies == ()
