"""A copy of a record: drafted, gone through by a named person, and only then released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.access_copy import (
    AccessCopy,
    Because,
    Item,
    item_of,
    without,
    written_out,
)
from bot.domain.access_copy_items import items_of
from bot.domain.audit import AuditEntry
from bot.domain.errors import BadInput, NotAllowedNow, NotFound
from bot.domain.people import Person, Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.rights import RequestKind, RequestStatus, RightsRequest
from bot.services.ports import Clock, ContentSource, Ids, Secrets, Work
from bot.services.privacy.archive import Archive
from bot.services.privacy.asking import LONGEST_WORDS, Asked, Asking, decided, undecided
from bot.services.privacy.everything import everything_of

COPY = "access_copy"
_DIGEST = "access copy"


@dataclass(frozen=True)
class Draft:
    """A copy before it is released. ``new`` are ids of items that came after it was gone through.

    ``reviewed_at`` is None before that; ``is_as_reviewed`` whether not a word has changed since.
    """

    request: RightsRequest
    person: Person
    items: tuple[Item, ...]
    reviewed_at: datetime | None
    is_as_reviewed: bool

    @property
    def withheld(self) -> Mapping[str, str]:
        """What is left out, and why."""
        return dict(self.request.withheld)

    @property
    def new(self) -> tuple[Item, ...]:
        """What was written after the draft was gone through."""
        at = self.reviewed_at
        return () if at is None else tuple(each for each in self.items if each.came_after(at))


@dataclass(frozen=True)
class Access:
    """Copies of records. Every step is in the person's audit."""

    archive: Archive
    clock: Clock
    ids: Ids
    secrets: Secrets
    content: ContentSource

    async def draft(self, code: str, *, by: Staff, words: str) -> tuple[Asked, Draft]:
        """Make the draft for a person's request, which is opened if there is none.

        Raises ``NotFound``, ``NotPermitted``, ``BadInput``.
        """
        asking = Asking(self.archive, self.clock, self.ids)
        asked = await asking.ask(code, RequestKind.ACCESS, by=by, words=words)
        request = replace(asked.request, status=RequestStatus.DRAFTED)
        entry = self._entry("draft", request, by, reason=words.strip()[:LONGEST_WORDS])
        work = Work(expect=[asked.request], put=[request], audit=[entry])
        await self.archive.save(work)
        return replace(asked, request=request), await self._draft(request)

    async def review(self, request_id: str, *, by: Staff) -> Draft:
        """The list of a draft's items, noted as gone through by ``by`` as they are now.

        The draft tells what had come since the time before. Raises ``NotFound``,
        ``NotPermitted``, ``NotAllowedNow``.
        """
        draft = await self._for_decision(request_id, by)
        entry = self._entry(
            "see", draft.request, by, items=str(len(draft.items)), digest=self._digest(draft)
        )
        await self.archive.save(Work(audit=[entry]))
        return draft

    async def show(self, request_id: str, item_id: str, *, by: Staff) -> Item:
        """One item with its words. Raises ``NotFound``, ``NotPermitted``, ``NotAllowedNow``."""
        draft = await self._for_decision(request_id, by)
        item = item_of(draft.items, item_id)
        await self.archive.save(Work(audit=[self._entry("see", draft.request, by, item=item.id)]))
        return item

    async def withhold(
        self, request_id: str, item_id: str, because: Because | None, *, by: Staff
    ) -> RightsRequest:
        """Leave an item out of the copy; None puts it back.

        Raises ``NotFound``, ``NotPermitted``, ``NotAllowedNow``.
        """
        draft = await self._for_decision(request_id, by)
        item = item_of(draft.items, item_id)
        kept = tuple(each for each in draft.request.withheld if each[0] != item.id)
        withheld = kept if because is None else (*kept, (item.id, because.value))
        changed = replace(draft.request, withheld=withheld)
        action = "include" if because is None else "withhold"
        details = {} if because is None else {"because": because.value}
        entry = self._entry(action, draft.request, by, item=item.id, **details)
        await self.archive.save(Work(expect=[draft.request], put=[changed], audit=[entry]))
        return changed

    async def prepare(
        self, request_id: str, *, by: Staff, opinion_of: Staff | None = None
    ) -> AccessCopy:
        """The copy as it may be given: every item as it was gone through, without what is withheld.

        ``opinion_of`` is the health professional who was asked whether anything in it could do
        serious harm. Raises ``NotFound``, ``NotPermitted``, ``NotAllowedNow``, ``BadInput``.
        """
        draft = await self._for_decision(request_id, by)
        check_reviewed(draft)
        request = draft.request
        because = {why for _, why in request.withheld}
        if Because.SERIOUS_HARM.value in because and opinion_of is None:
            raise BadInput("Name the health professional who said what could do serious harm.")
        opinion = {} if opinion_of is None else {"opinion": opinion_of.id}
        await self.archive.save(Work(audit=[self._entry("export", request, by, **opinion)]))
        return AccessCopy(
            code=draft.person.code,
            called=draft.person.called,
            asked_at=request.asked_at,
            until=self.clock.now(),
            items=without(draft.items, request.withheld),
            left_out=tuple(each for each in Because if each.value in because),
        )

    async def released(self, request_id: str, *, by: Staff) -> RightsRequest:
        """Note that the copy was written. Raises ``NotFound``, ``NotPermitted``."""
        check_may(by, Action.DECIDE, Thing.RIGHTS)
        request = await undecided(self.archive, request_id, RequestKind.ACCESS)
        work = Work()
        after = replace(request, status=RequestStatus.RELEASED)
        now = self.clock.now()
        done = await decided(self.archive, work, after, before=request, by=by, now=now)
        await self.archive.save(work)
        return done

    async def _for_decision(self, request_id: str, by: Staff) -> Draft:
        check_may(by, Action.DECIDE, Thing.RIGHTS)
        request = await undecided(self.archive, request_id, RequestKind.ACCESS)
        if request.status is not RequestStatus.DRAFTED:
            raise NotAllowedNow("There is no draft yet: make it with 'companion privacy export'.")
        return await self._draft(request)

    async def _draft(self, request: RightsRequest) -> Draft:
        person = await self.archive.get(Person, request.subject)
        if person is None:
            raise NotFound("The person of this request is not in the record.")
        content = self.content.current()
        held = await everything_of(self.archive, person, content, but_request=request.id)
        draft = Draft(request, person, items_of(held), None, is_as_reviewed=False)
        reviews = [
            each
            for each in await self.archive.audit_of(person.id)
            if each.details.get("request") == request.id and "digest" in each.details
        ]
        if not reviews:
            return draft
        same = reviews[-1].details["digest"] == self._digest(draft)
        return replace(draft, reviewed_at=reviews[-1].at, is_as_reviewed=same)

    def _digest(self, draft: Draft) -> str:
        return self.secrets.digest(_DIGEST, written_out(draft.items))

    def _entry(self, action: str, request: RightsRequest, by: Staff, **more: str) -> AuditEntry:
        details = {"request": request.id, **more}
        now = self.clock.now()
        return AuditEntry(request.subject, now, f"staff:{by.id}", action, COPY, details)


def check_reviewed(draft: Draft) -> None:
    """Raise ``NotAllowedNow`` unless everything in a draft was gone through as it is now."""
    if draft.reviewed_at is None:
        raise NotAllowedNow("Nobody has gone through this draft: 'companion privacy review'.")
    if not draft.is_as_reviewed:
        new = ", ".join(each.id for each in draft.new) or "something that was there before"
        raise NotAllowedNow(f"The record has changed since it was gone through: {new}.")
