"""The inbox's conversations: which can be claimed, and the leases on those that are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.adapters.memory.contents import LEASE, Contents, KeptAct, Lease
from bot.adapters.memory.saving import forget, put
from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry
from bot.domain.messages import Act, Said, SubjectId, within_bounds
from bot.domain.people import Address, Guest
from bot.services.ports import Accepted

GUEST_STAYS = timedelta(hours=72)

AT_A_TIME = 16
"""Acts of one conversation in one claim: who sends thousands holds nobody else up."""


def accept(contents: Contents, said: Said, new_id: Callable[[], str], now: datetime) -> Accepted:
    """Keep one act. A new address gets a guest."""
    for kept in contents.acts.values():
        if (kept.act.channel, kept.provider_id) == (said.channel, said.provider_id):
            return Accepted(kept.act.id, kept.act.subject, new=False)
    address = _address_of(contents, said) or _welcome(contents, said, new_id, now)
    act = Act(
        id=new_id(),
        subject=address.subject,
        channel=said.channel,
        address_id=address.id,
        kind=said.kind,
        # Halves of characters become U+FFFD: nothing can keep them.
        text=within_bounds(said.text).encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
        sent_at=said.sent_at,
        received_at=now,
        token=said.token,
    )
    contents.acts[act.id] = KeptAct(act, said.provider_id)
    return Accepted(act.id, act.subject, new=True)


def _address_of(contents: Contents, said: Said) -> Address | None:
    given = (said.channel, said.address)
    known: Iterable[Address] = contents.entities[Address].values()
    return next((each for each in known if (each.channel, each.value) == given), None)


def _welcome(contents: Contents, said: Said, new_id: Callable[[], str], now: datetime) -> Address:
    subject = SubjectId(new_id())
    contents.keys.add(subject)
    put(contents, Guest(subject, now, now + GUEST_STAYS))
    address = Address(new_id(), subject, said.channel, said.address, now)
    put(contents, address)
    return address


def claim(contents: Contents, limit: int, owner: str, now: datetime) -> list[list[Act]]:
    """Lease up to ``limit`` conversations; an attempt at the first act is counted here."""
    claimed = []
    for subject, acts in _claimable(contents, now)[:limit]:
        contents.leases[subject] = Lease(owner, now + LEASE)
        tried = [replace(each.act, attempts=each.act.attempts + 1) for each in acts]
        contents.acts[tried[0].id] = replace(acts[0], act=tried[0])
        claimed.append(tried)
    return claimed


def due_in(contents: Contents, now: datetime) -> float | None:
    """Seconds until something can be claimed; None when nothing is to come."""
    if _claimable(contents, now):
        return 0.0
    times = [each.available_at for each in contents.acts.values() if each.waits]
    times += [each.until for each in contents.leases.values()]
    return min(((each - now).total_seconds() for each in times if each > now), default=None)


def _claimable(contents: Contents, now: datetime) -> list[tuple[SubjectId, list[KeptAct]]]:
    """Conversations that nobody holds with what may be handled now, the one due first in front."""
    waiting: dict[SubjectId, list[KeptAct]] = defaultdict(list)
    for each in contents.acts.values():
        if each.waits:
            waiting[each.act.subject].append(each)
    ready = {
        subject: _turn(acts, now)
        for subject, acts in waiting.items()
        if not (lease := contents.leases.get(subject)) or not lease.holds(now)
    }
    order = {key: place for place, key in enumerate(contents.acts)}
    return sorted(
        ((subject, acts) for subject, acts in ready.items() if acts),
        key=lambda each: min((act.available_at, order[act.act.id]) for act in each[1]),
    )


def _turn(acts: list[KeptAct], now: datetime) -> list[KeptAct]:
    """What the person sent goes before timers, in order; a timer goes alone.

    An act that waits for its retry holds back the rest.
    """
    theirs = [each for each in acts if not each.is_timer]
    ready = []
    for each in theirs:
        if each.available_at > now:
            break
        ready.append(each)
    if theirs:
        return ready[:AT_A_TIME]
    due = [each for each in acts if each.available_at <= now]
    return sorted(due, key=lambda each: each.available_at)[:1]


def shred_due(contents: Contents, now: datetime) -> int:
    """Forget the guests whose deadline has passed, and what was blanked long ago."""
    guests: Iterable[Guest] = contents.entities[Guest].values()
    due = [each.id for each in guests if each.shred_at <= now]
    for subject in due:
        forget(contents, subject)
    contents.acts = {
        key: each
        for key, each in contents.acts.items()
        if each.act.subject not in due
        and not (each.state == "forgotten" and each.act.received_at <= now - GUEST_STAYS)
    }
    if due:
        details = {"number": str(len(due))}
        contents.audit(AuditEntry(SERVICE_CHAIN, now, PROGRAM, "forgotten", "guests", details))
    return len(due)
