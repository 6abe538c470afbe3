"""A team, its people and colleagues, and what goes out to them, over any record."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.adapters.identifiers import SystemIds
from bot.domain.concerns import Concern
from bot.domain.errors import CompanionError
from bot.domain.night_route import NightPickup
from bot.domain.notices import Notice, Rung
from bot.domain.on_call import AlertPoint, DutyPlace, PointChannel
from bot.domain.people import CaseloadEntry, Person, Role, Staff
from bot.domain.structure import Cover, Membership, Part, Team
from bot.domain.team_hours import no_holidays
from bot.services.alerting.planning import plan_alerts
from bot.services.alerting.sending import AlertTexts, Dispatcher
from bot.services.alerting.service import Alerting
from bot.services.alerts import Alerts, concern_changes
from bot.services.ports import AlertText, Work
from tests.integration.records.making import AnyRecord, SetClock, entry, person

MONDAY_TEN = datetime(2030, 3, 4, 10, tzinfo=UTC)
MONDAY_NIGHT = datetime(2030, 3, 4, 23, tzinfo=UTC)

TEXTS = AlertTexts(*(AlertText(each, each, each) for each in ("alert", "daily", "missing")))


@dataclass
class Outgoing:
    """What takes alerts: keeps them, or fails as it is told to."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    """To whom, and what."""
    fails: dict[str, CompanionError] = field(default_factory=dict)
    """By address; "*" for all."""
    outcomes: dict[str, bool] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)

    async def send(self, point: AlertPoint, text: AlertText, notice_id: str) -> str:
        problem = self.fails.get(point.address) or self.fails.get("*")
        if problem is not None:
            raise problem
        self.sent.append((point.address.partition("@")[0], text.subject))
        self.ids.append(notice_id)
        return f"ref-{point.address}"

    async def delivered(self, reference: str) -> bool | None:
        return self.outcomes.get(reference)

    @property
    def to(self) -> list[str]:
        """To whom, in order."""
        return [each for each, _ in self.sent]


@dataclass
class OnCall:
    """Dawn works with Robin; Ali is her colleague, Mona manages their team, Nell is on at night."""

    record: AnyRecord
    clock: SetClock
    robin: Person
    outgoing: Outgoing = field(default_factory=Outgoing)
    woken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        ids = SystemIds(self.clock)
        self.ids = ids
        self.alerts = Alerts(self.record, self.clock)
        self.alerting = Alerting.over(self.record, self.clock, ids, has_sender=True)
        self.dispatcher = Dispatcher(self.record, self.clock, ids, self.outgoing, TEXTS)

    async def staff(self, name: str) -> Staff:
        found = await self.record.find(Staff, username=name)
        return found[0]

    async def at(self, name: str) -> None:
        """Give somebody an address."""
        member, address = await self.staff(name), f"{name}@trust.example"
        points = self.alerting.points
        await points.add_of_staff(member, PointChannel.EMAIL, address, by=member)

    async def line(self) -> AlertPoint:
        """Give the team a duty line."""
        mona = await self.staff("mona")
        points = self.alerting.points
        return await points.add_of_team("north", PointChannel.EMAIL, "line@trust.example", by=mona)

    async def on_duty(self, name: str, place: DutyPlace, hours: int = 24) -> None:
        mona, now = await self.staff("mona"), self.clock.now()
        until = now + timedelta(hours=hours)
        await self.alerting.duty.add_shift(
            "north", await self.staff(name), place, since=now, until=until, by=mona
        )

    async def signs(self, *families: str, within: int = 0) -> None:
        pickup = NightPickup.ROUND_THE_CLOCK if within else NightPickup.NOBODY
        mona = await self.staff("mona")
        await self.alerting.night_routes.sign("north", families, pickup, within, by=mona)

    async def writes(self, family: str = "intent", tier: str = "immediate_crisis") -> Concern:
        """Words of danger, with all that the conversation plans for them."""
        work = Work()
        before = await self.alerts.concern_of(self.robin.id)
        concern = concern_changes(
            work, before, self.robin.id, now=self.clock.now(), tier=tier, family=family,
            words="MARKERWORDS", answered="an answer", ids=self.ids,
        )  # fmt: skip
        await plan_alerts(
            self.record, work, self.robin, before, now=self.clock.now(), ids=self.ids,
            is_holiday=no_holidays, wake=lambda label, after: self.woken.append(label),
        )  # fmt: skip
        await self.record.save(work)
        return concern

    async def after(self, **length: float) -> list[str]:
        """Let time pass; to whom something went meanwhile."""
        before, end = len(self.outgoing.sent), self.clock.now() + timedelta(**length)
        while True:
            waiting = await self.record.find(Notice, status="waiting", order="due_at")
            due = [each.due_at for each in waiting if each.rung is not Rung.TELL_PERSON]
            if not due or due[0] > end:
                self.clock.at = end
                return self.outgoing.to[before:]
            self.clock.at = max(self.clock.at, due[0])
            await self.dispatcher.send_due()

    async def rungs(self) -> list[str]:
        """Every notice: rung and what became of it."""
        found = await self.record.find(Notice, order="due_at")
        return [f"{each.rung} {each.status}" for each in found]


async def on_call(record: AnyRecord, clock: SetClock, now: datetime = MONDAY_TEN) -> OnCall:
    """The team in its record, nobody with an address yet."""
    clock.at = now
    robin = replace(person(code="R-1"), team="north", key_worker="s-dawn")
    roles = {
        "dawn": Role.PRACTITIONER,
        "ali": Role.PRACTITIONER,
        "mona": Role.MANAGER,
        "nell": Role.OUT_OF_HOURS,
    }
    staff = [
        Staff(f"s-{name}", name, name.title(), role, "north", now) for name, role in roles.items()
    ]
    members = [
        Membership(
            f"m-{each.id}", each.id, "north",
            Part.LEAD if each.role is Role.MANAGER else Part.MEMBER, now,
        )
        for each in staff
    ]  # fmt: skip
    put = [Team("north", "North"), robin, *staff, *members]
    put.append(CaseloadEntry("c-1", "s-dawn", robin.id, now))
    await record.save(Work(new_keys=[robin.id], put=put, audit=[entry(robin.id)]))
    return OnCall(record, clock, robin)


def cover(absent: str, covering: str, now: datetime) -> Cover:
    """A colleague who stands in for a week."""
    return Cover("cover-1", f"s-{absent}", f"s-{covering}", now, now + timedelta(days=7))
