"""Concerns and tasks: opened by the conversation, taken and closed by a named person at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.audit import PROGRAM, AuditEntry
from bot.domain.concerns import Concern, ConcernNote, ConcernStatus, Task
from bot.domain.errors import BadInput, ChangedMeanwhile, NotAllowedNow, NotFound
from bot.domain.ladder import is_danger, is_graver
from bot.domain.messages import SubjectId
from bot.domain.people import Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.services.after_reviews import plan_review
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Ids, Record, Work

UNCLOSED = (ConcernStatus.OPEN, ConcernStatus.TAKEN)

LONGEST_NOTE = 2000

TAKEN_FOR = timedelta(hours=12)
"""After this, danger is told of to everybody again, though somebody had taken the concern."""


def concern_changes(
    work: Work,
    existing: Concern | None,
    subject: SubjectId,
    *,
    now: datetime,
    tier: str,
    family: str,
    words: str,
    answered: str,
    ids: Ids,
) -> Concern:
    """Add to ``work`` a new concern, or these words to the one that is not closed yet.

    A person has one such concern at most. What joins it keeps its owner, and its tier and family
    unless the message is graver; then, and when it was taken long ago, a sign of danger opens it
    anew: somebody has to look again. The work is refused (``ChangedMeanwhile``) if somebody takes
    or closes it meanwhile.
    """
    note = ConcernNote(now, words, answered, family)
    if existing is not None and existing.status is not ConcernStatus.CLOSED:
        concern, action = _joined(existing, note, tier, now)
        if existing not in work.put:
            work.expect.append(existing)
    else:
        concern, action = (
            Concern(ids.new(), subject, now, ConcernStatus.OPEN, tier, family, (note,)),
            "open",
        )
    work.put.append(concern)
    work.audit.append(AuditEntry(subject, now, PROGRAM, action, "concern", {"id": concern.id}))
    return concern


def _joined(existing: Concern, note: ConcernNote, tier: str, now: datetime) -> tuple[Concern, str]:
    joined = replace(existing, notes=(*existing.notes, note))
    graver = is_graver(tier, note.family, existing)
    if graver:
        joined = replace(joined, tier=tier, family=note.family)
    is_old = existing.taken_at is not None and now - existing.taken_at > TAKEN_FOR
    if existing.status is ConcernStatus.TAKEN and (graver or (is_old and is_danger(tier))):
        return replace(joined, status=ConcernStatus.OPEN, owner="", taken_at=None), "reopen"
    return joined, "join"


@dataclass(frozen=True)
class Alerts:
    """What staff do with concerns and tasks."""

    record: Record
    clock: Clock

    async def concern_of(self, subject: SubjectId) -> Concern | None:
        """The concern of a person that is not closed, if there is one."""
        found = await self.record.find(Concern, subject=subject, status=UNCLOSED, limit=1)
        return found[0] if found else None

    async def take(self, code: str, concern_id: str, *, by: Staff, seen_owner: str = "") -> Concern:
        """Become the owner of a concern.

        ``seen_owner`` is the owner's id as the page showed it: who takes over from a colleague
        says so, and two who press at once do not both have it. Raises ``NotFound``,
        ``NotPermitted``, ``NotAllowedNow``.
        """
        concern = await self._concern(code, concern_id, Action.TAKE, by)
        if concern.status is ConcernStatus.CLOSED:
            raise NotAllowedNow("This concern is closed.")
        if concern.owner == by.id:
            return concern
        if concern.owner != seen_owner:
            raise NotAllowedNow("Somebody else has just taken this concern.")
        now = self.clock.now()
        taken = replace(concern, status=ConcernStatus.TAKEN, owner=by.id, taken_at=now)
        work = self._work(concern, taken, by, "take", before=concern.owner)
        try:
            await self.record.save(work)
        except ChangedMeanwhile:
            # More words of the person, or a colleague who was quicker: the checks tell which.
            return await self.take(code, concern_id, by=by, seen_owner=seen_owner)
        return taken

    async def close(self, code: str, concern_id: str, *, by: Staff, note: str) -> Concern:
        """Close a concern that ``by`` has taken, with a note of what was done.

        Raises ``NotFound``, ``NotPermitted``, ``NotAllowedNow``, ``BadInput``.
        """
        words = note.strip()
        if not words:
            raise BadInput("Say in a few words what was done.")
        if len(words) > LONGEST_NOTE:
            raise BadInput(f"A note can be up to {LONGEST_NOTE} characters.")
        concern = await self._concern(code, concern_id, Action.CLOSE, by)
        if concern.status is not ConcernStatus.TAKEN or concern.owner != by.id:
            raise NotAllowedNow("Only the person who has taken a concern closes it.")
        now = self.clock.now()
        closed = replace(concern, status=ConcernStatus.CLOSED, closed_at=now, closing_note=words)
        work = self._work(concern, closed, by, "close")
        await plan_review(self.record, work, closed)
        await self._save(work)
        return closed

    async def tasks_of(self, subjects: Sequence[SubjectId]) -> list[Task]:
        """Tasks about these people that are not done, the one due first in front."""
        if not subjects:
            return []
        return await self.record.find(Task, subject=tuple(subjects), done_at=None, order="due_at")

    async def finish_task(self, code: str, task_id: str, *, by: Staff) -> Task:
        """Note that a task is done. Raises ``NotFound``, ``NotPermitted``, ``NotAllowedNow``."""
        person = await find_person(self.record, code)
        near = await nearness(self.record, by, person, self.clock.now())
        check_may(by, Action.CLOSE, Thing.CONCERN, *near)
        task = await self.record.get(Task, task_id)
        if task is None or task.subject != person.id:
            raise NotFound("This task is not there.")
        if task.done_at is not None:
            return task
        now = self.clock.now()
        done = replace(task, done_at=now, done_by=by.id)
        entry = AuditEntry(person.id, now, f"staff:{by.id}", "finish", "task", {"id": task.id})
        await self._save(Work(expect=[task], put=[done], audit=[entry]))
        return done

    async def _concern(self, code: str, concern_id: str, action: Action, by: Staff) -> Concern:
        person = await find_person(self.record, code)
        near = await nearness(self.record, by, person, self.clock.now())
        check_may(by, action, Thing.CONCERN, *near)
        concern = await self.record.get(Concern, concern_id)
        if concern is None or concern.subject != person.id:
            raise NotFound("This concern is not there.")
        return concern

    def _work(
        self, read: Concern, concern: Concern, by: Staff, action: str, before: str = ""
    ) -> Work:
        details = {"id": concern.id} | ({"from": before} if before else {})
        entry = AuditEntry(
            concern.subject, self.clock.now(), f"staff:{by.id}", action, "concern", details
        )
        return Work(expect=[read], put=[concern], audit=[entry])

    async def _save(self, work: Work) -> None:
        try:
            await self.record.save(work)
        except ChangedMeanwhile:
            raise NotAllowedNow("Somebody else has just changed this.") from None
