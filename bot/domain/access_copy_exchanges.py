"""What the record holds, as the items of a person's copy: what was done, written and asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.domain.access_copy import Item, Line, Section
from bot.domain.access_copy_words import moment, plain
from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern
from bot.domain.held import Held
from bot.domain.kept_messages import KeptMessage

_TIMERS = {
    "step": "the end of a timed step",
    "ask": "to ask you once more",
    "asktask": "to tell staff that a question was not answered",
    "still_there": "to ask whether you are still there",
    "value": "to ask about a number that you gave",
    "check_in": "to write to you on the day after, as agreed",
    "reminders": "to ask whether you want reminders back",
    "review": "to offer looking back on a hard time",
    "review_again": "to offer looking back once more",
    "take_over": "to tell you that somebody has left the conversation",
}
NO_LONGER_KEPT = "(The words are no longer kept.)"


def exchanges(held: Held) -> Iterator[Item]:
    """Practice, events, concerns, tasks, messages, reminders, looks and requests."""
    yield from _practices(held)
    yield from _events(held)
    for concern in held.concerns:
        yield _concern(held, concern)
    yield from _tasks(held)
    for message in held.messages:
        yield _message(message)
    yield from _reminders(held)
    # A chain is only ever added to, so a place in it is as good as an id.
    for place, entry in enumerate(held.audit, start=1):
        if entry.by.startswith("staff:"):
            yield _look(held, entry, place)
    yield from _requests(held)


def _line(label: str, value: str | datetime | None) -> tuple[Line, ...]:
    if not value:
        return ()
    return (Line(label, moment(value) if isinstance(value, datetime) else value),)


def _answers(answers: Mapping[str, str | int]) -> tuple[Line, ...]:
    return tuple(
        Line(plain(name).capitalize(), plain(value) if isinstance(value, str) else str(value))
        for name, value in sorted(answers.items())
    )


def _practices(held: Held) -> Iterator[Item]:
    for run in held.runs:
        last = _line("Last", run.changed_at) if run.changed_at != run.started_at else ()
        how = _line("How it stands", plain(run.status.value))
        title = held.title(run.activity)
        words = (*how, *last, *_answers(run.state.answers))
        yield Item(
            f"practice:{run.id}", Section.PRACTICES, run.started_at, title, words, run.changed_at
        )


def _events(held: Held) -> Iterator[Item]:
    for event in held.events:
        details = dict(event.details)
        skill = _line("Skill", held.title(str(details.pop("skill", ""))))
        words = (*skill, *_answers(details))
        title = plain(event.kind.value)
        yield Item(f"event:{event.id}", Section.EVENTS, event.at, title, words)


def _concern(held: Held, concern: Concern) -> Item:
    words = [
        *_line("How it stands", plain(concern.status.value)),
        *_line("What the check for danger noted", plain(concern.tier)),
        *_line("What about", plain(concern.family)),
    ]
    for note in concern.notes:
        when = moment(note.at)
        words += _line(f"Your words, {when}", note.words)
        words += _line(f"What you were answered, {when}", note.answered)
    owner = held.name(concern.owner) if concern.owner else ""
    words += _line("Taken on by", owner)
    words += _line("Taken on", concern.taken_at)
    words += _line("Closed", concern.closed_at)
    words += _line("What was done", concern.closing_note)
    title = "A message that sounded worrying"
    times = [note.at for note in concern.notes] + [concern.opened_at]
    times += [at for at in (concern.taken_at, concern.closed_at) if at]
    return Item(
        f"concern:{concern.id}",
        Section.CONCERNS,
        concern.opened_at,
        title,
        tuple(words),
        max(times),
    )


def _tasks(held: Held) -> Iterator[Item]:
    for task in held.tasks:
        words = (
            *_line("For", held.name(task.owner) if task.owner else ""),
            *_line("About", task.about),
            *_line("To be done by", task.due_at),
            *_line("Done", task.done_at),
            *_line("Done by", held.name(task.done_by) if task.done_by else ""),
        )
        title = plain(task.kind.value)
        yield Item(f"task:{task.id}", Section.TASKS, task.opened_at, title, words, task.done_at)


def _message(message: KeptMessage) -> Item:
    said = message.words if message.words is not None else NO_LONGER_KEPT
    words = (
        *_line("", said),
        *_line("Buttons", " · ".join(message.buttons)),
        *_line("What the check for danger noted", plain(message.noted) if message.noted else ""),
        *_line("Answered by", plain(message.answered_by) if message.answered_by else ""),
        *_line("By way of", plain(message.channel)),
    )
    if message.is_theirs:
        return Item(f"wrote:{message.id}", Section.MESSAGES, message.at, "You wrote", words)
    outcome = _line("What became of it", plain(message.state))
    title = "The companion wrote"
    return Item(f"answer:{message.id}", Section.MESSAGES, message.at, title, (*words, *outcome))


def _reminders(held: Held) -> Iterator[Item]:
    for timer in held.timers:
        words = (
            *_line("When", timer.due_at),
            *_line("What for", _TIMERS.get(timer.label.partition(":")[0], "something for later")),
        )
        yield Item(f"timer:{timer.id}", Section.REMINDERS, None, "A reminder", words)
    memory = held.memory
    if memory is None:
        return
    earlier = tuple(Line(f"You wrote, {moment(at)}", words) for at, words in memory.earlier)
    asked = tuple(Line(f"Asked about {plain(what)}", on) for what, on in memory.asked_on.items())
    offered = _line("Offered last", ", ".join(map(held.title, memory.offered)))
    contact = _line("Last day that you wrote", memory.contact_on)
    words = (*earlier, *asked, *offered, *contact)
    if words:
        title = "What the program remembers for its next answer"
        yield Item(f"memory:{memory.subject}", Section.REMINDERS, None, title, words)


def _look(held: Held, entry: AuditEntry, place: int) -> Item:
    thing = plain(entry.thing.partition(":")[0])
    reason = entry.details.get("reason", "")
    words = (
        *_line("Who", held.name(entry.by)),
        *_line("Why", plain(reason) if reason else ""),
    )
    title = f"{plain(entry.action)} {thing}".capitalize()
    return Item(f"look:{place}", Section.LOOKS, entry.at, title, words)


def _requests(held: Held) -> Iterator[Item]:
    for request in held.requests:
        words = (
            *_line("How it stands", plain(request.status.value)),
            *_line("Asked by", held.name(request.by)),
            *_line("What was said", request.about),
            *_line("To be answered by", request.due_at),
            *_line("Decided by", held.name(request.decided_by) if request.decided_by else ""),
            *_line("What was decided", request.decision),
        )
        title = plain(request.kind.value)
        yield Item(
            f"request:{request.id}",
            Section.REQUESTS,
            request.asked_at,
            title,
            words,
            request.decided_at,
        )
    for hold in held.holds:
        words = (
            *_line("By", held.name(hold.by)),
            *_line("Why", hold.reason),
            *_line("Ended", hold.lifted_at),
        )
        title = "Nothing may be erased for now"
        yield Item(f"hold:{hold.id}", Section.REQUESTS, hold.at, title, words, hold.lifted_at)
