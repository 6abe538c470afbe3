"""A made-up team with a real record behind the practitioner web, and a clock that can be set."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
from argon2 import PasswordHasher
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from bot.adapters.content_files import load_content
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.passwords import Argon2Passwords
from bot.adapters.records import SqlRecord, open_record
from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern, Task, TaskKind
from bot.domain.content import Content
from bot.domain.crisis_plan import (
    Agreement,
    CrisisPlan,
    PlanContents,
    PlanPerson,
    PlanStatus,
    PlanStep,
)
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.people import Person, PersonState, Role, Staff
from bot.practitioner_web.app import create_app, practitioner_place
from bot.services.alerting.opening import Opening
from bot.services.alerts import Alerts, concern_changes
from bot.services.assigning import Assignments
from bot.services.caseloads import Caseloads
from bot.services.enrolment import Enrolment
from bot.services.ports import Work
from bot.services.staff import StaffAccounts
from bot.services.summaries import Summaries
from bot.web.health import Readiness

CONTENT = Path(__file__).parents[3] / "skills_content"

PASSWORD = "copper lantern meadow"

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
"""A Monday in summer time: half past ten in Derby."""

JOINED = datetime(2026, 1, 12, 11, tzinfo=UTC)

ADDRESS = "http://companion.test"

WORDS = "I can't see a way through tonight"
ANSWERED = "Thank you for telling me. Are you thinking of ending your life?"


@dataclass
class SetClock:
    """A clock that stands still until it is moved."""

    moment: datetime = NOW

    def now(self) -> datetime:
        """The time it is set to."""
        return self.moment

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.moment += by


@dataclass
class Pauses:
    """Notes how long somebody was made to wait, and lets them go on."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


@dataclass(frozen=True)
class OneContent:
    """Content that was loaded once."""

    content: Content

    def current(self) -> Content:
        """What was loaded."""
        return self.content


@dataclass
class World:
    """The services over one record, and people to put in it."""

    clock: SetClock
    keys: KeyRing
    ids: SystemIds
    record: SqlRecord
    passwords: Argon2Passwords
    pauses: Pauses
    content: Content
    readiness: Readiness = field(default_factory=lambda: Readiness(True, {"rasa": "down"}))
    metrics: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.accounts = StaffAccounts(
            self.record, self.clock, self.ids, self.keys, self.passwords, self.pauses
        )
        self.enrolment = Enrolment(self.record, self.clock, self.ids, self.keys)
        self.caseloads = Caseloads(self.record, self.clock)
        self.assignments = Assignments(self.record, self.clock, self.ids)
        self.alerts = Alerts(self.record, self.clock)
        self.opening = Opening(self.record, self.clock)
        self.summaries = Summaries(self.record, self.clock, OneContent(self.content))

    def app(self, address: str = ADDRESS, *, demo: bool = False) -> Starlette:
        """The practitioner web over this world."""

        async def ready() -> Readiness:
            return self.readiness

        return create_app(
            accounts=self.accounts,
            caseloads=self.caseloads,
            summaries=self.summaries,
            alerts=self.alerts,
            opening=self.opening,
            clock=self.clock,
            secrets=self.keys,
            ids=self.ids,
            place=practitioner_place(address, demo=demo),
            readiness=ready,
            metrics=self.metrics,
        )

    async def staff(
        self, username: str = "sam", role: Role = Role.PRACTITIONER, team: str = "North"
    ) -> Staff:
        """A member of staff with the usual password."""
        return await self.accounts.add(
            username=username,
            name=f"{username.capitalize()} Example",
            role=role,
            team=team,
            password=PASSWORD,
            by=None,
        )

    async def person(self, by: Staff, code: str = "wren-1", called: str = "Wren") -> Person:
        """A person on a practitioner's caseload, who joined in January."""
        added = await self.enrolment.add(
            code=code, name=f"{called} Example", chosen_name=called, team=by.team, by=by
        )
        joined = replace(added, state=PersonState.ACTIVE, joined_at=JOINED)
        await self.keep(joined, joined)
        return joined

    async def happened(
        self,
        person: Person,
        kind: EventKind,
        at: datetime,
        details: Mapping[str, str | int] | None = None,
    ) -> None:
        """One engagement event."""
        event = EngagementEvent(self.ids.new(), person.id, kind, at, details or {})
        await self.keep(person, event)

    async def wrote(self, person: Person, words: str = WORDS) -> Concern:
        """Something that opens a concern, or joins the open one."""
        work = Work()
        concern = concern_changes(
            work,
            await self.alerts.concern_of(person.id),
            person.id,
            now=self.clock.now(),
            tier="immediate_crisis",
            family="intent",
            words=words,
            answered=ANSWERED,
            ids=self.ids,
        )
        await self.record.save(work)
        return concern

    async def task(self, person: Person, owner: Staff) -> Task:
        """Something for a member of staff to do by this afternoon."""
        task = Task(
            self.ids.new(),
            person.id,
            TaskKind.UNANSWERED_ASK,
            self.clock.now(),
            self.clock.now() + timedelta(hours=5),
            owner.id,
            "It asked twice whether they were safe.",
        )
        await self.keep(person, task)
        return task

    async def plan(
        self,
        person: Person,
        by: Staff,
        *,
        status: PlanStatus = PlanStatus.AGREED,
        review_due: date | None = date(2026, 9, 3),
        because: str = "",
    ) -> CrisisPlan:
        """A version of a crisis plan."""
        plan = CrisisPlan(
            self.ids.new(),
            person.id,
            1,
            status,
            by.id,
            self.clock.now(),
            review_due,
            Agreement(date(2026, 3, 2), date(2026, 3, 3), by.id, "on paper"),
            PLAN if status is PlanStatus.AGREED else PlanContents(declined_because=because),
        )
        await self.keep(person, plan)
        return plan

    async def keep(self, person: Person, entity: object) -> None:
        """Put something straight into the record."""
        entry = AuditEntry(person.id, self.clock.now(), "program", "made", "test")
        await self.record.save(Work(put=[entity], audit=[entry]))

    async def aclose(self) -> None:
        """End the threads behind the record and the passwords."""
        await self.record.aclose()
        self.passwords.close()


