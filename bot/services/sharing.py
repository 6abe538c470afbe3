"""Carers, and what the person shares with them and with other agencies, item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from bot.domain.audit import AuditEntry
from bot.domain.crisis_plan import AGENCY_FIELDS, CARER_FIELDS, PlanStatus, current
from bot.domain.crisis_plan import CrisisPlan as Plan
from bot.domain.errors import BadInput, NotFound
from bot.domain.messages import SubjectId
from bot.domain.people import Person, PersonState, Role, Staff
from bot.domain.permissions import Action, Relation, Thing, allowed, can, check_may
from bot.domain.sharing import PLAN, SUMMARY, USE, Carer, Share, SharedWith
from bot.domain.structure import Agency
from bot.services.nearness import find_person, nearness, standing_of
from bot.services.ports import Clock, Ids, Record, Work

CARER_ITEMS = frozenset(f"{PLAN}.{each}" for each in CARER_FIELDS)
AGENCY_ITEMS = frozenset({USE, SUMMARY, *(f"{PLAN}.{each}" for each in AGENCY_FIELDS)})


@dataclass(frozen=True)
class SharedPlan:
    """The parts of an agreed plan that are shared with one reader; nothing else of it.

    ``parts`` maps a field of ``PlanContents`` to its value.
    """

    called: str
    version: int
    parts: Mapping[str, object]


@dataclass(frozen=True)
class Sharing:
    """Every choice is the person's; ``by`` a member of staff writes down what they chose."""

    record: Record
    clock: Clock
    ids: Ids

    async def add_carer(
        self, code: str, *, name: str, by: Staff, relationship: str = "", contact: str = ""
    ) -> Carer:
        """Note somebody whom the person wants to have something from here. Nothing is shared yet.

        Raises ``NotFound``, ``NotPermitted``, ``BadInput``.
        """
        person = await self._may_write(code, by)
        if not name.strip():
            raise BadInput("A carer has a name.")
        now = self.clock.now()
        carer = Carer(
            self.ids.new(), person.id, now, name.strip(), relationship.strip(), contact.strip()
        )
        await self._save([carer], person.id, f"staff:{by.id}", "add", "carer", carer=carer.id)
        return carer

    async def end_carer(self, code: str, carer_id: str, *, by: Staff) -> None:
        """The agreement ends, and all that is shared under it. Raises as ``add_carer``."""
        person = await self._may_write(code, by)
        carer = await self._carer(person.id, carer_id)
        now = self.clock.now()
        shares = await self._shares(person.id, SharedWith.CARER, carer_id)
        ended = [replace(each, until=now) for each in shares]
        put = [replace(carer, until=now), *ended]
        await self._save(put, person.id, f"staff:{by.id}", "end", "carer", carer=carer_id)

    async def carers(self, code: str, *, by: Staff) -> list[Carer]:
        """Who the person's carers are now. Raises ``NotFound``, ``NotPermitted``."""
        person = await find_person(self.record, code)
        now = self.clock.now()
        near = await nearness(self.record, by, person, now)
        check_may(by, Action.SEE, Thing.SHARING, *near)
        found = await self.record.find(Carer, subject=person.id, order="since")
        return [each for each in found if each.holds(now)]

    async def share(
        self, code: str, item: str, kind: SharedWith, with_id: str, *, by: Staff | None
    ) -> Share:
        """Share one item with one carer or agency; once is enough. ``by`` None is the person.

        Raises ``NotFound``, ``NotPermitted``, ``BadInput`` for an item that is never shared so.
        """
        person, who = await self._chooser(code, by)
        items = CARER_ITEMS if kind is SharedWith.CARER else AGENCY_ITEMS
        if item not in items:
            raise BadInput(f"'{item}' is not shared so. What can be: {', '.join(sorted(items))}.")
        if kind is SharedWith.CARER:
            await self._carer(person.id, with_id)
        elif await self.record.get(Agency, with_id) is None:
            raise NotFound(f"There is no agency '{with_id}'.")
        there = await self._shares(person.id, kind, with_id, item)
        if there:
            return there[0]
        share = Share(self.ids.new(), person.id, item, kind, with_id, who, self.clock.now())
        details = {"item": item, "kind": kind.value, "id": with_id}
        await self._save([share], person.id, who, "share", "sharing", **details)
        return share

    async def stop_sharing(
        self, code: str, item: str, kind: SharedWith, with_id: str, *, by: Staff | None
    ) -> None:
        """Stop sharing an item from now on; they may have kept a copy.

        Raises ``NotFound``, ``NotPermitted``.
        """
        person, who = await self._chooser(code, by)
        shares = await self._shares(person.id, kind, with_id, item)
        if not shares:
            raise NotFound("This is not shared.")
        now = self.clock.now()
        ended = [replace(each, until=now) for each in shares]
        details = {"item": item, "kind": kind.value, "id": with_id}
        await self._save(ended, person.id, who, "stop", "sharing", **details)

    async def plan_for_carer(self, carer_id: str) -> SharedPlan:
        """What a carer may see of the plan. Raises ``NotFound`` where nothing is shared."""
        now = self.clock.now()
        carer = await self.record.get(Carer, carer_id)
        if carer is None or not carer.holds(now):
            raise NotFound("Nothing is shared.")
        items = await self._items(carer.subject, SharedWith.CARER, {carer_id}, now)
        may = allowed(Role.CARER, Action.SEE, Thing.CRISIS_PLAN, Relation.CARER, is_shared=True)
        return await self._shared_plan(
            carer.subject, items & CARER_ITEMS if may else frozenset(), f"carer:{carer_id}"
        )

    async def plan_for_agency(self, code: str, *, by: Staff) -> SharedPlan:
        """What somebody in another agency may see of the plan.

        Where nothing is shared, the answer is that of a code that nobody has: not even that the
        person is here is told. Raises ``NotFound``.
        """
        person = await find_person(self.record, code)
        now = self.clock.now()
        near = await nearness(self.record, by, person, now)
        agencies = (await standing_of(self.record, by, now)).agencies
        items = await self._items(person.id, SharedWith.AGENCY, agencies, now)
        if not can(by, Action.SEE, Thing.CRISIS_PLAN, *near, is_shared=bool(items)):
            raise NotFound("Nobody has this code.")
        return await self._shared_plan(person.id, items & AGENCY_ITEMS, f"staff:{by.id}")

    async def _shared_plan(self, subject: SubjectId, items: frozenset[str], who: str) -> SharedPlan:
        person = await self.record.get(Person, subject)
        plan = current(tuple(await self.record.find(Plan, subject=subject)))
        wanted = {each.removeprefix(f"{PLAN}.") for each in items if each.startswith(f"{PLAN}.")}
        has_died = person is None or person.state is PersonState.DIED
        if (
            person is None
            or has_died
            or plan is None
            or plan.status is not PlanStatus.AGREED
            or not wanted
        ):
            raise NotFound("Nobody has this code.")
        names = [each.name for each in fields(plan.contents) if each.name in wanted]
        parts = {name: getattr(plan.contents, name) for name in names}
        details = {"version": str(plan.version), "reason": "shared"}
        await self._save([], subject, who, "see", "crisis_plan", **details)
        return SharedPlan(person.called, plan.version, parts)

    async def _items(
        self,
        subject: SubjectId,
        kind: SharedWith,
        with_ids: frozenset[str] | set[str],
        now: datetime,
    ) -> frozenset[str]:
        found = await self.record.find(Share, subject=subject, with_kind=kind)
        return frozenset(
            each.item for each in found if each.with_id in with_ids and each.holds(now)
        )

    async def _shares(
        self, subject: SubjectId, kind: SharedWith, with_id: str, item: str = ""
    ) -> list[Share]:
        now = self.clock.now()
        found = await self.record.find(Share, subject=subject, with_kind=kind, with_id=with_id)
        return [each for each in found if each.holds(now) and item in {"", each.item}]

    async def _carer(self, subject: SubjectId, carer_id: str) -> Carer:
        carer = await self.record.get(Carer, carer_id)
        if carer is None or carer.subject != subject or not carer.holds(self.clock.now()):
            raise NotFound("This carer is not there.")
        return carer

    async def _may_write(self, code: str, by: Staff) -> Person:
        person = await find_person(self.record, code)
        near = await nearness(self.record, by, person, self.clock.now())
        check_may(by, Action.WRITE, Thing.SHARING, *near)
        return person

    async def _chooser(self, code: str, by: Staff | None) -> tuple[Person, str]:
        if by is None:
            return await find_person(self.record, code), "person"
        return await self._may_write(code, by), f"staff:{by.id}"

    async def _save(
        self,
        put: Sequence[object],
        subject: SubjectId,
        by: str,
        action: str,
        thing: str,
        **details: str,
    ) -> None:
        entry = AuditEntry(subject, self.clock.now(), by, action, thing, details)
        await self.record.save(Work(put=[*put], audit=[entry]))
