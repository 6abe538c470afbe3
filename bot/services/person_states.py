"""A person's state, changed by themselves, by their team, or by joining: with all that follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.audit import AuditEntry
from bot.domain.concerns import Task, TaskKind
from bot.domain.errors import BadInput
from bot.domain.messages import SubjectId
from bot.domain.people import Person, PersonState, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.person_states import EFFECTS, STILL_DUE_AFTER_DEATH, Timers, check_can_move
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Ids, Record, Work

TASK_DUE_IN = timedelta(days=3)
"""A handover, or the talk after hospital, begins within three days."""

_STOPPED = {Timers.ALL: (), Timers.SAFETY: ("step:",), Timers.NONE: ("",)}
"""How the labels of the timers begin that are taken back."""

LEFT_FOR = frozenset({PersonState.ENDED, PersonState.DIED})


def change_state(
    person: Person, to: PersonState, *, tasks: list[Task], now: datetime, ids: Ids, by: str
) -> Work:
    """The work that a change of state is: the person, what stops, tasks that begin and end.

    ``tasks`` are the person's that are not done; ``by`` is "person", "program" or "staff:ID".
    Raises ``NotAllowedNow`` for a change that cannot be; saving it raises ``ChangedMeanwhile``.
    """
    check_can_move(person.state, to)
    before, after = EFFECTS[person.state], EFFECTS[to]
    work = Work(expect=[person], put=[replace(person, state=to, state_since=now)])
    work.cancel += [(person.id, each) for each in _STOPPED[after.timers]]
    if to is PersonState.DIED:
        # All contact stops at once, what is already written included.
        work.withhold.append(person.id)
        ended = [each for each in tasks if each.kind not in STILL_DUE_AFTER_DEATH]
        work.put += [replace(each, done_at=now, done_by="program") for each in ended]
    else:
        wanted = [after.task, before.task_after if to not in LEFT_FOR else None]
        work.put += [_task(kind, person.id, person.key_worker, now, ids) for kind in wanted if kind]
    details = {"from": person.state.value, "to": to.value}
    work.audit.append(AuditEntry(person.id, now, by, "change", "state", details))
    return work


def _task(kind: TaskKind, subject: SubjectId, owner: str, now: datetime, ids: Ids) -> Task:
    return Task(ids.new(), subject, kind, now, now + TASK_DUE_IN, owner)


@dataclass(frozen=True)
class PersonStates:
    """States as staff record them."""

    record: Record
    clock: Clock
    ids: Ids

    async def change(self, code: str, to: PersonState, *, by: Staff, reason: str = "") -> Person:
        """Record a new state.

        Back from "died" needs a reason. Raises ``NotFound``, ``NotPermitted``,
        ``NotAllowedNow``, ``BadInput``.
        """
        person = await find_person(self.record, code)
        now = self.clock.now()
        check_may(by, Action.WRITE, Thing.PERSON, *await nearness(self.record, by, person, now))
        if person.state is PersonState.DIED and not reason.strip():
            raise BadInput("Say how it came about that this was recorded.")
        tasks = await self.record.find(Task, subject=person.id, done_at=None)
        work = change_state(person, to, tasks=tasks, now=now, ids=self.ids, by=f"staff:{by.id}")
        await self.record.save(work)
        return replace(person, state=to, state_since=now)
