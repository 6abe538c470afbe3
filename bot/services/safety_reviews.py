"""The safety reviewer's work: single messages with names removed, and what they find of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.audit import SERVICE_CHAIN, AuditEntry
from bot.domain.errors import BadInput, NotAllowedNow, NotFound
from bot.domain.kept_messages import KeptMessage
from bot.domain.names_removed import Known, without_names
from bot.domain.people import Person, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.safety_findings import Findings, findings_of
from bot.domain.safety_net import Tier
from bot.domain.safety_review import Reviewed, ReviewItem, ReviewStatus
from bot.services.messages_kept import Messages
from bot.services.names_known import names_known
from bot.services.ports import Clock, Work

AROUND = 3
"""Messages either side, of both, where they are asked for."""

LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Line:
    """One message, names removed. ``words`` is None where they are no longer kept."""

    at: datetime
    is_theirs: bool
    words: str | None


@dataclass(frozen=True)
class Shown:
    """An item as its reviewer sees it: not whose it is. ``before`` and ``after`` are on demand."""

    item: ReviewItem
    words: str | None
    before: tuple[Line, ...] = ()
    after: tuple[Line, ...] = ()


@dataclass(frozen=True)
class SafetyReviews:
    """Reads and decides what waits for review."""

    record: Messages
    clock: Clock

    async def waiting(self, *, by: Staff) -> list[ReviewItem]:
        """What waits, the gravest first, then the oldest. Raises ``NotPermitted``."""
        check_may(by, Action.SEE, Thing.SAFETY_REVIEW)
        found = await self.record.find(ReviewItem, status=ReviewStatus.WAITING, order="at")
        return sorted(found, key=lambda each: -Tier(each.tier).rank)

    async def show(
        self, item_id: str, *, by: Staff, around: bool = False, reason: str = ""
    ) -> Shown:
        """An item's words with names removed; with ``around`` and a reason what is about it.

        The look is in the person's audit. Words that have gone make the item gone. Raises
        ``NotPermitted``, ``NotFound``, ``BadInput`` where the reason is missing.
        """
        check_may(by, Action.SEE, Thing.SAFETY_REVIEW)
        if around and not reason.strip():
            raise BadInput("Say why you need the messages around it: --reason.")
        item, person = await self._item(item_id)
        messages = await self.record.messages_of(item.subject)
        place = next((at for at, each in enumerate(messages) if each.id == item.act_id), None)
        words = None if place is None else messages[place].words
        work = Work(audit=[self._seen(item, by, reason if around else "", around=around)])
        if words is None:
            if item.status is ReviewStatus.WAITING:
                work.expect.append(item)
                item = replace(item, status=ReviewStatus.GONE)
                work.put.append(item)
            await self.record.save(work)
            return Shown(item, None)
        known = await names_known(self.record, person)
        before: Sequence[KeptMessage] = ()
        after: Sequence[KeptMessage] = ()
        if around and place is not None:
            before = messages[max(0, place - AROUND) : place]
            after = messages[place + 1 : place + 1 + AROUND]
        # Nobody reads words of which the record does not say that they read them.
        await self.record.save(work)
        return Shown(
            item,
            without_names(words, known),
            tuple(_line(each, known) for each in before),
            tuple(_line(each, known) for each in after),
        )

    async def next(self, *, by: Staff) -> Shown | None:
        """The first that waits and whose words are there. Raises ``NotPermitted``."""
        for each in await self.waiting(by=by):
            shown = await self.show(each.id, by=by)
            if shown.words is not None:
                return shown
        return None

    async def decide(
        self, item_id: str, finding: Reviewed, *, by: Staff, note: str = ""
    ) -> ReviewItem:
        """Keep a finding; a later one takes the place of an earlier one.

        Raises ``NotPermitted``, ``NotFound``, ``BadInput``, ``NotAllowedNow`` where the words had
        gone before anybody looked.
        """
        check_may(by, Action.DECIDE, Thing.SAFETY_REVIEW)
        if finding is Reviewed.NOT_YET:
            raise BadInput("Say what you found.")
        if len(note) > LONGEST_NOTE:
            raise BadInput(f"A note has {LONGEST_NOTE} characters at most.")
        before, _ = await self._item(item_id)
        if before.status is ReviewStatus.GONE:
            raise NotAllowedNow("The words of this message are no longer kept.")
        now = self.clock.now()
        item = replace(
            before,
            status=ReviewStatus.REVIEWED,
            finding=finding,
            reviewer=by.id,
            reviewed_at=now,
            note=note.strip(),
        )
        details = {"item": item.id, "finding": finding.value}
        entry = AuditEntry(
            item.subject, now, f"staff:{by.id}", "decide", "reviewed_message", details
        )
        await self.record.save(Work(put=[item], expect=[before], audit=[entry]))
        return item

    async def findings(
        self, *, by: Staff, since: datetime | None = None, until: datetime | None = None
    ) -> Findings:
        """The figures over messages from ``since`` to before ``until`` (UTC).

        Raises ``NotPermitted``.
        """
        check_may(by, Action.SEE, Thing.SAFETY_REVIEW)
        items = await self.record.find(ReviewItem, order="at")
        entry = AuditEntry(
            SERVICE_CHAIN, self.clock.now(), f"staff:{by.id}", "see", "safety_figures"
        )
        await self.record.save(Work(audit=[entry]))
        return findings_of(
            each
            for each in items
            if (since is None or each.at >= since) and (until is None or each.at < until)
        )

    async def _item(self, item_id: str) -> tuple[ReviewItem, Person]:
        item = await self.record.get(ReviewItem, item_id)
        person = await self.record.get(Person, item.subject) if item else None
        if item is None or person is None:
            raise NotFound("There is no such message to review.")
        return item, person

    def _seen(self, item: ReviewItem, by: Staff, reason: str, *, around: bool) -> AuditEntry:
        details = {"item": item.id, "act": item.act_id}
        if around:
            details |= {"around": str(AROUND), "reason": reason.strip()}
        now = self.clock.now()
        return AuditEntry(item.subject, now, f"staff:{by.id}", "see", "reviewed_message", details)


def _line(message: KeptMessage, known: Known) -> Line:
    words = None if message.words is None else without_names(message.words, known)
    return Line(message.at, message.is_theirs, words)
