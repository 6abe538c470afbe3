"""One use case's writes, made on a copy of the contents."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from bot.adapters.memory.contents import Contents, KeptAct, KeptReply
from bot.adapters.memory.kinds import KINDS, Kind, kind_of
from bot.domain.errors import (
    AlreadyThere,
    AuditMissing,
    BadInput,
    ChangedMeanwhile,
    NotAllowedNow,
    NotFound,
)
from bot.domain.messages import Act, Outbound, Reply, SubjectId
from bot.domain.people import Address
from bot.services.ports import Handled, Work

_REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)


def apply(contents: Contents, work: Work, owner: str) -> None:
    """Write all of it. What it raises leaves ``contents`` half changed: give it a copy."""
    if not work.audit:
        raise AuditMissing
    if work.handled:
        _handle(contents, work.handled, owner)
    for entity in work.expect:
        _check_stands(contents, entity)
    for address_id, subject in work.move_address:
        _move(contents, address_id, subject)
    for subject in work.forget:
        forget(contents, subject)
    contents.keys.update(work.new_keys)
    for entity in work.put:
        put(contents, entity)
    for entity in work.remove:
        kind = kind_of(type(entity))
        contents.entities[kind.of].pop(kind.key_of(entity), None)
    _apply_queues(contents, work)
    for entry in work.audit:
        contents.audit(entry)


def _apply_queues(contents: Contents, work: Work) -> None:
    for subject in work.withhold:
        _withhold(contents, subject)
    for subject, start in work.cancel:
        _cancel(contents, subject, start)
    for act, due in work.schedule:
        _schedule(contents, act, due)
    for reply in work.send:
        _send(contents, reply)


def put(contents: Contents, entity: object) -> None:
    """Insert or replace by id."""
    kind = kind_of(type(entity))
    if kind.hidden:
        contents.check_key(kind.subject_of(entity))
    kind.check_storable(entity)
    kept = contents.entities[kind.of]
    key = kind.key_of(entity)
    for text_of in kind.unique.values():
        if any(text_of(each) == text_of(entity) for at, each in kept.items() if at != key):
            raise AlreadyThere
    kept[key] = deepcopy(entity)


def forget(contents: Contents, subject: str) -> None:
    """Take everything of a subject away; the audit stays, and acts that are known to be known."""
    contents.keys.discard(subject)
    for kind in KINDS.values():
        contents.entities[kind.of] = _others(contents, kind, subject)
    contents.leases.pop(subject, None)
    contents.replies = {
        key: each for key, each in contents.replies.items() if each.reply.subject != subject
    }
    for key, each in contents.acts.items():
        if each.act.subject == subject:
            blank = replace(each.act, text="", token="")
            contents.acts[key] = replace(each, act=blank, state="forgotten")


def _others(contents: Contents, kind: Kind, subject: str) -> dict[str, object]:
    kept = contents.entities[kind.of]
    if not kind.subject:
        return kept
    return {key: each for key, each in kept.items() if kind.subject_of(each) != subject}


def _handle(contents: Contents, handled: Handled, owner: str) -> None:
    kept = contents.acts.get(handled.act_id)
    lease = contents.leases.get(kept.act.subject) if kept else None
    if kept is None or not kept.waits or lease is None or lease.owner != owner:
        raise NotAllowedNow(f"act {handled.act_id}")
    state = "failed" if handled.failed else "handled"
    contents.acts[handled.act_id] = replace(kept, state=state, handled=handled)


def _check_stands(contents: Contents, entity: object) -> None:
    kind = kind_of(type(entity))
    if contents.entities[kind.of].get(kind.key_of(entity)) != entity:
        raise ChangedMeanwhile(f"{kind.of.__name__} {kind.key_of(entity)}")


def _move(contents: Contents, address_id: str, subject: SubjectId) -> None:
    """Give an address, and what still waits in the queues for it, to another subject."""
    contents.keys.add(subject)
    address: Address | None = contents.entities[Address].get(address_id)
    if address is None:
        raise NotFound(f"address {address_id}")
    before = address.subject
    contents.entities[Address][address_id] = replace(address, subject=subject)
    for key, act in contents.acts.items():
        if act.waits and (act.act.subject, act.act.address_id) == (before, address_id):
            contents.acts[key] = replace(act, act=replace(act.act, subject=subject))
    for key, each in contents.replies.items():
        if each.is_open and (each.reply.subject, each.reply.address_id) == (before, address_id):
            contents.replies[key] = replace(each, reply=replace(each.reply, subject=subject))


def _withhold(contents: Contents, subject: str) -> None:
    for key, each in contents.replies.items():
        if each.is_open and each.reply.subject == subject:
            contents.replies[key] = replace(each, state="withheld", lease=None)


def _cancel(contents: Contents, subject: str, start: str) -> None:
    contents.acts = {
        key: each
        for key, each in contents.acts.items()
        if not (
            each.waits
            and each.is_timer
            and each.act.subject == subject
            and each.act.text.startswith(start)
        )
    }


def _schedule(contents: Contents, act: Act, due: datetime) -> None:
    if act.id in contents.acts:
        raise AlreadyThere
    contents.acts[act.id] = KeptAct(act, provider_id=act.id, available_at=due)


def _send(contents: Contents, reply: Outbound) -> None:
    contents.check_key(reply.subject)
    if reply.id in contents.replies:
        raise AlreadyThere
    try:
        _REPLY.dump_json(reply.reply, warnings="error")
    except PydanticSerializationError:
        # The error's text holds the value.
        raise BadInput(f"reply {reply.id}") from None
    contents.replies[reply.id] = KeptReply(reply)
