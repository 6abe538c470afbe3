"""A record with something in every place that holds people's words, and its backups."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.adapters.keys import KeyRing
from bot.adapters.records import SqlRecord
from bot.adapters.records.backups.restoring import Replay, Restored, restore
from bot.adapters.records.backups.taking import Taken, take_backup
from bot.adapters.records.engines import connect_to
from bot.domain.activities import RunStatus, State
from bot.domain.concerns import Concern, ConcernNote, ConcernStatus, Task, TaskKind
from bot.domain.conversations import Conversation
from bot.domain.crisis_plan import Agreement, CrisisPlan, PlanContents, PlanStatus, PlanStep
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.messages import ReplyKind
from bot.domain.people import Person, Session
from bot.domain.practice import Run
from bot.services.ports import Work
from tests.integration.records.making import (
    IDS,
    START,
    SetClock,
    answer,
    claim_all,
    entry,
    person,
    reply_to,
    said,
)

WORDS = "Xylophone7Quartz"
SEALED_VALUES = 16
"""How many sealed values ``fill`` makes."""


async def fill(record: SqlRecord, address: str = "chat-1") -> Person:
    """A person with a row in every table of theirs; one message waits, three replies are unsent."""
    await record.accept(said(WORDS, address=address))
    acts = await claim_all(record)
    ((act,),) = [each for each in acts.values() if each[0].text == WORDS]
    new = person(act.subject, name=WORDS, nhs_number=f"943476{address[-4:]}", joining={"a": WORDS})
    subject = new.id
    work = answer(act)
    work.send += [
        reply_to(act, WORDS, kind=kind)
        for kind in (ReplyKind.ORDINARY, ReplyKind.PLAN, ReplyKind.SAFETY)
    ]
    made = (IDS.new(), subject)
    work.put += [
        new,
        Conversation(subject, earlier=((START, WORDS),)),
        Concern(*made, START, ConcernStatus.OPEN, "check", WORDS, (ConcernNote(START, WORDS),)),
        Task(*made, TaskKind.LEAVING, START, START, "ash", WORDS),
        EngagementEvent(*made, EventKind.MOOD, START, {"skill": WORDS}),
        CrisisPlan(
            *made,
            1,
            PlanStatus.AGREED,
            "ash",
            START,
            None,
            Agreement(how=WORDS),
            PlanContents(triggers=(WORDS,), steps=(PlanStep(WORDS),)),
        ),
        Run(*made, "stop", "", RunStatus.OPEN, START, START, State("a", {"why": WORDS})),
        Session(f"session of {subject}", "ash", "csrf", START, START),
    ]
    await record.save(work)
    await record.release(subject)
    for each in acts:
        await record.release(each)
    await record.accept(said("and another", address=address))
    await record.save(Work(audit=[entry(subject, "looked at")]))
    return new


@dataclass(frozen=True)
class Backups:
    """Takes and restores backups with one key ring and clock."""

    ring: KeyRing
    clock: SetClock
    home: Path
    folder: Path

    def take(self, url: str) -> Taken:
        """Take one, a second after the last."""
        self.clock.move(seconds=1)
        return take_backup(url, self.ring, self.home, self.folder, self.clock.now(), self.folder)

    def restore(
        self, url: str, taken: Taken, replay: Replay | None = None, keys: Path | None = None
    ) -> Restored:
        """Restore one with these keys, or its own."""
        files = (taken.record, keys or taken.keys)
        seals = self.home / "restored" / "audit-seals.log"
        return restore(url, self.ring, files, replay or Replay(), self.clock.now(), seals)


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, in a fixed order."""
    with connect_to(url).connect() as connection:
        listed = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if url.startswith("sqlite")
            else "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        names = connection.execute(text(listed)).scalars().all()
        return {
            name: sorted(
                (tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))), key=repr
            )
            for name in names
        }


def unpacked(path: Path) -> bytes:
    """What a backup file holds."""
    return gzip.decompress(path.read_bytes())
