"""The only place that builds adapters and wires them to the services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from bot.adapters.bank_holidays import is_bank_holiday
from bot.adapters.clock import SystemClock
from bot.adapters.content_files import hazard_log, load_content
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.notifications import NotifyTemplates, by_channel
from bot.adapters.passwords import Argon2Passwords
from bot.adapters.records import SqlRecord, open_record
from bot.adapters.rule_files import load_rules
from bot.adapters.sentence_model import MODEL, MODELS, LeftOut, ModelUnusable, SentenceScore
from bot.adapters.sentence_model import families_left_out as left_out
from bot.domain.contact_places import expired_national
from bot.domain.content import Content
from bot.domain.errors import ContactExpired, ContentUnsigned, NotReady, SettingsError
from bot.domain.people import Person, Staff
from bot.domain.safety_net import SafetyNet
from bot.services.after_reviews import AfterReviews
from bot.services.alerting.running import AlertLoop
from bot.services.alerting.sending import AlertTexts, Dispatcher
from bot.services.alerting.service import Alerting
from bot.services.alerts import Alerts
from bot.services.assigning import Assignments
from bot.services.caseloads import Caseloads
from bot.services.conversation.desk import Desk
from bot.services.crisis_plans import CrisisPlans
from bot.services.enrolment import Enrolment
from bot.services.finding import Finding
from bot.services.looks import Looks
from bot.services.membership import Memberships
from bot.services.people import People
from bot.services.person_states import PersonStates
from bot.services.ports import Clock, Notifications, Understanding
from bot.services.reminders import Reminders
from bot.services.safety_choices import Choosing
from bot.services.safety_reviews import SafetyReviews
from bot.services.safety_values import SafetyValues
from bot.services.sharing import Sharing
from bot.services.sign_offs import ContentSignOffs
from bot.services.staff import StaffAccounts
from bot.services.structure import Structure
from bot.services.summaries import Summaries
from bot.services.take_overs import TakeOvers
from bot.settings import Mode, Settings

log = structlog.get_logger(__name__)

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
    memberships: Memberships
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
    assignments: Assignments
    alerts: Alerts
    choices: Choosing
    safety_values: SafetyValues
    reminders: Reminders
    after_reviews: AfterReviews
    take_overs: TakeOvers
    alerting: Alerting
    safety_reviews: SafetyReviews
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

    async def desk(self, understanding: Understanding, net: SafetyNet | None = None) -> Desk:
        """What the conversation needs. A demonstration offers unsigned skills too.

        ``net``: one that was given a model; without, rules judge alone.
        """
        signed = await self.sign_offs.signed_skills()
        return Desk(
            record=self.record,
            content=self.content,
            net=net or self.net,
            understanding=understanding,
            secrets=self.keys,
            clock=self.clock,
            ids=self.ids,
            region=self.settings.companion_region,
            signed_skills=frozenset(self.content.skills) if await self.is_demo() else signed,
            is_holiday=is_bank_holiday,
        )

    async def check_may_serve(self) -> None:
        """Raise unless this home may serve in the mode that is set.

        ``SettingsError`` where mode and database do not fit; in live mode ``ContentUnsigned``,
        ``ContactExpired`` or ``NotReady``, with all that is missing.
        """
        demo = await self.is_demo()
        if demo and self.settings.companion_mode is not Mode.DEMO:
            raise SettingsError("This database is a demonstration: start it with 'companion demo'.")
        if not demo and self.settings.companion_mode is Mode.DEMO:
            raise SettingsError("This database was not made as a demonstration.")
        if not demo:
            await self._check_ready_for_people()

    async def _check_ready_for_people(self) -> None:
        also = await self.alerting.readiness.missing()
        hazards = self.settings.companion_hazards
        if not any(each.path == hazards.as_posix() for each in self.content.items):
            also.append(f"the hazard log: there is no file {hazards} (COMPANION_HAZARDS)")
        unsigned = await self.sign_offs.missing_live()
        expired = [each.id for each in expired_national(self.content.contacts, self.clock.now())]
        if unsigned:
            raise ContentUnsigned(_listed(unsigned, also=expired + also))
        if expired:
            raise ContactExpired(_listed(expired, also=also))
        if also:
            raise NotReady(_listed(also))

    def alert_loop(self) -> AlertLoop:
        """What sends alerts, for the one process that does. Raises ``SettingsError``."""
        texts = AlertTexts.from_content(
            self.content, f"{self.settings.practitioner_address}/alerts"
        )
        sender = sender_of(self.settings)
        dispatcher = Dispatcher(self.record, self.clock, self.ids, sender, texts)
        return AlertLoop(dispatcher, self.alerting.daily)

    async def aclose(self) -> None:
        """End what runs behind the record."""
        await self.record.aclose()
        self.passwords.close()


def load(settings: Settings) -> tuple[Content, SafetyNet]:
    """The content and the safety net over its rules. Raises ``ContentBroken``, ``RulesError``."""
    content = load_content(settings.companion_content)
    hazards = hazard_log(settings.companion_hazards)
    content = replace(content, items=(*content.items, *hazards))
    return content, net_of_rules(settings)


def sender_of(settings: Settings) -> Notifications | None:
    """What takes alerts off the screen; None where nothing is set. Raises ``SettingsError``."""
    key, server = settings.notify_api_key, settings.smtp_url
    return by_channel(
        smtp_url=server.get_secret_value() if server else "",
        smtp_from=settings.smtp_from or "",
        notify_key=key.get_secret_value() if key else "",
        notify_templates=NotifyTemplates(
            settings.notify_email_template, settings.notify_sms_template
        ),
        notify_url=settings.notify_api_url,
    )


def _listed(lines: Sequence[str], also: Sequence[str] = ()) -> str:
    rest = ["Also missing:", *(f"  {each}" for each in also)] if also else []
    return "\n".join(["", *(f"  {each}" for each in lines), *rest])


def net_of_rules(settings: Settings) -> SafetyNet:
    """The safety net without its model. Raises ``RulesError``."""
    return SafetyNet(load_rules(settings.companion_content / "safety" / "rules"))


def with_model(net: SafetyNet, models: Path = MODELS) -> SafetyNet:
    """The net with its model, where one was trained; otherwise rules go on judging alone.

    Takes half a second: for those that answer people, once, at their start.
    """
    try:
        score = SentenceScore.load(models / MODEL)
    except ModelUnusable as problem:
        log.error("safety_net_without_model", problem=str(problem))
        return net
    return net.scored_by(score, score.thresholds, score.version)


def families_left_out(settings: Settings) -> list[LeftOut]:
    """Each family of risk among our examples, judged with a model trained without it."""
    return left_out(net_of_rules(settings), settings.companion_content)


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
        structure=Structure(record, clock),
        memberships=Memberships(record, clock, ids),
        staff=StaffAccounts(record, clock, ids, keys, passwords),
        people=People(record, clock, ids),
        states=PersonStates(record, clock, ids),
        sharing=Sharing(record, clock, ids),
        looks=Looks(record, clock),
        finding=Finding(record, clock),
        enrolment=Enrolment(record, clock, ids, keys),
        plans=CrisisPlans(record, clock, ids),
        sign_offs=ContentSignOffs(record, clock, ids, content),
        caseloads=Caseloads(record, clock),
        assignments=Assignments(record, clock, ids),
        alerts=Alerts(record, clock),
        choices=Choosing(record, clock),
        safety_values=SafetyValues(record, clock, ids),
        reminders=Reminders(record, clock),
        after_reviews=AfterReviews(record, clock),
        take_overs=TakeOvers(record, clock, ids, LoadedContent(content), is_bank_holiday),
        alerting=Alerting.over(record, clock, ids, has_sender=sender_of(settings) is not None),
        safety_reviews=SafetyReviews(record, clock),
        summaries=Summaries(record, clock, LoadedContent(content)),
    )
