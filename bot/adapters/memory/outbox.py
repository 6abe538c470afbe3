"""The outbox: replies leased to a channel, in order within a conversation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from bot.adapters.memory.contents import LEASE, Contents, KeptReply, Lease
from bot.domain.fair_share import fair_share
from bot.domain.messages import Outbound, SubjectId
from bot.domain.people import Address


def claim(
    contents: Contents, channel: str, limit: int, owner: str, now: datetime
) -> list[tuple[Outbound, str]]:
    """Lease up to ``limit`` replies: of each conversation the first that are due."""
    claimed: list[tuple[Outbound, str]] = []
    for kept in fair_share(_sendable(contents, channel, now), limit):
        reply = replace(kept.reply, attempts=kept.reply.attempts + 1)
        lease = Lease(owner, now + LEASE)
        contents.replies[reply.id] = replace(kept, reply=reply, state="claimed", lease=lease)
        address: Address | None = contents.entities[Address].get(reply.address_id)
        if address is None:
            sent(contents, reply.id, "failed")
            continue
        claimed.append((reply, address.value))
    return claimed


def sent(contents: Contents, reply_id: str, outcome: str) -> None:
    """Note what became of a reply."""
    kept = contents.replies.get(reply_id)
    if kept is not None and kept.is_open:
        contents.replies[reply_id] = replace(kept, state=outcome, lease=None)


def retry(contents: Contents, reply_id: str, at: datetime, owner: str) -> None:
    """Put a reply back until a later time, and those claimed after it with it.

    One that somebody else has taken over meanwhile is theirs to put back.
    """
    kept = contents.replies.get(reply_id)
    if kept is None or not kept.is_open or (kept.lease and kept.lease.owner != owner):
        return
    same = _conversations(contents, kept.reply.channel)[kept.reply.subject]
    for each in same[same.index(kept) :]:
        if each.lease and each.lease.owner == owner:
            contents.replies[each.reply.id] = replace(each, state="waiting", lease=None)
    contents.replies[reply_id] = replace(kept, state="waiting", lease=None, due_at=at)


def due_in(contents: Contents, channel: str, now: datetime) -> float | None:
    """Seconds until something can be sent on a channel; None when nothing is to come."""
    if _sendable(contents, channel, now):
        return 0.0
    still = [each for of in _conversations(contents, channel).values() for each in of]
    times = [each.due_at for each in still] + [each.lease.until for each in still if each.lease]
    return min(((each - now).total_seconds() for each in times if each > now), default=None)


def _conversations(contents: Contents, channel: str) -> dict[SubjectId, list[KeptReply]]:
    """What has still to be sent on a channel, in order."""
    by_subject: dict[SubjectId, list[KeptReply]] = defaultdict(list)
    for each in contents.replies.values():
        if each.is_open and each.reply.channel == channel:
            by_subject[each.reply.subject].append(each)
    return by_subject


def _sendable(contents: Contents, channel: str, now: datetime) -> list[list[KeptReply]]:
    """From the start of each conversation those that are ready; the one due first in front."""
    ready = []
    for of_subject in _conversations(contents, channel).values():
        first = []
        for each in of_subject:
            if not _is_ready(each, now):
                break
            first.append(each)
        if first:
            ready.append(first)
    return sorted(ready, key=lambda of: of[0].due_at)


def _is_ready(kept: KeptReply, now: datetime) -> bool:
    if kept.lease is not None:
        return not kept.lease.holds(now)
    return kept.due_at <= now
