"""Looking back when it is over: offered once, kindly; a yes is the key worker's task."""

from __future__ import annotations

import pytest

from bot.domain.after_danger import AfterReview, ReviewAnswer
from bot.domain.concerns import Task, TaskKind
from bot.domain.conversations import Conversation
from bot.domain.errors import NotAllowedNow, NotFound, NotPermitted
from bot.domain.messages import ActKind, Press, SubjectId
from bot.domain.people import PersonState, Role
from bot.services.buttons import seal
from bot.services.ports import Work
from tests.integration.aftermath.stores import on_every_store
from tests.integration.conversation.talk import Talk
from tests.integration.records.making import entry

INTENT = "i want to kill myself"
URGE = "i really want to cut myself"
ABUSE = "he hit me again and he is coming back"
OFFER = ["Yes, please", "Later", "No, thank you"]


async def _is_over(talk: Talk, *words: str) -> None:
    """Danger, a tap, the choice about reminders; then the concern is taken and closed."""
    for each in words or (INTENT,):
        await talk.says(each)
    await talk.after(minutes=11)
    await talk.says("hello")
    await _closes(talk)


async def _closes(talk: Talk) -> None:
    dawn = await talk.companion.staff.named("dawn")
    concern = next(each for each in await talk.concerns() if each.closed_at is None)
    await talk.companion.alerts.take("P-1", concern.id, by=dawn)
    await talk.companion.alerts.close("P-1", concern.id, by=dawn, note="rang, at home with Jo")


async def _reviews(talk: Talk) -> list[AfterReview]:
    found: list[AfterReview] = await talk.record.find(AfterReview, subject=await talk.subject())
    return found


async def _tasks(talk: Talk) -> list[Task]:
    return [each for each in await talk.tasks() if each.kind is TaskKind.LOOKING_BACK]


async def test_it_is_offered_at_the_next_contact_once(asha: Talk) -> None:
    await asha.says(INTENT)
    assert not set(OFFER) & set((await asha.taps("I've rung")).buttons)
    await _closes(asha)
    assert set(OFFER) <= set((await asha.says("menu")).buttons)
    assert not set(OFFER) & set((await asha.says("menu")).buttons)
    assert not set(OFFER) & set((await asha.after(hours=30)).buttons)
    assert len(await _reviews(asha)) == 1


@on_every_store
async def test_without_contact_it_is_offered_on_the_next_day(asha: Talk) -> None:
    await _is_over(asha)
    assert (await asha.after(hours=20)).replies == ()
    assert (await asha.after(hours=3)).buttons == OFFER
    assert not set(OFFER) & set((await asha.says("menu")).buttons)
    assert not set(OFFER) & set((await asha.after(days=9)).buttons)


async def test_not_while_it_is_not_over(asha: Talk) -> None:
    await asha.says(INTENT)
    await asha.taps("I've rung")
    for _ in range(3):
        assert not set(OFFER) & set((await asha.says("menu")).buttons)
        await asha.after(hours=20)
    assert await _reviews(asha) == []


@pytest.mark.parametrize("words", [(URGE,), (INTENT, ABUSE)])
async def test_not_after_an_urge_and_not_after_abuse(asha: Talk, words: tuple[str, ...]) -> None:
    for each in words:
        await asha.says(each)
    await asha.after(minutes=11)
    await _closes(asha)
    heard = [await asha.says("menu"), await asha.after(hours=23), await asha.says("menu")]
    assert not any(set(OFFER) & set(each.buttons) for each in heard)


@on_every_store
async def test_yes_is_a_task_for_the_key_worker_once(asha: Talk) -> None:
    await _is_over(asha)
    offered = await asha.after(hours=23)
    for _ in range(2):
        await asha.taps("Yes, please", of=offered)
    (task,) = await _tasks(asha)
    person = await asha.person()
    assert (task.owner, task.done_at) == (person.key_worker, None)
    (review,) = await _reviews(asha)
    assert review.answer is ReviewAnswer.YES


async def test_no_is_an_answer_and_yes_can_follow(asha: Talk) -> None:
    await _is_over(asha)
    offered = await asha.after(hours=23)
    await asha.taps("No, thank you", of=offered)
    assert await _tasks(asha) == []
    assert not set(OFFER) & set((await asha.after(days=9)).buttons)
    await asha.taps("Yes, please", of=offered)
    assert len(await _tasks(asha)) == 1
    await asha.taps("No, thank you", of=offered)
    (task,) = await _tasks(asha)
    assert task.done_by == "person"


async def test_later_is_asked_again_in_a_few_days(asha: Talk) -> None:
    await _is_over(asha)
    offered = await asha.after(hours=23)
    await asha.taps("Later")
    heard = [await asha.after(hours=24) for _ in range(2)]
    assert not any(set(OFFER) & set(each.buttons) for each in heard)
    again = await asha.after(hours=24)
    assert set(OFFER) <= set(again.buttons)
    assert again.text != offered.text
    assert not set(OFFER) & set((await asha.after(days=9)).buttons)


