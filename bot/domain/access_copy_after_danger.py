"""What the record holds because of a sign of danger, as the items of a person's copy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.domain.access_copy import Item, Line, Section
from bot.domain.access_copy_words import moment, plain
from bot.domain.held import Held
from bot.domain.notices import Notice, NoticeStatus, Rung
from bot.domain.safety_review import Reviewed, ReviewItem

_FOR = {
    Rung.OWNER: "whoever works with you",
    Rung.COVER: "whoever stood in for them",
    Rung.DUTY: "whoever was on duty",
    Rung.NEXT: "the next on duty",
    Rung.MANAGER: "the duty manager",
    Rung.TELL_PERSON: "you, if nobody had looked",
    Rung.DAILY: "a daily trial",
}
_BECAME = {
    NoticeStatus.WAITING: "not due yet",
    NoticeStatus.SENT: "sent",
    NoticeStatus.DELIVERED: "delivered",
    NoticeStatus.FAILED: "could not be sent",
    NoticeStatus.NOT_NEEDED: "not needed: somebody had looked",
    NoticeStatus.NO_ADDRESS: "nobody to send it to",
}
_FOUND = {
    Reviewed.NOT_YET: "not looked at yet",
    Reviewed.RIGHT: "it was right",
    Reviewed.TOO_LOW: "it took it too lightly",
    Reviewed.TOO_HIGH: "it took it too heavily",
    Reviewed.OTHER_FAMILY: "it took it for something else",
    Reviewed.UNSURE: "hard to say",
}
_VALUES = {
    "item_6": "An answer about plans to end your life",
    "self_harm_acted_on": "Whether you had hurt yourself",
    "urge_self_harm": "How strong an urge to hurt yourself was",
    "urge_suicide": "How strong an urge to end your life was",
}


def after_danger(held: Held) -> Iterator[Item]:
    """What was agreed, values asked about, pauses, looking back, who stepped in, who was told."""
    yield from _choices(held)
    yield from _values(held)
    yield from _pauses(held)
    yield from _reviews(held)
    yield from _take_overs(held)
    for notice in held.after_danger.notices:
        yield _notice(held, notice)
    for item in held.after_danger.items:
        yield _item(held, item)


def _choices(held: Held) -> Iterator[Item]:
    agreed = held.after_danger.choices
    if agreed is None:
        return
    words = _lines(
        ("You are asked about an urge from", f"{agreed.urge_from} of 5 on"),
        ("Message on the day after danger", agreed.check_in_at or "none"),
        ("Agreed", agreed.agreed_at),
        ("Agreed with", held.name(agreed.agreed_with) if agreed.agreed_with else ""),
    )
    title = "What you agreed on for hard times"
    yield Item(f"agreed:{agreed.subject}", Section.CHOICES, agreed.agreed_at, title, words)


def _values(held: Held) -> Iterator[Item]:
    for each in held.after_danger.values:
        title = _VALUES.get(each.item, plain(each.item).capitalize())
        words = _lines(
            ("You gave", str(each.value)),
            ("Where", plain(each.source)),
            ("You were asked about it", each.asked_at),
        )
        yield Item(f"value:{each.id}", Section.EVENTS, each.at, title, words, each.asked_at)


def _pauses(held: Held) -> Iterator[Item]:
    for each in held.after_danger.pauses:
        ends = ("Back on", each.until) if each.until else ("You are asked again", each.ask_at)
        title = "Your reminders were paused"
        words = _lines(ends)
        yield Item(f"pause:{each.id}", Section.REMINDERS, each.since, title, words, each.until)


def _reviews(held: Held) -> Iterator[Item]:
    for each in held.after_danger.reviews:
        words = _lines(
            ("You said", plain(each.answer.value) if each.answer else "nothing so far"),
            ("When", each.answered_at),
            ("Done", each.done_at),
            ("Done with", held.name(each.done_by) if each.done_by else ""),
        )
        title = "You were offered to look back on a hard time"
        changed = each.done_at or each.answered_at
        yield Item(f"review:{each.id}", Section.CONCERNS, each.offered_at, title, words, changed)


def _take_overs(held: Held) -> Iterator[Item]:
    for each in held.after_danger.take_overs:
        words = _lines(("Who", held.name(each.staff_id)), ("Until", each.until))
        title = "Somebody from your team was in the conversation"
        yield Item(f"take_over:{each.id}", Section.PEOPLE_AT_WORK, each.since, title, words)


def _notice(held: Held, notice: Notice) -> Item:
    words = _lines(
        ("For", _FOR[notice.rung]),
        ("Who", held.name(notice.staff_id) if notice.staff_id else ""),
        ("How", plain(notice.channel) if notice.channel else ""),
        ("What became of it", _BECAME[notice.status]),
        ("Sent", notice.sent_at),
        ("Opened", notice.opened_at),
    )
    title = "A notice to staff that they were needed, without your name"
    changed = notice.opened_at or notice.delivered_at or notice.sent_at
    return Item(f"notice:{notice.id}", Section.CONCERNS, notice.due_at, title, words, changed)


def _item(held: Held, item: ReviewItem) -> Item:
    words = _lines(
        ("What the check for danger noted", plain(item.tier)),
        ("What about", plain(item.family) if item.family else ""),
        ("What the reviewer found", _FOUND[item.finding]),
        ("Looked at by", held.name(item.reviewer) if item.reviewer else ""),
        ("Note", item.note),
    )
    title = "A message picked out to see whether the check for danger was right"
    return Item(f"item:{item.id}", Section.LOOKS, item.at, title, words, item.reviewed_at)


def _lines(*pairs: tuple[str, str | datetime | None]) -> tuple[Line, ...]:
    return tuple(
        Line(label, moment(value) if isinstance(value, datetime) else value)
        for label, value in pairs
        if value
    )
