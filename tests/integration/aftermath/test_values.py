"""A value that may be a sign of danger: saved first, then asked about once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.after_danger import SafetyValue
from bot.domain.concerns import Task, TaskKind
from bot.domain.errors import BadInput, NotAllowedNow, NotFound, NotPermitted
from bot.domain.messages import SubjectId
from bot.domain.people import Role
from bot.services.conversation.chain import handle
from bot.services.ports import Work
from tests.integration.aftermath.stores import on_every_store, strays
from tests.integration.conversation.talk import Answered, Talk

QUESTION = "ending your life"


async def _gives(
    talk: Talk, item: str, value: int, *, source: str = "diary", entry: str = ""
) -> object:
    return await talk.companion.safety_values.received(
        await talk.subject(), source=source, item=item, value=value, entry=entry
    )


async def _hears(talk: Talk) -> Answered:
    return await talk.after(seconds=1)


async def _saved(talk: Talk) -> list[SafetyValue]:
    found: list[SafetyValue] = await talk.record.find(SafetyValue, subject=await talk.subject())
    return found


@on_every_store
async def test_an_urge_of_five_is_saved_and_then_asked_about(asha: Talk) -> None:
    await _gives(asha, "urge_self_harm", 5)
    (saved,) = await _saved(asha)
    assert (saved.value, saved.asked_at) == (5, None)
    heard = await _hears(asha)
    assert heard.text.startswith(("Thank you", "That's saved"))
    assert "5" in heard.text
    assert QUESTION in heard.text
    assert heard.buttons[:3] == ["Yes", "No", "Not sure"]
    (asked,) = await _saved(asha)
    assert asked.asked_at is not None
    entries = await asha.record.audit_of(await asha.subject())
    assert [(e.action, e.thing) for e in entries if e.thing == "safety_value"] == [
        ("write", "safety_value"),
        ("ask", "safety_value"),
    ]


@pytest.mark.parametrize(
    ("source", "item", "value", "is_asked"),
    [
        ("core10", "item_6", 0, False),
        ("core10", "item_6", 1, True),
        ("diary", "self_harm_acted_on", 0, False),
        ("diary", "self_harm_acted_on", 1, True),
        ("diary", "urge_self_harm", 3, False),
        ("diary", "urge_self_harm", 4, True),
        ("diary", "mood", 9, False),
    ],
)
async def test_only_what_counts_is_kept_and_asked(
    asha: Talk, source: str, item: str, value: int, is_asked: bool
) -> None:
    await _gives(asha, item, value, source=source)
    assert len(await _saved(asha)) == is_asked
    assert (QUESTION in (await _hears(asha)).text) is is_asked


async def test_the_number_agreed_with_her_is_the_one_that_counts(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    await asha.companion.choices.agree("P-1", by=dawn, urge_from=3)
    await _gives(asha, "urge_self_harm", 2)
    assert (await _hears(asha)).replies == ()
    await _gives(asha, "urge_self_harm", 3)
    assert QUESTION in (await _hears(asha)).text


@on_every_store
async def test_the_same_entry_is_asked_about_once(asha: Talk) -> None:
    for _ in range(2):
        await _gives(asha, "urge_self_harm", 5, entry="diary-1")
    assert len((await _hears(asha)).replies) == 1
    await asha.taps("No")
    await _gives(asha, "urge_self_harm", 5, entry="diary-1")
    assert (await _hears(asha)).replies == ()
    await _gives(asha, "urge_self_harm", 5, entry="diary-2")
    assert len((await _hears(asha)).replies) == 1


class Beside:
    """A record in which the same value is handed in elsewhere just before the next save."""

    def __init__(self, talk: Talk, item: str) -> None:
        self._talk, self._item = talk, item

    async def save(self, work: Work) -> None:
        await _gives(self._talk, self._item, 5, entry="diary-1")
        await self._talk.record.save(work)

    def __getattr__(self, name: str) -> object:
        return getattr(self._talk.record, name)


@on_every_store
async def test_handed_in_twice_at_once_it_is_asked_about_once(asha: Talk) -> None:
    item = "urge_self_harm"
    both = replace(asha.companion.safety_values, record=Beside(asha, item))
    saved = await both.received(
        await asha.subject(), source="diary", item=item, value=5, entry="diary-1"
    )
    assert [saved] == await _saved(asha)
    assert len((await _hears(asha)).replies) == 1


async def test_yes_opens_a_concern_and_goes_on_as_intent(asha: Talk) -> None:
    await _gives(asha, "item_6", 2, source="core10")
    await _hears(asha)
    answer = await asha.taps("Yes")
    assert answer.tier == "immediate_crisis"
    assert "999" in answer.text
    assert len(await asha.concerns()) == 1


async def test_no_to_an_urge_gets_help_to_ride_it_out(asha: Talk) -> None:
    await _gives(asha, "urge_self_harm", 5)
    await _hears(asha)
    answer = await asha.says("no")
    assert "ten" in answer.text.lower()
    assert await asha.concerns() == []
    assert (await asha.after(hours=2)).replies == ()


async def test_unanswered_it_is_asked_once_more_and_then_becomes_a_task(asha: Talk) -> None:
    await _gives(asha, "urge_self_harm", 5)
    first = await _hears(asha)
    again = await asha.after(minutes=16)
    assert QUESTION in again.text
    assert again.text != first.text
    assert await asha.tasks() == []
    await asha.after(hours=2)
    (task,) = await asha.tasks()
    assert task.kind is TaskKind.UNANSWERED_ASK
    assert (await asha.after(hours=3)).replies == ()


@on_every_store
async def test_killed_between_saving_and_asking_it_is_asked_all_the_same(asha: Talk) -> None:
    await _gives(asha, "urge_self_harm", 5)
    ((act,),) = await asha.record.claim(1)
    assert act.text.startswith("value:")
    # Its worker is killed here: the lease runs out, and another takes it.
    await asha.record.release(act.subject)
    assert len((await _hears(asha)).replies) == 1
    assert (await asha.after(minutes=5)).replies == ()


@on_every_store
async def test_killed_after_asking_it_is_not_asked_twice(asha: Talk) -> None:
    await _gives(asha, "urge_self_harm", 5)
    ((act,),) = await asha.record.claim(1)
    first = await handle(asha.desk, act)
    second = await handle(asha.desk, act)
    await asha.record.save(first.work)
    with pytest.raises(NotAllowedNow):
        await asha.record.save(second.work)
    await asha.record.release(act.subject)
    assert len((await _hears(asha)).replies) == 1


async def test_a_direct_question_that_is_open_goes_on_as_one(asha: Talk) -> None:
    await asha.says("cant do this")
    await _gives(asha, "urge_self_harm", 5)
    assert len((await _hears(asha)).replies) == 1
    assert len((await asha.after(minutes=16)).replies) == 1
    await asha.says("no")
    assert (await asha.after(hours=3)).replies == ()
    assert await asha.tasks() == []


@on_every_store
async def test_somebody_who_cannot_be_asked_becomes_a_task_at_once(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    await asha.companion.enrolment.add(code="P-2", name="Ben Quartz", team="peak", by=dawn)
    await asha.companion.safety_values.written_down(
        "P-2", source="core10", item="item_6", value=4, by=dawn
    )
    (task,) = await asha.record.find(Task, done_at=None)
    assert task.kind is TaskKind.UNANSWERED_ASK


async def test_what_cannot_be_entered(asha: Talk) -> None:
    staff = asha.companion.staff
    dawn = await staff.named("dawn")
    far = await staff.add(
        username="far", name="Far", role=Role.PRACTITIONER, team="moor",
        password="a long pass word", by=None,
    )  # fmt: skip
    enter = asha.companion.safety_values.written_down
    with pytest.raises(BadInput):
        await enter("P-1", source="diary", item="urge_self_harm", value=6, by=dawn)
    with pytest.raises(BadInput):
        await enter("P-1", source="diary", item="mood", value=6, by=dawn)
    with pytest.raises(NotPermitted):
        await enter("P-1", source="diary", item="urge_self_harm", value=5, by=far)
    with pytest.raises(NotFound):
        await asha.companion.safety_values.received(
            SubjectId("nobody"), source="diary", item="urge_self_harm", value=5
        )
    assert await _saved(asha) == []


async def test_a_second_timer_for_it_asks_nothing(asha: Talk) -> None:
    await _gives(asha, "urge_self_harm", 5)
    await _hears(asha)
    (saved,) = await _saved(asha)
    await strays(asha, f"value:{saved.id}")
    assert (await _hears(asha)).replies == ()
