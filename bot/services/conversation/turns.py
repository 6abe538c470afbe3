"""Loading a turn from the record, and turning what came of it into one piece of work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.activities import RunStatus
from bot.domain.concerns import Concern, ConcernStatus
from bot.domain.conversations import Conversation
from bot.domain.engagement import EventKind
from bot.domain.messages import Act, ActKind, Outbound
from bot.domain.people import Address, Person, PersonState
from bot.domain.practice import Run
from bot.domain.wording import safe_text
from bot.services.conversation.desk import Desk, Turn
from bot.services.conversation.reviewing import kept_of_verdict, log_verdict
from bot.services.ports import Handled

LATE = timedelta(minutes=10)
"""From this age on an act is late: its reply says so and it answers no step."""

REMEMBERED = 5
"""How many of the person's messages the safety net looks back on."""

REMEMBERED_FOR = timedelta(hours=24)


async def load(desk: Desk, act: Act) -> Turn:
    """Read what the record knows of this conversation."""
    record, now = desk.record, desk.clock.now()
    memory = await record.get(Conversation, act.subject) or Conversation(act.subject)
    person = await record.get(Person, act.subject)
    has_died = person is not None and person.state is PersonState.DIED
    runs = await record.find(
        Run, subject=act.subject, status=(RunStatus.OPEN, RunStatus.SET_ASIDE), order="-changed_at"
    )
    concerns: list[Concern] = []
    if person is not None:
        concerns = await record.find(
            Concern, subject=act.subject, status=(ConcernStatus.OPEN, ConcernStatus.TAKEN), limit=1
        )
    if act.kind is ActKind.TIMER:
        address = await record.get(Address, act.address_id)
        act = replace(act, channel=address.channel if address else act.channel)
    return Turn(
        desk=desk,
        act=act,
        now=now,
        text=safe_text(act.text),
        memory=memory,
        person=None if has_died else person,
        person_read=person,
        died=person if has_died else None,
        run=next((each for each in runs if each.status is RunStatus.OPEN), None),
        aside=next((each for each in runs if each.status is RunStatus.SET_ASIDE), None),
        concern=concerns[0] if concerns else None,
        late=act.kind is not ActKind.TIMER and now - act.sent_at > LATE,
    )


def blank(desk: Desk, act: Act) -> Turn:
    """A turn that knows nothing of who wrote: for when what the record has of them is damaged."""
    return Turn(
        desk=desk,
        act=act,
        now=desk.clock.now(),
        text=safe_text(act.text),
        memory=Conversation(act.subject),
        person=None,
        run=None,
        aside=None,
        concern=None,
    )


def close(turn: Turn) -> None:
    """Put replies, memory, runs and the receipt into the turn's work."""
    remember(turn)
    work = turn.work
    if turn.person_read is not None and any(isinstance(each, Person) for each in work.put):
        work.expect.append(turn.person_read)
    work.put.extend(turn.changed_runs.values())
    work.put.append(turn.memory)
    for place, reply in enumerate(turn.replies):
        work.send.append(
            Outbound(
                id=turn.desk.ids.new(),
                subject=turn.subject,
                channel=turn.act.channel,
                address_id=turn.act.address_id,
                reply=reply,
                kind=reply.kind,
                created_at=turn.now,
                in_reply_to=turn.act.id,
                place=place,
            )
        )
    turn.audit(
        "answered" if turn.act.kind is not ActKind.TIMER else "reminded",
        "message",
        by="program" if turn.act.kind is ActKind.TIMER else "person",
        act=turn.act.id,
        answered_by=turn.answered_by.value,
        **kept_of_verdict(turn),
    )
    log_verdict(turn)
    work.handled = Handled(
        turn.act.id, turn.answered_by.value, turn.verdict.tier.value, turn.desk.clock.now()
    )


def remember(turn: Turn) -> None:
    """Keep the last messages for the safety net, the buttons shown, and the day of contact."""
    if turn.replies:
        turn.memory = replace(turn.memory, buttons=turn.replies[-1].buttons)
    if turn.act.kind is ActKind.TIMER:
        return
    if turn.memory.contact_on != turn.today:
        turn.memory = replace(turn.memory, contact_on=turn.today)
        turn.note(EventKind.CONTACT)
    if turn.act.kind is ActKind.BUTTON or not turn.text.strip():
        return
    earlier = tuple(
        (at, words) for at, words in turn.memory.earlier if turn.now - at < REMEMBERED_FOR
    )
    turn.memory = replace(
        turn.memory, earlier=(*earlier, (turn.now, turn.text[-2000:]))[-REMEMBERED:]
    )
