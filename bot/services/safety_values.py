"""Values of a questionnaire or a diary that may be a sign of danger: saved first, then asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.after_danger import URGE_FROM, SafetyChoices, SafetyValue
from bot.domain.audit import PROGRAM, AuditEntry
from bot.domain.concerns import Task, TaskKind
from bot.domain.errors import AlreadyThere, BadInput, NotAllowedNow, NotFound
from bot.domain.messages import SubjectId
from bot.domain.people import Person, PersonState, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.safety_values import RULES, rule_for
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Ids, Record, Work
from bot.services.reaching import address_of, timer

DUE_IN = timedelta(hours=24)

LABEL = "value:{id}"
"""Of the timer that asks; it is written with the value, so that a kill loses neither."""

NO_WAY = "A value may be a sign of danger, and there is no way to ask: they have not joined here."


@dataclass(frozen=True)
class SafetyValues:
    """Whatever takes in values hands each of them here; the table says which count."""

    record: Record
    clock: Clock
    ids: Ids

    async def received(
        self,
        subject: SubjectId,
        *,
        source: str,
        item: str,
        value: int,
        entry: str = "",
        by: str = "person",
    ) -> SafetyValue | None:
        """Save a value that counts, and have the direct question asked about it, once.

        ``entry`` is the id of the questionnaire or the diary entry that it stands in: the same
        item of the same entry is never asked about twice. None: nothing to ask, nothing saved.
        Raises ``NotFound``, ``NotAllowedNow`` for somebody who has died, ``BadInput``.
        """
        rule = rule_for(source, item, value)
        choices = await self.record.get(SafetyChoices, subject)
        if rule is None or not rule.counts(value, choices.urge_from if choices else URGE_FROM):
            return None
        person = await self.record.get(Person, subject)
        if person is None:
            raise NotFound("Nobody of this id has joined.")
        if person.state is PersonState.DIED:
            raise NotAllowedNow("They are recorded as having died.")
        value_id = f"{entry}.{item}" if entry else self.ids.new()
        before = await self.record.get(SafetyValue, value_id)
        if before is not None:
            return before
        now = self.clock.now()
        saved = SafetyValue(value_id, subject, source, item, value, now)
        work = Work(put=[saved])
        work.audit.append(AuditEntry(subject, now, by, "write", "safety_value", {"id": saved.id}))
        await self._plan_question(work, saved, person)
        try:
            await self.record.save(work)
        except AlreadyThere:
            # The same entry, handed in twice at once: the other one is asked about.
            return await self.record.get(SafetyValue, value_id)
        return saved

    async def written_down(
        self, code: str, *, source: str, item: str, value: int, by: Staff, entry: str = ""
    ) -> SafetyValue | None:
        """A value from paper or by telephone, entered by staff. Raises as ``received``, and
        ``NotPermitted``.
        """
        person = await find_person(self.record, code)
        near = await nearness(self.record, by, person, self.clock.now())
        check_may(by, Action.WRITE, Thing.CRISIS_PLAN, *near)
        if (source, item) not in RULES:
            known = ", ".join(" ".join(each) for each in sorted(RULES))
            raise BadInput(
                f"Nobody is asked about '{source} {item}'. What is asked about: {known}."
            )
        return await self.received(
            person.id, source=source, item=item, value=value, entry=entry, by=f"staff:{by.id}"
        )

    async def _plan_question(self, work: Work, saved: SafetyValue, person: Person) -> None:
        address = await address_of(self.record, person.id)
        label = LABEL.format(id=saved.id)
        if address is not None:
            act = timer(label.replace(":", "-"), address, label, now=saved.at, due=saved.at)
            work.schedule.append((act, saved.at))
            return
        task = Task(
            self.ids.new(),
            person.id,
            TaskKind.UNANSWERED_ASK,
            saved.at,
            saved.at + DUE_IN,
            person.key_worker,
            NO_WAY,
        )
        work.put.append(task)
        details = {"id": task.id, "kind": task.kind.value}
        work.audit.append(AuditEntry(person.id, saved.at, PROGRAM, "open", "task", details))