PLAN = PlanContents(
    matters_to_me=("My sister", "The allotment in May"),
    triggers=("Letters about money",),
    early_signs=("I stop answering my phone",),
    late_signs=("I give things away",),
    usual_for_me="I am quiet in the mornings.",
    different_for_me="I talk fast and don't sleep.",
    steps=(
        PlanStep("Walk to the canal and back", gets_in_the_way="Rain, or it being dark"),
        PlanStep("STOP, then the five senses", skill="stop"),
    ),
    distractions=("The library on a Saturday",),
    people=(PlanPerson("Jo", "07700 900123", "Listens and doesn't fix"),),
    professionals=(PlanPerson("Duty desk", "01632 960001", "Weekdays, 9am to 5pm"),),
    making_safer=("Jo keeps what I asked her to keep",),
    helps_from_staff=("Short sentences",),
    makes_it_worse=("Being told to count my blessings",),
    wishes="Ring Jo first.",
)


def new_world(home: Path, content: Content) -> World:
    """A world with an empty record of its own."""
    clock = SetClock()
    keys = KeyRing.create(home / "master.key", clock.now())
    ids = SystemIds(clock)
    address = f"sqlite:///{home / 'companion.sqlite'}"
    record = open_record(address, keys, clock, ids, upgrade=True)
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    return World(clock, keys, ids, record, Argon2Passwords(quick), Pauses(), content)


def read_content() -> Content:
    """The project's own content."""
    return load_content(CONTENT)


@dataclass
class Browser:
    """Somebody at a browser without a screen: keeps cookies, reads pages, sends their forms."""

    client: httpx.AsyncClient
    page: str = ""

    @classmethod
    def at(cls, app: Starlette, address: str = ADDRESS, peer: str = "203.0.113.7") -> Browser:
        """A browser on another machine."""
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(peer, 50000))
        return cls(httpx.AsyncClient(transport=transport, base_url=address))

    async def open(self, path: str) -> httpx.Response:
        """Go to a page; redirects are followed."""
        answer = await self.client.get(path, follow_redirects=True)
        self.page = answer.text
        return answer

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of the page that is open, token included."""
        answer = await self.client.post(
            path, data={"csrf": self.token(), **fields}, follow_redirects=True
        )
        self.page = answer.text
        return answer

    async def sign_in(self, username: str = "sam", password: str = PASSWORD) -> httpx.Response:
        """Sign in by the form."""
        await self.open("/sign-in")
        return await self.send("/sign-in", username=username, password=password)

    def token(self) -> str:
        """The token of the forms on the open page."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.page)
        return found.group(1) if found else ""
