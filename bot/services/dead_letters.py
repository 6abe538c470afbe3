"""What could not be answered or delivered becomes a task: somebody looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.audit import PROGRAM, AuditEntry
from bot.domain.concerns import Task, TaskKind
from bot.domain.messages import Outbound, ReplyKind, SubjectId
from bot.domain.people import Person
from bot.services.ports import Clock, Ids, Record, Work

DUE_IN = timedelta(hours=24)

MATTERS = frozenset({ReplyKind.SAFETY, ReplyKind.PLAN})
"""Replies that somebody may be relying on."""


@dataclass(frozen=True)
class DeadLetters:
    """Tasks for the key workers of people who joined. A guest has nobody who could look."""

    record: Record
    clock: Clock
    ids: Ids

    async def unanswerable(self, work: Work, subject: SubjectId, words: str) -> None:
        """Add to ``work`` the task about a message that could not be answered."""
        await self._add(work, subject, TaskKind.UNANSWERABLE, words)

    async def not_delivered(self, outbound: Outbound) -> Work | None:
        """The task about a safety reply or a plan that did not arrive, if there is to be one."""
        work = Work()
        if outbound.kind in MATTERS:
            await self._add(work, outbound.subject, TaskKind.NOT_DELIVERED, outbound.reply.text)
        return work if work.put else None

    async def _add(self, work: Work, subject: SubjectId, kind: TaskKind, about: str) -> None:
        person = await self.record.get(Person, subject)
        if person is None:
            return
        now = self.clock.now()
        task = Task(
            id=self.ids.new(),
            subject=subject,
            kind=kind,
            opened_at=now,
            due_at=now + DUE_IN,
            owner=person.key_worker,
            about=about,
        )
        details = {"id": task.id, "kind": kind.value}
        work.put.append(task)
        work.audit.append(AuditEntry(subject, now, PROGRAM, "open", "task", details))
