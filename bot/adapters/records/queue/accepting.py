"""Accepting an act: kept durably, under its subject's key, before the channel is told so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters.records.entities import ADDRESS
from bot.adapters.records.mapping import to_micros
from bot.adapters.records.queue.queue_tables import inbox
from bot.adapters.records.queue.sealed_rows import INBOX_BODY, seal_said
from bot.adapters.records.sealing.encryption import Place
from bot.adapters.records.tables import addresses, guests
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import ACTS, BornElsewhere, Wanted
from bot.domain.audit import PROGRAM, AuditEntry
from bot.domain.messages import Said, SubjectId
from bot.domain.people import Address, Guest
from bot.services.ports import Accepted

GUEST_STAYS = timedelta(hours=72)


@dataclass(frozen=True)
class Accept(BornElsewhere):
    """Keep one act. A new address gets a guest with a key."""

    said: Said
    digest: str
    act_id: str
    new_id: Callable[[], str]
    now: datetime

    def wants(self, wanted: Wanted) -> None:
        """Whether it was accepted before, and whose address it is."""
        wanted.provider_ids.add((self.said.channel, self.said.provider_id))
        wanted.address_digests.add(self.digest)

    def apply(self, group: Group) -> Accepted:
        """Add the inbox row, and the guest where the address is new."""
        channel, provider_id = self.said.channel, self.said.provider_id
        known = group.known(channel, provider_id)
        if known:
            return Accepted(known[0], SubjectId(known[1]), new=False)
        address_id, subject = self._known_address(group) or self._welcome(group)
        key = group.key(subject)
        place = Place(subject, INBOX_BODY, self.act_id)
        now = to_micros(self.now)
        group.insert(
            inbox,
            {
                "id": self.act_id,
                "subject": subject,
                "channel": channel,
                "address_id": address_id,
                "provider_id": provider_id,
                "kind": self.said.kind.value,
                "label": "",
                "sent_at": to_micros(self.said.sent_at),
                "received_at": now,
                # At once, whatever the clock does next.
                "available_at": 0,
                "state": "waiting",
                "attempts": 0,
                "handled_at": None,
                "answered_by": "",
                "tier": "",
                "body": seal_said(key, place, self.said.text, self.said.token),
            },
        )
        group.note_known(channel, provider_id, self.act_id, subject)
        group.rings.add(ACTS)
        return Accepted(self.act_id, SubjectId(subject), new=True)

    def _known_address(self, group: Group) -> tuple[str, str] | None:
        found = group.address(self.digest)
        if found and group.has_lost_key(found[1]):
            # Better a stranger, who is answered, than somebody whose words cannot be kept.
            address_id, subject = found
            group.delete(addresses, id=address_id)
            thing = f"address:{address_id}"
            group.audit(AuditEntry(subject, self.now, PROGRAM, "unreadable", thing))
            return None
        return found

    def _welcome(self, group: Group) -> tuple[str, str]:
        subject = SubjectId(self.new_id())
        group.make_key(subject)
        guest = Guest(subject, self.now, self.now + GUEST_STAYS)
        group.insert(
            guests,
            {
                "id": guest.id,
                "created_at": to_micros(guest.created_at),
                "shred_at": to_micros(guest.shred_at),
            },
        )
        said = self.said
        address = Address(self.new_id(), subject, said.channel, said.address, self.now)
        row = ADDRESS.to_row(address, group.key(subject))
        group.insert(addresses, row | {"digest": self.digest})
        group.note_address(self.digest, address.id, subject)
        return address.id, subject
