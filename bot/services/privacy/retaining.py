"""What has been kept long enough: messages by themselves, records by a named person alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import SERVICE_CHAIN, AuditEntry
from bot.domain.concerns import Concern
from bot.domain.errors import NotAllowedNow
from bot.domain.people import Person, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.retention import YEARS, Due, Shortened, due
from bot.services.alerts import UNCLOSED
from bot.services.ports import Clock, Secrets, Work
from bot.services.privacy.archive import Archive
from bot.services.privacy.erasing import Erasing
from bot.services.privacy.holds import standing

_REPORT = "retention report"


@dataclass(frozen=True)
class Report:
    """What is due. ``messages`` is by team; ``held`` are due records that may not go yet.

    ``mark`` is a short code that is alike only for the same records: who applies it has seen them.
    """

    messages: Mapping[str, Shortened]
    records: tuple[Due, ...]
    held: tuple[Due, ...]
    mark: str


@dataclass(frozen=True)
class Applied:
    """What was done: messages, and the codes of the records that were erased."""

    messages: Shortened
    erased: tuple[str, ...]


@dataclass(frozen=True)
class Retention:
    """Keeps things for as long as they are to be kept."""

    archive: Archive
    clock: Clock
    secrets: Secrets
    erasing: Erasing

    async def retain(self, now: datetime) -> Shortened:
        """Take the words of messages that are older than their team keeps them. Done each day."""
        return await self.archive.shorten_messages(now)

    async def report(self, *, by: Staff) -> Report:
        """What is due now; nothing is done. Raises ``NotPermitted``."""
        check_may(by, Action.DECIDE, Thing.RIGHTS)
        report = await self._report()
        details = {"records": str(len(report.records)), "held": str(len(report.held))}
        await self._note("see", by, details)
        return report

    async def apply(self, mark: str, *, by: Staff) -> Applied:
        """Do what a report said. Raises ``NotPermitted``, ``NotAllowedNow`` for another report."""
        check_may(by, Action.DECIDE, Thing.RIGHTS)
        report = await self._report()
        if mark.strip() != report.mark:
            raise NotAllowedNow("What is due has changed: read the dry run again.")
        await self._note("apply", by, {"records": str(len(report.records))})
        shortened = await self.retain(self.clock.now())
        erased = []
        for each in report.records:
            for person in await self.archive.find(Person, code=each.code):
                await self.erasing.erase_overdue(person, by=by)
                erased.append(each.code)
        return Applied(shortened, tuple(erased))

    async def _report(self) -> Report:
        now = self.clock.now()
        people = await self.archive.find(Person, state=tuple(YEARS))
        found = due(people, now)
        held = []
        for each in found:
            person = next(one for one in people if one.code == each.code)
            if await standing(self.archive, person) or await self._has_concern(person):
                held.append(each)
        records = tuple(each for each in found if each not in held)
        codes = " ".join(each.code for each in records)
        mark = self.secrets.digest(_REPORT, codes)[:8]
        return Report(await self.archive.messages_to_shorten(now), records, tuple(held), mark)

    async def _has_concern(self, person: Person) -> bool:
        found = await self.archive.find(Concern, subject=person.id, status=UNCLOSED, limit=1)
        return bool(found)

    async def _note(self, action: str, by: Staff, details: dict[str, str]) -> None:
        now = self.clock.now()
        entry = AuditEntry(SERVICE_CHAIN, now, f"staff:{by.id}", action, "retention", details)
        await self.archive.save(Work(audit=[entry]))
