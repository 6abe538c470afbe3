"""One use case's writes, as statements of a group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, update

from bot.adapters.records.entities import mapped, normal
from bot.adapters.records.mapping import to_micros
from bot.adapters.records.queue.moving import forget, move_address
from bot.adapters.records.queue.queue_tables import inbox, outbox
from bot.adapters.records.queue.sealed_rows import OUTBOX_BODY, seal_reply
from bot.adapters.records.sealing.encryption import MasterKeys, Place
from bot.adapters.records.statements import is_open, is_waiting
from bot.adapters.records.tables import blind_index
from bot.adapters.records.writing.group import Group
from bot.adapters.records.writing.jobs import ACTS, OUTGOING, Job, Wanted
from bot.domain.errors import AuditMissing, ChangedMeanwhile, NotAllowedNow
from bot.domain.messages import Act, ActKind, Outbound
from bot.services.ports import Handled, Work

_HANDLED = (
    update(inbox)
    .where(inbox.c.id == bindparam("the_id"))
    .values(
        state=bindparam("new_state"),
        handled_at=bindparam("at"),
        answered_by=bindparam("by"),
        tier=bindparam("new_tier"),
    )
)
_CANCEL = inbox.delete().where(
    inbox.c.subject == bindparam("the_subject"),
    inbox.c.kind == ActKind.TIMER.value,
    is_waiting(inbox),
    func.substr(inbox.c.label, 1, bindparam("length")) == bindparam("start"),
)
_WITHHOLD = (
    update(outbox)
    .where(outbox.c.subject == bindparam("the_subject"), is_open(outbox))
    .values(state="withheld")
)


def _place(entity: object) -> tuple[str, str]:
    mapping = mapped(type(entity))
    return mapping.table.name, str(getattr(entity, mapping.key))


def check_audited(work: Work) -> None:
    """Raise ``AuditMissing`` for a write without an audit entry."""
    if not work.audit:
        raise AuditMissing


@dataclass(frozen=True)
class Save(Job):
    """The job of ``Record.save``."""

    work: Work
    masters: MasterKeys
    owner: str
    durably: bool = True

    @property
    def durable(self) -> bool:
        """As its caller asked."""
        return self.durably

    @property
    def alone(self) -> bool:
        """Moving and forgetting read the queues."""
        return bool(self.work.move_address or self.work.forget)

    def wants(self, wanted: Wanted) -> None:
        """Keys of those whose words are written, heads of the chains, the act's state."""
        for entity in (*self.work.expect, *self.work.put):
            mapping = mapped(type(entity))
            if mapping.sealed:
                wanted.subjects.add(mapping.subject_of(entity))
        wanted.subjects.update(each.subject for each in self.work.send)
        wanted.subjects.update(self.work.new_keys)
        wanted.chains.update(each.chain for each in self.work.audit)
        if self.work.handled:
            wanted.act_ids.add(self.work.handled.act_id)

    def apply(self, group: Group) -> None:
        """Write all of it.

        Raises ``NotAllowedNow`` when the act is no longer this owner's, ``ChangedMeanwhile`` when
        something that was expected is not so.
        """
        if self.work.handled:
            self._handle(group, self.work.handled)
        # Locked in one order everywhere, so that no two wait for each other.
        for entity in sorted(self.work.expect, key=_place):
            self._check_stands(group, entity)
        for address_id, subject in self.work.move_address:
            move_address(group, address_id, subject)
        for subject in self.work.forget:
            forget(group, subject)
        for subject in self.work.new_keys:
            group.make_key(subject)
        for entity in self.work.put:
            self._put(group, entity)
        for entity in self.work.remove:
            self._remove(group, entity)
        self._apply_queues(group)
        for entry in self.work.audit:
            group.audit(entry)

    def _apply_queues(self, group: Group) -> None:
        for subject in self.work.withhold:
            group.add(outbox, _WITHHOLD, {"the_subject": subject})
        for subject, start in self.work.cancel:
            row = {"the_subject": subject, "length": len(start), "start": start}
            group.add(inbox, _CANCEL, row)
        for act, due in self.work.schedule:
            self._schedule(group, act, due)
        for reply in self.work.send:
            self._send(group, reply)

    def _handle(self, group: Group, handled: Handled) -> None:
        if not group.take_act(handled.act_id, self.owner):
            raise NotAllowedNow(f"act {handled.act_id}")
        row = {
            "the_id": handled.act_id,
            "new_state": "failed" if handled.failed else "handled",
            "at": to_micros(handled.at),
            "by": handled.answered_by,
            "new_tier": handled.tier,
        }
        group.add(inbox, _HANDLED, row)

    def _check_stands(self, group: Group, entity: object) -> None:
        mapping = mapped(type(entity))
        row = group.standing(mapping.table, mapping.key, str(getattr(entity, mapping.key)))
        if row is None or mapping.from_row(row, group.key) != entity:
            raise ChangedMeanwhile(" ".join(_place(entity)))

    def _put(self, group: Group, entity: object) -> None:
        mapping = mapped(type(entity))
        key = group.key(mapping.subject_of(entity)) if mapping.sealed else None
        row = mapping.to_row(entity, key)
        row_id = str(getattr(entity, mapping.key))
        if mapping.digest:
            purpose, text_of = mapping.digest
            row["digest"] = self.masters.digest(f"index {purpose}", text_of(entity))
        group.upsert(mapping.table, row, mapping.key)
        for name, text_of in mapping.indexed.items():
            text = normal(name, text_of(entity))
            if not text:
                group.delete(blind_index, field=name, entity_id=row_id)
                continue
            entry = {
                "field": name,
                "entity_id": row_id,
                "subject": mapping.subject_of(entity),
                "digest": self.masters.digest(f"index {name}", text),
            }
            group.upsert(blind_index, entry, "field", "entity_id")

    def _remove(self, group: Group, entity: object) -> None:
        mapping = mapped(type(entity))
        row_id = str(getattr(entity, mapping.key))
        group.delete(mapping.table, **{mapping.key: row_id})
        if mapping.indexed:
            group.delete(blind_index, entity_id=row_id)

    def _schedule(self, group: Group, act: Act, due: datetime) -> None:
        row = {
            "id": act.id,
            "subject": act.subject,
            "channel": act.channel,
            "address_id": act.address_id,
            "provider_id": act.id,
            "kind": ActKind.TIMER.value,
            "label": act.text,
            "sent_at": to_micros(act.sent_at),
            "received_at": to_micros(act.received_at),
            "available_at": to_micros(due),
            "state": "waiting",
            "attempts": 0,
            "handled_at": None,
            "answered_by": "",
            "tier": "",
            "body": None,
        }
        group.insert(inbox, row)
        group.rings.add(ACTS)

    def _send(self, group: Group, reply: Outbound) -> None:
        place = Place(reply.subject, OUTBOX_BODY, reply.id)
        row = {
            "id": reply.id,
            "subject": reply.subject,
            "channel": reply.channel,
            "address_id": reply.address_id,
            "kind": reply.kind.value,
            "in_reply_to": reply.in_reply_to,
            "place": reply.place,
            "created_at": to_micros(reply.created_at),
            # At once, whatever the clock does next.
            "due_at": 0,
            "state": "waiting",
            "owner": "",
            "lease_until": 0,
            "attempts": reply.attempts,
            "body": seal_reply(group.key(reply.subject), place, reply.reply),
        }
        group.insert(outbox, row)
        group.rings.add(OUTGOING)
