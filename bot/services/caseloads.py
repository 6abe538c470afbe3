"""Caseloads: who a practitioner works with, where each person's plan stands, who to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.around import around
from bot.domain.audit import SERVICE_CHAIN, AuditEntry
from bot.domain.concerns import Concern, ConcernNote, ConcernStatus, Task
from bot.domain.crisis_plan import CrisisPlan, current
from bot.domain.engagement import EngagementEvent
from bot.domain.errors import BadInput
from bot.domain.kept_messages import KeptMessage
from bot.domain.messages import SubjectId
from bot.domain.opening_hours import LOCAL
from bot.domain.people import CaseloadEntry, Person, Staff
from bot.domain.permissions import Action, Relation, Thing, can, check_may, must_say_why
from bot.domain.structure import Cover
from bot.domain.summaries import PlanStanding, plan_standing
from bot.services.messages_kept import Messages
from bot.services.nearness import find_person, nearness, standing_of
from bot.services.ports import Clock, Work

UNCLOSED = (ConcernStatus.OPEN, ConcernStatus.TAKEN)

OWN_CASELOAD = "own_caseload"
"""The reason for looking that needs no asking."""

LONGEST_REASON = 200


@dataclass(frozen=True)
class Waiting:
    """What waits about one person: the concern that is not closed, and tasks, first due first."""

    person: Person
    concern: Concern | None
    tasks: tuple[Task, ...]

    def __bool__(self) -> bool:
        return self.concern is not None or bool(self.tasks)

    @property
    def place(self) -> tuple[bool, datetime]:
        """Where it comes in a list: concerns first, the longest open in front; then tasks."""
        if self.concern is not None:
            return False, self.concern.opened_at
        return True, self.tasks[0].due_at


@dataclass(frozen=True)
class CaseloadLine:
    """One person at a glance. ``last_contact`` is a local day.

    ``covered_for`` is the id of the colleague on leave, empty for one's own people.
    """

    person: Person
    plan: PlanStanding
    last_contact: date | None
    waiting: Waiting
    covered_for: str = ""


@dataclass(frozen=True)
class Caseload:
    """A practitioner's people by name, and what waits elsewhere in their team.

    ``names`` maps ids of colleagues who have something here to their names. ``unreadable`` is how
    many people of this caseload the record holds and cannot read: they are missing from ``lines``.
    """

    lines: tuple[CaseloadLine, ...]
    elsewhere: tuple[Waiting, ...]
    names: Mapping[str, str]
    unreadable: int = 0

    @property
    def to_look_at(self) -> tuple[Waiting, ...]:
        """What waits about the people on this caseload, in the order to look at it."""
        return _in_order(line.waiting for line in self.lines)


@dataclass(frozen=True)
class PersonRecord:
    """One person as a member of staff may see them; ``plan`` is the current version."""

    person: Person
    near: frozenset[Relation]
    plan: CrisisPlan | None
    standing: PlanStanding
    concerns: tuple[Concern, ...]
    tasks: tuple[Task, ...]
    names: Mapping[str, str]
    around: Mapping[ConcernNote, tuple[KeptMessage, ...]]
    """What was said around each note of the open concern, as far as it is kept."""

    @property
    def open_concern(self) -> Concern | None:
        """The concern that is not closed, if there is one."""
        return next((each for each in self.concerns if each.status in UNCLOSED), None)


@dataclass(frozen=True)
class Caseloads:
    """Caseloads and the people on them. Every look is in the audit."""

    record: Messages
    clock: Clock

    async def of(self, *, by: Staff) -> Caseload:
        """The caseload of ``by``. Raises ``NotPermitted`` for roles that have none."""
        check_may(by, Action.SEE, Thing.CONCERN, Relation.OWN)
        own = await self._caseload(by)
        everywhere = await self._waiting()
        lines = await self._lines(own, everywhere)
        elsewhere = await self._elsewhere(by, own, everywhere)
        shown = [*(line.waiting for line in lines), *elsewhere]
        entry = AuditEntry(
            SERVICE_CHAIN,
            self.clock.now(),
            f"staff:{by.id}",
            "see",
            "caseload",
            {"people": str(len(lines)), "elsewhere": str(len(elsewhere))},
        )
        await self.record.save(Work(audit=[entry]))
        owners = {each.concern.owner for each in shown if each.concern}
        owners |= {each.covered_for for each in lines}
        return Caseload(lines, elsewhere, await self._names(owners), len(own) - len(lines))

    async def near(self, code: str, *, by: Staff) -> frozenset[Relation]:
        """How near ``by`` is to a person. Raises ``NotFound``; ``NotPermitted`` to the rest."""
        person = await find_person(self.record, code)
        near = await nearness(self.record, by, person, self.clock.now())
        check_may(by, Action.SEE, Thing.CONCERN, *near)
        return near

    async def look(self, code: str, *, by: Staff, reason: str = OWN_CASELOAD) -> PersonRecord:
        """One person's plan, concerns and tasks, each as far as ``by`` may see it.

        A person who is not on their own caseload takes a reason of their own. Raises
        ``NotFound``, ``NotPermitted``, ``BadInput``.
        """
        person = await find_person(self.record, code)
        now = self.clock.now()
        near = await nearness(self.record, by, person, now)
        check_may(by, Action.SEE, Thing.PERSON, *near)
        check_may(by, Action.SEE, Thing.CONCERN, *near)
        if must_say_why(near) and reason in {"", OWN_CASELOAD}:
            raise BadInput("Say why you are looking.")
        plans = tuple(await self.record.find(CrisisPlan, subject=person.id))
        concerns = await self.record.find(Concern, subject=person.id, order="-opened_at")
        tasks = await self.record.find(Task, subject=person.id, done_at=None, order="due_at")
        sees_plan = can(by, Action.SEE, Thing.CRISIS_PLAN, *near)
        plan = current(plans) if sees_plan else None
        seen = [("person", {}), ("concern", {"open": str(bool(concerns))})]
        if plan is not None:
            seen.append(("crisis_plan", {"version": str(plan.version)}))
        said = await self._around(concerns)
        if said:
            seen.append(("message", {"notes": str(len(said))}))
        why = reason[:LONGEST_REASON]
        audit = [
            AuditEntry(person.id, now, f"staff:{by.id}", "see", thing, {"reason": why, **details})
            for thing, details in seen
        ]
        await self.record.save(Work(audit=audit))
        owners = {each.owner for each in concerns} | {each.owner for each in tasks}
        return PersonRecord(
            person,
            near,
            plan,
            plan_standing(plans, now.astimezone(LOCAL).date()),
            tuple(concerns),
            tuple(tasks),
            await self._names(
                owners | ({plan.author, plan.agreement.practitioner} if plan else set())
            ),
            said,
        )

    async def _around(
        self, concerns: Iterable[Concern]
    ) -> dict[ConcernNote, tuple[KeptMessage, ...]]:
        concern = next((each for each in concerns if each.status in UNCLOSED), None)
        if concern is None:
            return {}
        messages = await self.record.messages_of(concern.subject)
        return {note: found for note in concern.notes if (found := around(messages, note))}

    async def _caseload(self, by: Staff) -> dict[SubjectId, str]:
        """Who is on a caseload now: person to the colleague who is covered, or to ""."""
        now = self.clock.now()
        covers = await self.record.find(Cover, covering=by.id)
        absent = {each.absent for each in covers if each.holds(now)}
        entries = await self.record.find(CaseloadEntry, staff_id=(by.id, *sorted(absent)))
        held = [each for each in entries if each.holds(now)]
        covered = {each.subject: each.staff_id for each in held if each.staff_id != by.id}
        return covered | {each.subject: "" for each in held if each.staff_id == by.id}

    async def _waiting(self) -> dict[SubjectId, tuple[Concern | None, tuple[Task, ...]]]:
        """All that waits, by person: few rows, whatever the size of the record."""
        concerns = await self.record.find(Concern, status=UNCLOSED, order="opened_at")
        tasks = await self.record.find(Task, done_at=None, order="due_at")
        concern_of = {each.subject: each for each in concerns}
        return {
            subject: (
                concern_of.get(subject),
                tuple(each for each in tasks if each.subject == subject),
            )
            for subject in {*concern_of, *(each.subject for each in tasks)}
        }

    async def _lines(
        self,
        own: Mapping[SubjectId, str],
        everywhere: Mapping[SubjectId, tuple[Concern | None, tuple[Task, ...]]],
    ) -> tuple[CaseloadLine, ...]:
        if not own:
            return ()
        people = await self.record.find(Person, id=tuple(own))
        plans = await self.record.find(CrisisPlan, subject=tuple(own))
        today = self.clock.now().astimezone(LOCAL).date()
        lines = [
            CaseloadLine(
                person,
                plan_standing((each for each in plans if each.subject == person.id), today),
                await self._last_contact(person.id),
                Waiting(person, *everywhere.get(person.id, (None, ()))),
                own[person.id],
            )
            for person in people
        ]
        return tuple(sorted(lines, key=lambda each: each.person.called.casefold()))

    async def _elsewhere(
        self,
        by: Staff,
        own: Mapping[SubjectId, str],
        everywhere: Mapping[SubjectId, tuple[Concern | None, tuple[Task, ...]]],
    ) -> tuple[Waiting, ...]:
        others = tuple(each for each in everywhere if each not in own)
        if not others or not can(by, Action.SEE, Thing.CONCERN, Relation.TEAM):
            return ()
        teams = (await standing_of(self.record, by, self.clock.now())).in_teams
        if not teams:
            return ()
        people = await self.record.find(Person, id=others, team=tuple(sorted(teams)))
        return _in_order(Waiting(each, *everywhere[each.id]) for each in people)

    async def _last_contact(self, subject: SubjectId) -> date | None:
        last = await self.record.find(EngagementEvent, subject=subject, order="-at", limit=1)
        return last[0].at.astimezone(LOCAL).date() if last else None

    async def _names(self, staff_ids: Iterable[str]) -> dict[str, str]:
        wanted = tuple(sorted({each for each in staff_ids if each}))
        if not wanted:
            return {}
        return {each.id: each.name for each in await self.record.find(Staff, id=wanted)}


def _in_order(waiting: Iterable[Waiting]) -> tuple[Waiting, ...]:
    return tuple(sorted((each for each in waiting if each), key=lambda each: each.place))