async def test_in_hospital_it_waits(asha: Talk) -> None:
    dawn = await asha.companion.staff.named("dawn")
    await _is_over(asha)
    await asha.companion.states.change("P-1", PersonState.IN_HOSPITAL, by=dawn)
    assert not set(OFFER) & set((await asha.after(hours=23)).buttons)
    assert not set(OFFER) & set((await asha.after(hours=48)).buttons)
    await asha.companion.states.change("P-1", PersonState.ACTIVE, by=dawn)
    assert set(OFFER) <= set((await asha.after(hours=25)).buttons)


async def test_a_new_danger_comes_before_it(asha: Talk) -> None:
    await _is_over(asha)
    asha.clock.go(hours=20)
    await asha.says(INTENT)
    await asha.after(minutes=11)
    assert not set(OFFER) & set((await asha.after(hours=12)).buttons)


@on_every_store
async def test_the_key_worker_notes_that_it_was_done(asha: Talk) -> None:
    reviews = asha.companion.after_reviews
    dawn = await asha.companion.staff.named("dawn")
    far = await asha.companion.staff.add(
        username="far", name="Far", role=Role.PRACTITIONER, team="moor",
        password="a long pass word", by=None,
    )  # fmt: skip
    with pytest.raises(NotFound):
        await reviews.done("P-1", by=dawn)
    await _is_over(asha)
    await asha.after(hours=23)
    await asha.taps("Yes, please")
    with pytest.raises(NotPermitted):
        await reviews.done("P-1", by=far)
    await reviews.done("P-1", by=dawn)
    (task,) = await _tasks(asha)
    assert task.done_by == dawn.id
    (review,) = await reviews.of("P-1", by=dawn)
    assert review.done_by == dawn.id
    with pytest.raises(NotAllowedNow):
        await reviews.done("P-1", by=dawn)


async def test_a_closing_that_is_refused_plans_nothing(asha: Talk) -> None:
    await asha.says(INTENT)
    await asha.after(minutes=11)
    dawn = await asha.companion.staff.named("dawn")
    (concern,) = await asha.concerns()
    with pytest.raises(NotAllowedNow):
        await asha.companion.alerts.close("P-1", concern.id, by=dawn, note="not taken")
    assert not set(OFFER) & set((await asha.after(hours=23)).buttons)


async def test_an_urge_afterwards_does_not_take_the_place_of_what_was_graver(asha: Talk) -> None:
    await _is_over(asha)
    (first,) = await asha.concerns()
    await asha.says(URGE)
    await asha.says("no")
    await _closes(asha)
    assert not set(OFFER) & set((await asha.says("menu")).buttons)
    assert set(OFFER) <= set((await asha.after(hours=23)).buttons)
    (review,) = await _reviews(asha)
    assert review.concern == first.id


async def test_two_yeses_are_one_task_while_it_is_open(asha: Talk) -> None:
    subject = await asha.subject()
    offers = [AfterReview(f"r-{n}", subject, f"c-{n}", asha.clock.now()) for n in (1, 2)]
    await asha.record.save(Work(put=[*offers], audit=[entry(subject)]))
    for _ in range(2):
        for each in offers:
            token = seal(Press("after", "review_yes", each.id), subject, asha.companion.keys)
            await asha.does(ActKind.BUTTON, token=token)
    assert len(await _tasks(asha)) == 1
    entries = await asha.record.audit_of(subject)
    assert [e.action for e in entries if e.thing == "after_review"] == ["answer", "answer"]


async def test_nothing_waits_where_nothing_is_to_be_offered(asha: Talk) -> None:
    await asha.says(URGE)
    await asha.says("no")
    await asha.after(hours=1)
    await _closes(asha)
    asha.clock.go(days=2)
    assert await asha.record.claim(5) == []


async def test_once_offered_she_is_not_looked_up_again(asha: Talk) -> None:
    await _is_over(asha)
    await asha.after(hours=23)
    memory = await asha.record.get(Conversation, await asha.subject())
    assert "danger" not in memory.asked_on


async def test_somebody_elses_offer_cannot_be_answered(asha: Talk) -> None:
    other = SubjectId("somebody-else")
    theirs = AfterReview("r-9", other, "c-9", asha.clock.now())
    await asha.record.save(Work(new_keys=[other], put=[theirs], audit=[entry(other)]))
    press = Press("after", "review_yes", "r-9")
    await asha.does(ActKind.BUTTON, token=seal(press, await asha.subject(), asha.companion.keys))
    assert await _tasks(asha) == []
    assert (await asha.record.get(AfterReview, "r-9")) == theirs
