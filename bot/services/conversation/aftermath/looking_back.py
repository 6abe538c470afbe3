"""Looking back when a crisis is over: offered once, kindly; a yes becomes the key worker's task."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.after_danger import AfterReview, ReviewAnswer
from bot.domain.aftermath import at_a_fair_hour, is_looked_back_on
from bot.domain.concerns import Concern, ConcernStatus, Task, TaskKind
from bot.domain.ladder import may_write
from bot.services.conversation.aftermath.quiet import DANGER, forget, may_begin, say
from bot.services.conversation.desk import Turn
from bot.services.conversation.waking import wake

TIMER = "review"

AGAIN = "review_again"

LATER_IS = timedelta(days=3)

NOT_NOW = timedelta(days=1)

DUE_IN = timedelta(days=7)

_ANSWERS = {
    "review_yes": ReviewAnswer.YES,
    "review_later": ReviewAnswer.LATER,
    "review_no": ReviewAnswer.NO,
}


async def offer_on_contact(turn: Turn) -> None:
    """Offer it at the first quiet contact after the concern was closed."""
    if turn.concern is not None:
        return
    forget(turn, DANGER)
    closed = await turn.desk.record.find(
        Concern, subject=turn.subject, status=ConcernStatus.CLOSED, order="-opened_at", limit=1
    )
    if closed and await _is_to_offer(turn, closed[0]):
        _offer(turn, closed[0], unasked=False)


async def offer_by_timer(turn: Turn, concern_id: str) -> None:
    """Offer it on the day after the concern was closed, if there was no contact before."""
    concern = await turn.desk.record.get(Concern, concern_id)
    if concern is None or turn.person is None or not await _is_to_offer(turn, concern):
        return
    if turn.memory.ask is not None or turn.concern is not None or not may_begin(turn, None):
        _wait(turn, f"{TIMER}:{concern_id}", NOT_NOW)
        return
    forget(turn, DANGER)
    _offer(turn, concern, unasked=True)


async def offer_again(turn: Turn, review_id: str) -> None:
    """Offer it once more to somebody who said "later"."""
    review = await turn.desk.record.get(AfterReview, review_id)
    if review is None or review.done_at or review.answer is not ReviewAnswer.LATER:
        return
    if turn.memory.ask is not None or turn.concern is not None or not may_begin(turn, None):
        _wait(turn, f"{AGAIN}:{review_id}", NOT_NOW)
        return
    say(turn, "review_offer", review.id, unasked=True)


async def answer(turn: Turn, value: str, review_id: str) -> bool:
    """Yes, later or no; who changes their mind later is taken at their last word."""
    review = await turn.desk.record.get(AfterReview, review_id)
    if review is None or review.subject != turn.subject or review.done_at is not None:
        return False
    given = _ANSWERS[value]
    turn.work.cancel.append((turn.subject, f"{AGAIN}:{review.id}"))
    if given is not review.answer:
        turn.work.expect.append(review)
        turn.work.put.append(replace(review, answer=given, answered_at=turn.now))
        turn.audit("answer", "after_review", id=review.id)
        await _change_task(turn, given)
    if given is ReviewAnswer.LATER:
        _wait(turn, f"{AGAIN}:{review.id}", LATER_IS)
    say(turn, value)
    return True


async def _change_task(turn: Turn, given: ReviewAnswer) -> None:
    """A yes makes the task; another answer after a yes takes it back."""
    tasks = await turn.desk.record.find(
        Task, subject=turn.subject, kind=TaskKind.LOOKING_BACK, done_at=None
    )
    if given is not ReviewAnswer.YES:
        turn.work.put += [replace(each, done_at=turn.now, done_by="person") for each in tasks]
    elif not tasks and turn.person is not None:
        owner = turn.person.key_worker
        task = Task(
            turn.desk.ids.new(),
            turn.subject,
            TaskKind.LOOKING_BACK,
            turn.now,
            turn.now + DUE_IN,
            owner,
        )
        turn.work.put.append(task)
        turn.audit("open", "task", by="program", kind=TaskKind.LOOKING_BACK.value)


async def _is_to_offer(turn: Turn, concern: Concern) -> bool:
    if concern.status is not ConcernStatus.CLOSED or not is_looked_back_on(concern):
        return False
    if not may_write(concern.notes):
        return False
    return not await turn.desk.record.find(
        AfterReview, subject=turn.subject, concern=concern.id, limit=1
    )


def _offer(turn: Turn, concern: Concern, *, unasked: bool) -> None:
    review = AfterReview(turn.desk.ids.new(), turn.subject, concern.id, turn.now)
    turn.work.put.append(review)
    turn.audit("offer", "after_review", by="program", id=review.id)
    say(turn, "review_offer", review.id, unasked=unasked)


def _wait(turn: Turn, label: str, length: timedelta) -> None:
    wake(turn, label, at_a_fair_hour(turn.now + length) - turn.now)
