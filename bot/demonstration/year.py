"""A year of talk, lived quickly: made-up people answer what the companion really asks."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.bootstrap import Companion
from bot.domain.activities import RunStatus, Step, StepKind
from bot.domain.commands import Command
from bot.domain.messages import ActKind, Said
from bot.domain.people import Person
from bot.domain.practice import Run
from bot.services.conversation.chain import handle
from bot.services.conversation.desk import Desk
from bot.services.conversation.steps import activity_in

CHANNEL = "demonstration"

CONCERN_WORDS = "they'd all be better off without me"

ANSWERS = {
    StepKind.TEXT: (
        "the rent letter came and I froze",
        "ring the council in the morning",
        "ask Jo to sit with me while I ring",
        "filled the form in at the library",
    )
}

MOSTLY = 0.9
"""How often the first answer of a step, which goes on with the practice, is given."""

MOST_ANSWERS = 40
"""Answers in one practice at most, should content ever go in circles."""


class SetClock:
    """A clock that stands where it was put."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Where it was put."""
        return self._now

    def set(self, now: datetime) -> None:
        """Put it somewhere."""
        self._now = now

    def go(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)


class NobodyUnderstands:
    """Made-up people tap and name things, so that their year needs no Rasa."""

    async def understand(self, text: str, thread: str) -> Command | None:
        """Nothing."""
        return None

    async def asks_for(self, text: str) -> Command | None:
        """Nothing."""
        return None

    def state(self) -> str:
        """As if it were there, so that nobody is offered "that was a question"."""
        return "ready"


class LivedYear:
    """Lives people's talk through the inbox, the chain and the record, with a set clock."""

    def __init__(self, companion: Companion, clock: SetClock, now: datetime) -> None:
        self._companion = companion
        self._clock = clock
        self._now = now
        self._chance = random.Random(20)  # noqa: S311 - the same plausible year every time
        self._count = 0
        self._desk: Desk | None = None
        self._addresses: dict[str, str] = {}

    async def join(self, code: str, invitation: str) -> None:
        """Join by the invitation and answer what is asked."""
        await self._says(code, f"/start {invitation}")
        await self._says(code, "Join")
        await self._answer_all(code, {"age_band": await self._age_band(code)})

    async def live(self, stories: Mapping[str, Mapping[str, float]]) -> None:
        """Everybody's practices, in the order of time."""
        moments = sorted(
            (at, code) for code, story in stories.items() for at in self._moments(story)
        )
        for at, code in moments:
            self._clock.set(at)
            await self._practise(code, stories[code])
        for code, story in stories.items():
            if story.get("concern"):
                self._clock.set(self._now - timedelta(hours=20))
                await self._says(code, CONCERN_WORDS)

    async def _age_band(self, code: str) -> str:
        """The band of their made-up date of birth."""
        (person,) = await self._companion.record.find(Person, code=code)
        born = person.born.year if person.born else self._now.year - 20
        return "18_to_34" if self._now.year - born < 35 else "35_and_over"

    async def settle(self) -> None:
        """Handle what became due, and mark all replies as delivered."""
        record = self._companion.record
        while await self._handle_all():
            self._clock.go(0.001)
        while claimed := await record.claim_outgoing(CHANNEL, 500):
            await record.sent({each.id: "sent" for each, _ in claimed})

    def _moments(self, story: Mapping[str, float]) -> list[datetime]:
        count = int(story["weeks"] * story["practices_a_week"])
        days = int(story["weeks"] * 7) - 2
        ages = sorted(self._chance.sample(range(1, days), min(count, days - 1)), reverse=True)
        return [
            self._now - timedelta(days=age, minutes=self._chance.randrange(0, 900)) for age in ages
        ]

    async def _practise(self, code: str, story: Mapping[str, float]) -> None:
        if self._chance.random() < 0.25:
            await self._says(code, "plan")
        distress = max(0, min(10, round(self._chance.gauss(story["starts_at"], 1.2))))
        after = max(0, min(10, round(self._chance.gauss(story["ends_at"], 1.2))))
        luck = self._chance.random()
        result = "no_difference"
        if luck < story["worse"]:
            result, after = "worse", min(10, distress + 1)
        elif luck < story["worse"] + story["helped"]:
            result = "helped"
        chosen: dict[str, str] = {
            "distress": str(distress),
            "before": str(distress),
            "after": str(after),
            "result": result,
            "need": self._chance.choice(sorted(self._companion.content.needs)),
        }
        await self._says(code, "skills")
        await self._answer_all(code, chosen)

    async def _answer_all(self, code: str, chosen: Mapping[str, str]) -> None:
        """Answer each open step until nothing is open."""
        for _ in range(MOST_ANSWERS):
            step = await self._open_step(code)
            if step is None:
                return
            self._clock.go(self._chance.randrange(5, 40))
            await self._says(code, self._answer(step[0], step[1], chosen))
        await self._says(code, "stop")

    def _answer(self, step: Step, run: Run, chosen: Mapping[str, str]) -> str:
        labels = [label for _, label in run.state.offered] or [each.label for each in step.options]
        wanted = chosen.get(step.saves_as)
        if step.kind is StepKind.RATING:
            return wanted or "5"
        if step.kind is StepKind.TEXT:
            return self._chance.choice(ANSWERS[StepKind.TEXT])
        named = {each.value: each.label for each in step.options}
        if wanted in named:
            return named[wanted]
        if step.id.startswith("caution") or "no" in named:
            return named.get("no", labels[0])
        if step.kind is StepKind.OFFER:
            return self._chance.choice(labels)
        onward = [each for each in step.options if each.value not in {"skip", "another"}]
        steady = self._chance.random() < MOSTLY
        return (onward[0] if steady else self._chance.choice(onward)).label if onward else labels[0]

    async def _open_step(self, code: str) -> tuple[Step, Run] | None:
        record = self._companion.record
        person = (await record.find(Person, code=code, limit=1))[0]
        runs = await record.find(Run, subject=person.id, status=RunStatus.OPEN, limit=1)
        activity = activity_in(self._companion.content, runs[0]) if runs else None
        here = activity.at(runs[0].state.step) if activity else None
        return (here, runs[0]) if here is not None else None

    async def _says(self, code: str, words: str) -> None:
        self._count += 1
        await self._companion.record.accept(
            Said(
                channel=CHANNEL,
                address=code,
                provider_id=f"{code}:{self._count}",
                kind=ActKind.TEXT,
                sent_at=self._clock.now(),
                text=words,
            )
        )
        await self._handle_all()

    async def _handle_all(self) -> int:
        record = self._companion.record
        desk = self._desk or await self._companion.desk(NobodyUnderstands())  # type: ignore[arg-type]
        self._desk = desk
        handled = 0
        for acts in await record.claim(20):
            for act in acts:
                turn = await handle(desk, act)
                await record.save(turn.work, durable=False)
                handled += 1
            await record.release(acts[0].subject)
        return handled
