"""A conversation as a test reads it: the person says, the companion answers, the record shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from argon2 import PasswordHasher

from bot.adapters.keys import KeyRing
from bot.adapters.passwords import Argon2Passwords
from bot.bootstrap import Companion, open_companion
from bot.domain.commands import Command, CommandName
from bot.domain.concerns import Concern, Task
from bot.domain.content import Content
from bot.domain.engagement import EngagementEvent
from bot.domain.messages import ActKind, Reply, Said
from bot.domain.people import Guest, Person, Role, Staff
from bot.domain.practice import Run
from bot.domain.safety_net import SafetyNet
from bot.services.buttons import seal
from bot.services.conversation.chain import handle
from bot.services.conversation.desk import Desk
from bot.services.handling import Worker
from bot.settings import Settings

CHEAP_HASHING = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Real argon2, as cheap as it goes: these tests are not about passwords."""

MONDAY_NIGHT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
TUESDAY_NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)

PLAN: dict[str, Any] = {
    "steps": [
        "Put the big light on.",
        {"text": "STOP on the back step.", "skill": "stop", "gets_in_the_way": "I forget"},
    ],
    "early_signs": ["I go quiet with Jo."],
    "people": [{"name": "Jo Marker", "reach": "07700 900555", "helps_by": "comes round"}],
    "making_safer": ["Jo keeps the tablets."],
    "matters_to_me": ["The allotment."],
}


class Clock:
    """A clock that the test moves."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def go(self, **length: float) -> None:
        self.time += timedelta(**length)


class Scripted:
    """Understanding that a test decides, in the real one's shapes: a command or None."""

    def __init__(self) -> None:
        self.commands: dict[str, Command | None] = {}
        self.asides: dict[str, Command] = {}
        self.heard: list[tuple[str, str]] = []
        self.is_up = True

    def means(self, text: str, name: str, **slots: str) -> None:
        self.commands[text] = Command(CommandName(name), slots)

    async def understand(self, text: str, thread: str) -> Command | None:
        self.heard.append((text, thread))
        if not self.is_up:
            return None
        return self.commands.get(text, Command(CommandName.NOT_UNDERSTOOD))

    async def asks_for(self, text: str) -> Command | None:
        return self.asides.get(text) if self.is_up else None

    def state(self) -> Literal["ready", "starting", "down"]:
        return "ready" if self.is_up else "down"


@dataclass(frozen=True)
class Answered:
    """What came back for one act."""

    replies: tuple[Reply, ...]
    answered_by: str
    tier: str

    @property
    def text(self) -> str:
        return "\n\n".join(each.text for each in self.replies)

    @property
    def buttons(self) -> list[str]:
        return [button.label for each in self.replies for button in each.buttons]


