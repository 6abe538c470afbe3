"""Erasing a record: decided by a named person, written outside the database first, then whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.domain.audit import AuditEntry
from bot.domain.errors import NotAllowedNow, NotFound
from bot.domain.people import Person, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.retention import is_within_retention, kept_until
from bot.domain.rights import Erasure, ErasureKind, RequestKind
from bot.services.ports import Clock, Ids
from bot.services.privacy.archive import Archive
from bot.services.privacy.asking import said, undecided


@dataclass(frozen=True)
class Erasing:
    """Erasures. ``ledger`` is the file outside the database that a restore replays."""

    archive: Archive
    clock: Clock
    ids: Ids
    ledger: Path

    async def erase(
        self, request_id: str, *, by: Staff, because: str, despite_retention: str = ""
    ) -> Erasure:
        """Erase the record of whoever asked for it. There is no way back.

        A health record that still has to be kept is erased only with ``despite_retention``, a
        reason that ``by`` answers for (UK GDPR article 17(3)(b) and (c)). The reasons are asked
        for and not kept: they would be words about somebody who is erased. Raises ``NotFound``,
        ``NotPermitted``, ``NotAllowedNow``, ``BadInput``, ``ChangedMeanwhile``.
        """
        check_may(by, Action.DECIDE, Thing.RIGHTS)
        said(because)
        request = await undecided(self.archive, request_id, RequestKind.ERASURE)
        person = await self.archive.get(Person, request.subject)
        if person is None:
            raise NotFound("The person of this request is not in the record.")
        is_within = is_within_retention(person, self.clock.now())
        if is_within and not despite_retention.strip():
            until = kept_until(person)
            how_long = f"until {until:%d.%m.%Y}" if until else "while they are here, and for years"
            raise NotAllowedNow(
                f"A health record is kept {how_long}. Refuse the request with your reasons, or say "
                "why it is to be erased all the same."
            )
        details = {"within_retention": "yes" if is_within else "no"}
        return await self._erase(person, ErasureKind.REQUESTED, by, request.id, details)

    async def erase_overdue(self, person: Person, *, by: Staff) -> Erasure:
        """Erase a record that has been kept long enough.

        Raises ``NotPermitted``, ``NotAllowedNow``, ``ChangedMeanwhile``.
        """
        check_may(by, Action.DECIDE, Thing.RIGHTS)
        if is_within_retention(person, self.clock.now()):
            raise NotAllowedNow("This record still has to be kept.")
        return await self._erase(person, ErasureKind.RETENTION, by, "", {})

    async def _erase(
        self, person: Person, kind: ErasureKind, by: Staff, request: str, more: dict[str, str]
    ) -> Erasure:
        now = self.clock.now()
        who = f"staff:{by.id}"
        erasure = Erasure(self.ids.new(), person.id, now, who, request, kind)
        details = {"kind": kind.value, **({"request": request} if request else {}), **more}
        entry = AuditEntry(person.id, now, who, "erase", f"erasure:{erasure.id}", details)
        await self.archive.erase(erasure, entry, self.ledger)
        return erasure
