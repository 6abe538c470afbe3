"""Made-up people for ``bench store``: a team, its practitioners, and caseloads of 25."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.bootstrap import Companion
from bot.cli.bench.store_figures import BenchFailed
from bot.domain.audit import SERVICE_CHAIN, AuditEntry
from bot.domain.concerns import Concern, ConcernNote, ConcernStatus
from bot.domain.crisis_plan import Agreement, CrisisPlan, PlanContents, PlanStatus, PlanStep
from bot.domain.messages import SubjectId
from bot.domain.people import Address, CaseloadEntry, Person, PersonState, Role, Staff
from bot.domain.structure import Membership, Part, Team
from bot.services.ports import Work

CASELOAD = 25
CHANNEL = "bench"
A_CONCERN_EVERY = 50
"""One person in so many has an open concern: each caseload reads them all."""

_TEAM = "bench-team"


@dataclass(frozen=True)
class Made:
    """The people of a record, and who works with each of them."""

    people: tuple[Person, ...]
    staff: tuple[Staff, ...]

    def worker_of(self, number: int) -> Staff:
        """Whose caseload a person is on, by the person's place."""
        return self.staff[number // CASELOAD]


async def made_people(companion: Companion, count: int) -> Made:
    """The people of this record, made where they are not there yet: ``count`` of them.

    Raises ``BenchFailed`` where there are others.
    """
    people = await companion.record.find(Person, team=_TEAM, order="code")
    staff = await companion.record.find(Staff, team=_TEAM, order="username")
    if len(people) == count:
        return Made(tuple(people), tuple(staff))
    if people:
        raise BenchFailed("The kept records are of another size, or half made: remove the folder.")
    workers = [_worker(companion, number) for number in range((count - 1) // CASELOAD + 1)]
    now = companion.clock.now()
    entry = AuditEntry(SERVICE_CHAIN, now, "program", "write", "staff")
    members = [
        Membership(companion.ids.new(), each.id, _TEAM, Part.MEMBER, now) for each in workers
    ]
    team = Team(_TEAM, "Bench team")
    await companion.record.save(Work(put=[team, *workers, *members], audit=[entry]))
    made: list[Person] = []
    for start in range(0, count, CASELOAD):
        numbers = range(start, min(start + CASELOAD, count))
        by = workers[start // CASELOAD]
        made += await asyncio.gather(*(_add(companion, number, by) for number in numbers))
    return Made(tuple(made), tuple(workers))


async def addresses_of(companion: Companion, people: Sequence[Person]) -> dict[SubjectId, str]:
    """The id of each person's address on the bench's channel."""
    found = await companion.record.find(Address, subject=tuple(each.id for each in people))
    return {each.subject: each.id for each in found}


def _worker(companion: Companion, number: int) -> Staff:
    return Staff(
        id=companion.ids.new(),
        username=f"bench-{number:03}",
        name=f"Bench {number}",
        role=Role.PRACTITIONER,
        team=_TEAM,
        created_at=companion.clock.now(),
    )


async def _add(companion: Companion, number: int, by: Staff) -> Person:
    new, now = companion.ids.new, companion.clock.now()
    person = Person(
        id=SubjectId(new()),
        code=f"BENCH-{number:05}",
        state=PersonState.ACTIVE,
        team=_TEAM,
        created_at=now,
        name=f"Bench Person {number}",
        key_worker=by.id,
        joined_at=now,
    )
    put: list[object] = [
        person,
        Address(new(), person.id, CHANNEL, str(number), now),
        CaseloadEntry(new(), by.id, person.id, now - timedelta(days=400)),
        *(_plan(companion, person, version, by) for version in (1, 2)),
    ]
    if number % A_CONCERN_EVERY == 0:
        note = ConcernNote(now, "I can't do this any more tonight.", "Your plan is here.")
        put.append(
            Concern(new(), person.id, now, ConcernStatus.OPEN, "check", "passive", (note,), by.id)
        )
    entry = AuditEntry(person.id, now, "program", "write", "person")
    await companion.record.save(Work(put=put, new_keys=[person.id], audit=[entry]))
    return person


def _plan(companion: Companion, person: Person, version: int, by: Staff) -> CrisisPlan:
    now = companion.clock.now()
    return CrisisPlan(
        id=companion.ids.new(),
        subject=person.id,
        version=version,
        status=PlanStatus.SUPERSEDED if version == 1 else PlanStatus.AGREED,
        author=by.id,
        created_at=now,
        review_due=now.date() + timedelta(days=90),
        agreement=Agreement(now.date(), now.date(), by.name, "on paper"),
        contents=PlanContents(
            early_signs=("I stop answering the phone.",),
            steps=(PlanStep("Put the big light on."), PlanStep("Walk round the block.", "stop")),
            distractions=("The crossword.", "Ring Jo about the dog."),
            makes_it_worse=("Being told to calm down.",),
            wishes="Ask me before you ring anybody.",
        ),
    )
