"""Who is in which team, who supervises, who covers for whom, and who has left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.audit import AuditEntry
from bot.domain.errors import BadInput, NotAllowedNow, NotFound
from bot.domain.people import CaseloadEntry, Person, Session, Staff
from bot.domain.permissions import Action, Relation, Thing, check_may
from bot.domain.structure import Cover, Membership, Part, Supervision
from bot.services.nearness import nearness_to_staff, standing_of
from bot.services.ports import Clock, Ids, Record, Work
from bot.services.structure import change_entry, check_may_shape, find_team

LONGEST_COVER = timedelta(days=92)
"""Longer than a leave of three months is a new key worker, not cover."""


@dataclass(frozen=True)
class Memberships:
    """Colleagues' places. ``by`` None is the operator at the machine's own command line."""

    record: Record
    clock: Clock
    ids: Ids

    async def join(
        self, staff: Staff, team_id: str, *, by: Staff | None, part: Part = Part.MEMBER
    ) -> Membership:
        """Let a colleague be in a team too, or in another part of it; once is enough.

        Raises ``NotPermitted``, ``NotFound``.
        """
        await find_team(self.record, team_id)
        await self._check_may_shape(by, team_id)
        now = self.clock.now()
        held = [each for each in await self._memberships(staff, now) if each.team == team_id]
        if any(each.part is part for each in held):
            return next(each for each in held if each.part is part)
        membership = Membership(self.ids.new(), staff.id, team_id, part, now)
        ended = [replace(each, until=now) for each in held]
        entry = self._entry(by, "join", "team", team=team_id, staff=staff.id, part=part.value)
        await self.record.save(Work(put=[*ended, membership], audit=[entry]))
        return membership

    async def leave_team(self, staff: Staff, team_id: str, *, by: Staff | None) -> None:
        """End a colleague's time in a team. Raises ``NotPermitted``, ``NotFound``."""
        await self._check_may_shape(by, team_id)
        now = self.clock.now()
        held = [each for each in await self._memberships(staff, now) if each.team == team_id]
        if not held:
            raise NotFound(f"{staff.username} is not in the team '{team_id}'.")
        entry = self._entry(by, "leave", "team", team=team_id, staff=staff.id)
        ended = [replace(each, until=now) for each in held]
        await self.record.save(Work(put=[*ended], audit=[entry]))

    async def move(self, staff: Staff, team_id: str, *, by: Staff | None) -> Staff:
        """Move a colleague to another home team; other teams and their caseload stay theirs.

        Raises ``NotPermitted`` (to both teams), ``NotFound``, ``NotAllowedNow`` for somebody who
        has left, ``ChangedMeanwhile``.
        """
        _check_here(staff)
        await find_team(self.record, team_id)
        await self._check_may_shape(by, team_id)
        await self._check_may_shape(by, staff.team)
        now = self.clock.now()
        held = await self._memberships(staff, now)
        home = [each for each in held if each.team == staff.team]
        part = home[0].part if home else Part.MEMBER
        moved = replace(staff, team=team_id)
        over = [each for each in held if each.team in {staff.team, team_id}]
        ended = [replace(each, until=now) for each in over]
        begun = Membership(self.ids.new(), staff.id, team_id, part, now)
        entry = self._entry(by, "move", "staff", staff=staff.id, old=staff.team, new=team_id)
        put = [moved, *ended, begun]
        await self.record.save(Work(expect=[staff], put=put, audit=[entry]))
        return moved

    async def leave(self, staff: Staff, *, by: Staff | None) -> Staff:
        """A colleague leaves the service: sessions, memberships, cover and supervision end.

        Refused while people have nobody else: their key worker, or the only one whose caseload
        they are on, cannot leave before that is somebody else. Raises ``NotPermitted``,
        ``BadInput`` with the codes of those people, ``NotAllowedNow``, ``ChangedMeanwhile``.
        """
        _check_here(staff)
        now = self.clock.now()
        if by is not None:
            # Somebody else ends an account: one's own password is not one's own leaving.
            near = await nearness_to_staff(self.record, by, staff, now) - {Relation.SELF}
            check_may(by, Action.WRITE, Thing.STAFF, *near)
        left_alone = await self._left_alone(staff, now)
        if left_alone:
            raise BadInput(
                f"{staff.username} is still the key worker of, or alone with: "
                f"{', '.join(left_alone)}. Name somebody else first "
                "('companion people key-worker')."
            )
        gone = replace(staff, ended_at=now, password="")
        work = Work(
            expect=[staff], put=[gone], remove=[*await self.record.find(Session, staff_id=staff.id)]
        )
        dated: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
            (Membership, ("staff_id",)),
            (CaseloadEntry, ("staff_id",)),
            (Cover, ("absent", "covering")),
            (Supervision, ("supervisor", "staff_id")),
        )
        for kind, names in dated:
            for name in names:
                equal: dict[str, Any] = {name: staff.id}
                found: list[Any] = await self.record.find(kind, **equal)
                work.put += [_ended(each, now) for each in found if _goes_on(each, now)]
        work.audit.append(self._entry(by, "leave", "staff", staff=staff.id))
        await self.record.save(work)
        return gone

    async def cover(
        self, absent: Staff, covering: Staff, *, since: datetime, until: datetime, by: Staff | None
    ) -> Cover:
        """Let a colleague stand in for another while they are on leave.

        Raises ``NotPermitted``, ``BadInput`` for times that cannot be and for a colleague of
        another agency, ``NotAllowedNow`` for one who has left.
        """
        await self._check_may_shape(by, absent.team, about=absent)
        if absent.id == covering.id:
            raise BadInput("Nobody covers for themselves.")
        _check_here(absent)
        _check_here(covering)
        await self._check_same_agency(absent, covering)
        if covering.role is not absent.role:
            # A caseload is only as safe as the table says for whoever reads it.
            raise BadInput("Cover is by a colleague in the same role.")
        # What was not covered yesterday was not: it begins now at the earliest.
        since = max(since, self.clock.now())
        if not since < until:
            raise BadInput("Cover ends after it begins, and not in the past.")
        if until - since > LONGEST_COVER:
            raise BadInput("Cover lasts three months at most: name another key worker instead.")
        cover = Cover(self.ids.new(), absent.id, covering.id, since, until)
        times = {"since": since.isoformat(), "until": until.isoformat()}
        entry = self._entry(by, "cover", "staff", absent=absent.id, covering=covering.id, **times)
        await self.record.save(Work(put=[cover], audit=[entry]))
        return cover

    async def end_cover(self, cover: Cover, *, by: Staff | None) -> None:
        """End cover now. Raises ``NotPermitted``, ``NotFound``; ``NotAllowedNow`` when over."""
        if cover.until <= self.clock.now():
            raise NotAllowedNow("It is over already.")
        absent = await self.record.get(Staff, cover.absent)
        if absent is None:
            raise NotFound("Nobody is covered by this.")
        await self._check_may_shape(by, absent.team, about=absent)
        entry = self._entry(by, "end", "cover", absent=cover.absent, covering=cover.covering)
        now = max(self.clock.now(), cover.since)
        await self.record.save(Work(put=[replace(cover, until=now)], audit=[entry]))

    async def supervise(
        self, supervisor: Staff, staff: Staff, *, by: Staff | None, on: bool = True
    ) -> None:
        """Begin, or end, one colleague's supervision of another.

        Raises ``NotPermitted``, ``BadInput``.
        """
        await self._check_may_shape(by, staff.team)
        if supervisor.id == staff.id:
            raise BadInput("Nobody supervises themselves.")
        _check_here(supervisor)
        await self._check_same_agency(staff, supervisor)
        now = self.clock.now()
        found = await self.record.find(Supervision, supervisor=supervisor.id, staff_id=staff.id)
        held = [each for each in found if each.holds(now)]
        if on == bool(held):
            return
        entry = self._entry(
            by, "supervise" if on else "end", "staff", supervisor=supervisor.id, staff=staff.id
        )
        changed = (
            [Supervision(self.ids.new(), supervisor.id, staff.id, now)]
            if on
            else [replace(each, until=now) for each in held]
        )
        await self.record.save(Work(put=[*changed], audit=[entry]))

    async def _check_may_shape(
        self, by: Staff | None, team_id: str, about: Staff | None = None
    ) -> None:
        await check_may_shape(self.record, by, team_id, self.clock.now(), about)

    def _entry(self, by: Staff | None, action: str, thing: str, **details: str) -> AuditEntry:
        return change_entry(by, self.clock.now(), action, thing, **details)

    async def _check_same_agency(self, one: Staff, other: Staff) -> None:
        now = self.clock.now()
        first = await standing_of(self.record, one, now)
        second = await standing_of(self.record, other, now)
        if not first.agencies & second.agencies:
            raise BadInput("They work for different agencies.")

    async def _memberships(self, staff: Staff, now: datetime) -> list[Membership]:
        found = await self.record.find(Membership, staff_id=staff.id)
        return [each for each in found if each.holds(now)]

    async def _left_alone(self, staff: Staff, now: datetime) -> list[str]:
        """Codes of people who would have nobody."""
        of = await self.record.find(CaseloadEntry, staff_id=staff.id)
        mine = tuple({each.subject for each in of if each.holds(now)})
        if not mine:
            return []
        entries = await self.record.find(CaseloadEntry, subject=mine)
        shared = {each.subject for each in entries if each.holds(now) and each.staff_id != staff.id}
        people = await self.record.find(Person, id=mine)
        return sorted(
            each.code for each in people if each.id not in shared or each.key_worker == staff.id
        )


def _check_here(staff: Staff) -> None:
    if staff.ended_at is not None:
        raise NotAllowedNow(f"{staff.username} has left.")


def _goes_on(row: Any, now: datetime) -> bool:
    """Whether a dated row holds now or would later."""
    return row.until is None or row.until > now


def _ended(row: Any, now: datetime) -> Any:
    """The row, ended now; what had not begun never will."""
    return replace(row, until=max(now, row.since))
