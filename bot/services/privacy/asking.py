"""Requests about a record: put forward by the person or by staff, for a named person to decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.audit import AuditEntry
from bot.domain.concerns import Task, TaskKind
from bot.domain.errors import BadInput, NotAllowedNow, NotFound
from bot.domain.people import Person, Role, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.rights import ANSWER_WITHIN, RequestKind, RequestStatus, RightsRequest
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, Ids, Record, Work

LONGEST_WORDS = 2000

PERSON = "person"
"""Who asks when it is not a member of staff."""


@dataclass(frozen=True)
class Asked:
    """A request, and who has it to decide. ``owner`` is None where nobody could be named."""

    request: RightsRequest
    owner: Staff | None

    @property
    def has_no_privacy_lead(self) -> bool:
        """Whether nobody is named for these requests, so that it went to the key worker."""
        return self.owner is None or self.owner.role is not Role.PRIVACY


@dataclass(frozen=True)
class Asking:
    """Puts requests forward and closes those that are refused."""

    record: Record
    clock: Clock
    ids: Ids

    async def ask(
        self, code: str, kind: RequestKind, *, by: Staff | None, words: str = ""
    ) -> Asked:
        """Open a request with a task for it, due in 30 days. ``by`` None is the person.

        A copy or an erasure that is asked for already is not asked for twice. Raises
        ``NotFound``, ``NotPermitted``, ``BadInput``.
        """
        person = await find_person(self.record, code)
        if by is not None:
            near = await nearness(self.record, by, person, self.clock.now())
            check_may(by, Action.ASK, Thing.RIGHTS, *near)
            said(words)
        owner = await self.owner_for(person)
        for each in await open_requests(self.record, person):
            if each.kind is kind and kind is not RequestKind.CORRECTION:
                return Asked(each, owner)
        work = Work()
        who = PERSON if by is None else f"staff:{by.id}"
        request = asked(
            work, person, kind, owner=owner, now=self.clock.now(), by=who, words=words, ids=self.ids
        )
        await self.record.save(work)
        return Asked(request, owner)

    async def owner_for(self, person: Person) -> Staff | None:
        """Who decides: the person named for privacy, else the key worker."""
        named = await self.record.find(
            Staff, role=Role.PRIVACY, ended_at=None, order="created_at", limit=1
        )
        if named:
            return named[0]
        worker = await self.record.get(Staff, person.key_worker)
        return worker if worker is not None and worker.ended_at is None else None

    async def waiting(self, *, by: Staff) -> list[tuple[RightsRequest, str]]:
        """Requests that nobody has closed, with the person's code, the one due first in front.

        Raises ``NotPermitted``.
        """
        check_may(by, Action.DECIDE, Thing.RIGHTS)
        found = await self.record.find(RightsRequest, status=_UNDECIDED, order="due_at")
        subjects = tuple({each.subject for each in found})
        people = await self.record.find(Person, id=subjects) if subjects else []
        codes = {each.id: each.code for each in people}
        return [(each, codes.get(each.subject, "")) for each in found]

    async def refuse(self, request_id: str, *, by: Staff, because: str) -> RightsRequest:
        """Close a request that is not met, with the reason that the person is given.

        Raises ``NotFound``, ``NotPermitted``, ``NotAllowedNow``, ``BadInput``.
        """
        check_may(by, Action.DECIDE, Thing.RIGHTS)
        request = await undecided(self.record, request_id)
        work = Work()
        refused = await decided(
            self.record,
            work,
            replace(request, status=RequestStatus.REFUSED, decision=said(because)),
            before=request,
            by=by,
            now=self.clock.now(),
        )
        await self.record.save(work)
        return refused


_ASKS = {
    RequestKind.ACCESS: "They ask for a copy of their record.",
    RequestKind.CORRECTION: "They say that something in their record is wrong.",
    RequestKind.ERASURE: "They ask to have their record erased.",
}
_UNDECIDED = (RequestStatus.OPEN, RequestStatus.DRAFTED)


def said(words: str) -> str:
    """What somebody gives as their words. Raises ``BadInput`` for none, and for too many."""
    given = words.strip()
    if not given:
        raise BadInput("Say why.")
    if len(given) > LONGEST_WORDS:
        raise BadInput(f"Up to {LONGEST_WORDS} characters can be kept.")
    return given


def asked(
    work: Work,
    person: Person,
    kind: RequestKind,
    *,
    owner: Staff | None,
    now: datetime,
    by: str,
    words: str,
    ids: Ids,
) -> RightsRequest:
    """Add to ``work`` a new request and the task for it. ``by`` is "person" or "staff:ID"."""
    request = RightsRequest(
        ids.new(),
        person.id,
        kind,
        RequestStatus.OPEN,
        now,
        now + ANSWER_WITHIN,
        by,
        about=words.strip()[:LONGEST_WORDS],
    )
    task = Task(
        ids.new(),
        person.id,
        TaskKind.RIGHTS,
        now,
        request.due_at,
        owner.id if owner else person.key_worker,
        about=f"{_ASKS[kind]} Request {request.id}",
    )
    work.put += [request, task]
    details = {"kind": kind.value, "request": request.id}
    work.audit.append(AuditEntry(person.id, now, by, "ask", "rights_request", details))
    return request


async def open_requests(record: Record, person: Person) -> list[RightsRequest]:
    """A person's requests that are not decided, the oldest first."""
    return await record.find(RightsRequest, subject=person.id, status=_UNDECIDED, order="asked_at")


async def undecided(
    record: Record, request_id: str, kind: RequestKind | None = None
) -> RightsRequest:
    """A request that can still be decided. Raises ``NotFound``, ``NotAllowedNow``."""
    request = await record.get(RightsRequest, request_id)
    if request is None or (kind is not None and request.kind is not kind):
        raise NotFound("There is no such request.")
    if request.status not in _UNDECIDED:
        raise NotAllowedNow(f"This request is {request.status.value}.")
    return request


async def decided(
    record: Record,
    work: Work,
    after: RightsRequest,
    *,
    before: RightsRequest,
    by: Staff,
    now: datetime,
) -> RightsRequest:
    """Add to ``work`` that a request is closed, and that its task is done."""
    closed = replace(after, decided_by=by.id, decided_at=now)
    tasks = await record.find(Task, subject=closed.subject, kind=TaskKind.RIGHTS, done_at=None)
    work.expect.append(before)
    work.put.append(closed)
    work.put += [
        replace(each, done_at=now, done_by=by.id)
        for each in tasks
        if each.about.endswith(closed.id)
    ]
    details = {"request": closed.id, "status": closed.status.value}
    work.audit.append(
        AuditEntry(closed.subject, now, f"staff:{by.id}", "decide", "rights_request", details)
    )
    return closed
