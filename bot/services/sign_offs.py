"""Signing content off: a record by hash, so that a changed file is unsigned again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.audit import SERVICE_CHAIN, AuditEntry
from bot.domain.content import Content, ContentItem
from bot.domain.errors import NotFound
from bot.domain.people import Staff
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.sign_offs import SignOff, unsigned
from bot.services.ports import Clock, Ids, Record, Work


@dataclass(frozen=True)
class ContentSignOffs:
    """Who reviewed which content, and what still waits for it."""

    record: Record
    clock: Clock
    ids: Ids
    content: Content

    async def waiting(self) -> list[ContentItem]:
        """The files whose present content nobody has signed."""
        return unsigned(self.content.items, await self.record.find(SignOff))

    async def sign(self, *, by: Staff, paths: Sequence[str] | None = None) -> list[ContentItem]:
        """Sign the named files, or all; returns those that were not signed before.

        Raises ``NotPermitted``, ``NotFound``.
        """
        check_may(by, Action.SIGN, Thing.CONTENT)
        known = {each.path: each for each in self.content.items}
        for path in paths or ():
            if path not in known:
                raise NotFound(f"There is no content file {path}.")
        wanted = [each for each in await self.waiting() if paths is None or each.path in set(paths)]
        now = self.clock.now()
        work = Work()
        for item in wanted:
            sign_off = SignOff(self.ids.new(), item.path, item.digest, by.id, now)
            work.put.append(sign_off)
            details = {"path": item.path, "digest": item.digest}
            work.audit.append(
                AuditEntry(SERVICE_CHAIN, now, f"staff:{by.id}", "sign", "content", details)
            )
        if wanted:
            await self.record.save(work)
        return wanted

    async def missing_live(self) -> list[str]:
        """The files that live mode needs and nobody has signed as they are."""
        return [each.path for each in await self.waiting() if each.needed_live]

    async def signed_skills(self) -> frozenset[str]:
        """The ids of skills whose present content is signed, with the steps around them."""
        waiting = {each.digest for each in await self.waiting()}
        return frozenset(
            skill.id for skill in self.content.skills.values() if skill.digest not in waiting
        )
