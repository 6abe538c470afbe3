"""The only place that builds adapters and wires them to the services."""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.clock import SystemClock
from bot.adapters.content_files import load_content
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.passwords import Argon2Passwords
from bot.adapters.records import SqlRecord, open_record
from bot.adapters.rule_files import load_rules
from bot.domain.content import Content
from bot.domain.errors import ContactExpired, SettingsError
from bot.domain.opening_hours import expired_national
from bot.domain.people import Person, Staff
from bot.domain.safety_net import SafetyNet
from bot.services.alerts import Alerts
from bot.services.caseloads import Caseloads
from bot.services.conversation.desk import Desk
from bot.services.crisis_plans import CrisisPlans
from bot.services.enrolment import Enrolment
from bot.services.finding import Finding
from bot.services.looks import Looks
from bot.services.people import People
from bot.services.person_states import PersonStates
from bot.services.ports import Clock, Understanding
from bot.services.sharing import Sharing
from bot.services.sign_offs import ContentSignOffs
from bot.services.staff import StaffAccounts
from bot.services.structure import Structure
from bot.services.summaries import Summaries
from bot.settings import Mode, Settings

DEMO_MARK = "demo"
"""The row in the record that says it was made as a demonstration."""


@dataclass(frozen=True)
class LoadedContent:
    """The content that was read at the start."""

    content: Content

    def current(self) -> Content:
        """What was loaded."""
        return self.content


@dataclass(frozen=True)
class Companion:
    """One home, opened: its record, its content, and every service over them."""

    settings: Settings
    record: SqlRecord
    keys: KeyRing
    clock: Clock
    ids: SystemIds
    passwords: Argon2Passwords
    content: Content
    net: SafetyNet
    structure: Structure
    staff: StaffAccounts
    people: People
    states: PersonStates
    sharing: Sharing
    looks: Looks
    finding: Finding
    enrolment: Enrolment
    plans: CrisisPlans
    sign_offs: ContentSignOffs
    caseloads: Caseloads
    alerts: Alerts
    summaries: Summaries

    @property
    def content_source(self) -> LoadedContent:
        """The content, for those who ask for its source."""
        return LoadedContent(self.content)

    async def is_demo(self) -> bool:
        """Whether this database was made as a demonstration."""
        return await self.record.meta_get(DEMO_MARK) == "yes"

    async def is_empty(self) -> bool:
        """Whether nobody is in this record yet, neither staff nor service user."""
        staff = await self.record.find(Staff, limit=1)
        return not staff and not await self.record.find(Person, limit=1)

    async def desk(self, understanding: Understanding) -> Desk:
        """What the conversation needs. A demonstration offers unsigned skills too."""
        signed = await self.sign_offs.signed_skills()
        return Desk(
            record=self.record,
            content=self.content,
            net=self.net,
            understanding=understanding,
            secrets=self.keys,
            clock=self.clock,
            ids=self.ids,
            region=self.settings.companion_region,
            signed_skills=frozenset(self.content.skills) if await self.is_demo() else signed,
        )

    async def check_may_serve(self) -> None:
        """Raise unless this home may serve in the mode that is set.

        ``SettingsError`` where mode and database do not fit; ``ContentUnsigned``
        and ``ContactExpired`` in live mode.
        """
        demo = await self.is_demo()
        if demo and self.settings.companion_mode is not Mode.DEMO:
            raise SettingsError("This database is a demonstration: start it with 'companion demo'.")
        if not demo and self.settings.companion_mode is Mode.DEMO:
            raise SettingsError("This database was not made as a demonstration.")
        if not demo:
            await self.sign_offs.check_ready_for_people()
            expired = expired_national(self.content.contacts, self.clock.now())
            if expired:
                raise ContactExpired(", ".join(each.id for each in expired))

    async def aclose(self) -> None:
        """End what runs behind the record."""
        await self.record.aclose()
        self.passwords.close()


def load(settings: Settings) -> tuple[Content, SafetyNet]:
    """The content and the safety net over its rules. Raises ``ContentBroken``, ``RulesError``."""
    content = load_content(settings.companion_content)
    return content, SafetyNet(load_rules(settings.companion_content / "safety" / "rules"))


def open_companion(
    settings: Settings,
    clock: Clock | None = None,
    *,
    owner: str = "",
    loaded: tuple[Content, SafetyNet] | None = None,
    passwords: Argon2Passwords | None = None,
) -> Companion:
    """Open the home that the settings name. Raises ``CompanionError`` with what to do.

    ``owner`` names a process that serves, which takes back what an earlier one still held;
    ``loaded`` is content that was read already.
    """
    clock = clock or SystemClock()
    keys = (
        KeyRing.from_command(settings.companion_key_command)
        if settings.companion_key_command
        else KeyRing.load(settings.key_file)
    )
    content, net = loaded or load(settings)
    ids = SystemIds(clock)
    settings.companion_home.mkdir(parents=True, exist_ok=True)
    record = open_record(settings.database, keys, clock, ids, owner=owner, upgrade=True)
    return _wired(settings, record, keys, clock, ids, passwords or Argon2Passwords(), content, net)


def on_another_clock(companion: Companion, clock: Clock) -> Companion:
    """The same home with another clock, as a demonstration's made-up year needs.

    Raises nothing; closing it is the first one's affair.
    """
    ids = SystemIds(clock)
    return _wired(
        companion.settings,
        companion.record.on_another_clock(clock, ids),
        companion.keys,
        clock,
        ids,
        companion.passwords,
        companion.content,
        companion.net,
    )


def _wired(
    settings: Settings,
    record: SqlRecord,
    keys: KeyRing,
    clock: Clock,
    ids: SystemIds,
    passwords: Argon2Passwords,
    content: Content,
    net: SafetyNet,
) -> Companion:
    return Companion(
        settings=settings,
        record=record,
        keys=keys,
        clock=clock,
        ids=ids,
        passwords=passwords,
        content=content,
        net=net,
        structure=Structure(record, clock, ids),
        staff=StaffAccounts(record, clock, ids, keys, passwords),
        people=People(record, clock, ids),
        states=PersonStates(record, clock, ids),
        sharing=Sharing(record, clock, ids),
        looks=Looks(record, clock),
        finding=Finding(record, clock),
        enrolment=Enrolment(record, clock, ids, keys),
        plans=CrisisPlans(record, clock, ids),
        sign_offs=ContentSignOffs(record, clock, ids, content),
        caseloads=Caseloads(record, clock, ids),
        alerts=Alerts(record, clock),
        summaries=Summaries(record, clock, LoadedContent(content)),
    )