class Talk:
    """One person, or a stranger, in conversation with a whole companion on SQLite."""

    def __init__(self, companion: Companion, clock: Clock, desk: Desk, mind: Scripted) -> None:
        self.companion = companion
        self.clock = clock
        self.desk = desk
        self.rasa = mind
        self.address = "chat-1"
        self.channel = "test"
        self._count = 0
        self.last = Answered((), "", "")

    @property
    def record(self) -> Any:
        return self.companion.record

    async def says(self, text: str, **more: Any) -> Answered:
        """One message, handled to its end."""
        return await self.does(ActKind.TEXT, text=text, **more)

    async def does(
        self,
        kind: ActKind,
        *,
        text: str = "",
        token: str = "",
        sent_ago: timedelta = timedelta(0),
        provider_id: str = "",
    ) -> Answered:
        """One act of any kind."""
        self._count += 1
        accepted = await self.record.accept(
            Said(
                channel=self.channel,
                address=self.address,
                provider_id=provider_id or f"{self.address}:{self._count}",
                kind=kind,
                sent_at=self.clock.now() - sent_ago,
                text=text,
                token=token,
            )
        )
        if accepted.new:
            await self.handle_due()
        handled = await self.record.handled(accepted.act_id)
        replies = await self.hears()
        by, tier = (handled.answered_by, handled.tier) if handled else ("", "")
        self.last = Answered(replies, by, tier)
        return self.last

    async def accepts(self, text: str) -> Any:
        """One message that is kept and not yet handled."""
        self._count += 1
        return await self.record.accept(
            Said(
                channel=self.channel,
                address=self.address,
                provider_id=f"{self.address}:{self._count}",
                kind=ActKind.TEXT,
                sent_at=self.clock.now(),
                text=text,
            )
        )

    async def taps(self, label: str, *, of: Answered | None = None) -> Answered:
        """A button of the last answer (or of an earlier one), by its label."""
        answer = of or self.last
        button = next(
            button for reply in answer.replies for button in reply.buttons if button.label == label
        )
        subject = await self.subject()
        return await self.does(
            ActKind.BUTTON, text=label, token=seal(button.press, subject, self.companion.keys)
        )

    async def subject(self) -> Any:
        found = await self.record.find_by_index(
            _address_class(), "address", f"{self.channel}:{self.address}"
        )
        return found[0].subject

    async def handle_due(self) -> None:
        """Handle everything that is due, as a worker does."""
        while claimed := await self.record.claim(10):
            for acts in claimed:
                for act in acts:
                    turn = await handle(self.desk, act)
                    await self.record.save(turn.work, durable=False)
                await self.record.release(acts[0].subject)

    async def hears(self) -> tuple[Reply, ...]:
        """Replies that wait in the outbox, taken as a channel takes them."""
        taken: list[Reply] = []
        while claimed := await self.record.claim_outgoing(self.channel, 50):
            await self.record.sent({each.id: "sent" for each, _ in claimed})
            taken += [each.reply for each, _ in claimed]
        return tuple(taken)

    async def after(self, **length: float) -> Answered:
        """Let time pass; what the companion says of itself meanwhile."""
        self.clock.go(**length)
        await self.handle_due()
        self.last = Answered(await self.hears(), "", "")
        return self.last

    async def joins(self, code: str = "P-1", **answers: str) -> None:
        """Join by an invitation; answer what is named, skip the rest."""
        by = await self.companion.staff.named("dawn")
        invitation = await self.companion.enrolment.invite(code, by=by)
        await self.says(f"/start {invitation}")
        await self.taps("Join")
        await self.answers_joining(**answers)

    async def answers_joining(self, **answers: str) -> None:
        """Answer joining's questions by their ids."""
        while (run := await self.open_run()) is not None and run.activity == "joining":
            activity = self.companion.content.activities["joining"]
            step = activity.at(run.state.step)
            assert step is not None
            values = {each.value for each in step.options}
            chosen = answers.get(step.saves_as.replace(".", "_"))
            value = chosen or next(each for each in ("skip", "not_sure", "go_on") if each in values)
            label = next(each.label for each in step.options if each.value == value)
            await self.says(label)

    async def open_run(self) -> Run | None:
        runs = await self.record.find(Run, subject=await self.subject(), status="open")
        return runs[0] if runs else None

    async def events(self, kind: str) -> list[Mapping[str, str | int]]:
        found = await self.record.find(
            EngagementEvent, subject=await self.subject(), kind=kind, order="at"
        )
        return [each.details for each in found]

    async def concerns(self) -> list[Concern]:
        found: list[Concern] = await self.record.find(Concern, subject=await self.subject())
        return found

    async def tasks(self) -> list[Task]:
        found: list[Task] = await self.record.find(Task, subject=await self.subject())
        return found

    async def person(self) -> Person:
        found: list[Person] = await self.record.find(Person, code="P-1")
        return found[0]

    async def guests(self) -> list[Guest]:
        found: list[Guest] = await self.record.find(Guest)
        return found

    def worker(self) -> Worker:
        return Worker(self.desk, self.record)


async def begin(
    home: Path,
    loaded: tuple[Content, SafetyNet],
    *,
    now: datetime = TUESDAY_NOON,
    plan: str | None = "agreed",
) -> Talk:
    """A signed, live home with one practitioner, one person and, unless left out, a plan."""
    settings = Settings(companion_home=home)
    clock = Clock(now)
    KeyRing.create(settings.key_file, now)
    companion = open_companion(
        settings, clock, loaded=loaded, passwords=Argon2Passwords(CHEAP_HASHING)
    )
    dawn = await _staff(companion, "dawn", Role.PRACTITIONER)
    reviewer = await _staff(companion, "rowan", Role.REVIEWER)
    await companion.sign_offs.sign(by=reviewer)
    await companion.enrolment.add(
        code="P-1", name="Asha Marker", chosen_name="Asha", team="peak", by=dawn
    )
    if plan is not None:
        await companion.plans.bring_in(plan_file(plan, now.date()), by=dawn)
    mind = Scripted()
    return Talk(companion, clock, await companion.desk(mind), mind)


def plan_file(status: str, today: date, *, review_in_days: int = 90) -> dict[str, object]:
    """A plan file as a member of staff types it."""
    file: dict[str, object] = {"person": "P-1", "status": status, "plan": dict(PLAN)}
    if status == "agreed":
        file["agreed"] = {
            "person_on": today,
            "practitioner_on": today,
            "practitioner": "Dawn",
            "how": "on paper",
        }
        file["review_due"] = today + timedelta(days=review_in_days)
    if status == "declined":
        file["plan"] = {"declined_because": "not at mum's"}
    return file


async def _staff(companion: Companion, username: str, role: Role) -> Staff:
    return await companion.staff.add(
        username=username,
        name=username.title(),
        role=role,
        team="peak",
        password="a long pass word",
        by=None,
    )


def _address_class() -> Any:
    from bot.domain.people import Address

    return Address
