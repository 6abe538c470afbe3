"""Looking back on a crisis: planned when its concern is closed, done by the key worker."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.after_danger import AfterReview
from bot.domain.aftermath import is_looked_back_on, next_day_at
from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern, Task, TaskKind
from bot.domain.errors import NotAllowedNow, NotFound
from bot.domain.ladder import may_write
from bot.domain.people import Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Record, Work
from bot.services.reaching import address_of, timer


async def plan_review(record: Record, work: Work, closed: Concern) -> None:
    """Add to the work that closes a concern the timer by which looking back is offered tomorrow.

    Who writes before that is offered it then.
    """
    if closed.closed_at is None or not is_looked_back_on(closed) or not may_write(closed.notes):
        return
    address = await address_of(record, closed.subject)
    if address is None:
        return
    due = next_day_at(closed.closed_at)
    label = f"review:{closed.id}"
    act = timer(label.replace(":", "-"), address, label, now=closed.closed_at, due=due)
    work.schedule.append((act, due))


@dataclass(frozen=True)
class AfterReviews:
    """What staff see and note of it."""

    record: Record
    clock: Clock

    async def of(self, code: str, *, by: Staff) -> list[AfterReview]:
        """The offers to a person, the latest first. Raises ``NotFound``, ``NotPermitted``."""
        person = await find_person(self.record, code)
        now = self.clock.now()
        check_may(by, Action.SEE, Thing.CONCERN, *await nearness(self.record, by, person, now))
        entry = AuditEntry(person.id, now, f"staff:{by.id}", "see", "after_review")
        await self.record.save(Work(audit=[entry]))
        return await self.record.find(AfterReview, subject=person.id, order="-offered_at")

    async def done(self, code: str, *, by: Staff) -> AfterReview:
        """Note that it was done, which finishes its task.

        Raises ``NotFound`` where nothing was offered, ``NotPermitted``, ``NotAllowedNow``,
        ``ChangedMeanwhile``.
        """
        person = await find_person(self.record, code)
        now = self.clock.now()
        check_may(by, Action.CLOSE, Thing.CONCERN, *await nearness(self.record, by, person, now))
        found = await self.record.find(AfterReview, subject=person.id, order="-offered_at", limit=1)
        if not found:
            raise NotFound("No looking back has been offered to them.")
        review = found[0]
        if review.done_at is not None:
            raise NotAllowedNow("This is noted as done already.")
        tasks = await self.record.find(
            Task, subject=person.id, kind=TaskKind.LOOKING_BACK, done_at=None
        )
        done = replace(review, done_at=now, done_by=by.id)
        finished = [replace(each, done_at=now, done_by=by.id) for each in tasks]
        details = {"id": review.id}
        entry = AuditEntry(person.id, now, f"staff:{by.id}", "finish", "after_review", details)
        work = Work(expect=[review, *tasks], put=[done, *finished], audit=[entry])
        work.cancel.append((person.id, f"review_again:{review.id}"))
        await self.record.save(work)
        return done
