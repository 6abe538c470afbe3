"""A message from the account of somebody who is recorded as having died.

Whoever writes may be family with the phone in hand, or the person, recorded in error and in need.
So danger is answered with numbers as it is for a stranger, nothing of the person's is shown, and
somebody at work is told.
"""

from __future__ import annotations

from datetime import timedelta

from bot.domain.concerns import Task, TaskKind
from bot.domain.messages import ActKind, AnsweredBy, ReplyKind
from bot.domain.people import Person
from bot.services.conversation import safety
from bot.services.conversation.desk import Turn
from bot.services.conversation.showing import contact_lines, contacts_for

DUE_IN = timedelta(hours=24)

QUIET = frozenset({ActKind.BUTTON, ActKind.STICKER, ActKind.EDITED})


async def answer_for_the_dead(turn: Turn, person: Person) -> None:
    """Numbers and a quiet word; one task for the key worker, with what was written."""
    if safety.is_immediate(turn.verdict):
        await safety.answer_immediate(turn)
    else:
        turn.reply("wrote_after", kind=ReplyKind.SAFETY, numbers=_numbers(turn))
        turn.answered_by = AnsweredBy.SAFETY_NET
    tasks = await turn.desk.record.find(
        Task, subject=turn.subject, kind=TaskKind.WROTE_AFTER, done_at=None, limit=1
    )
    if tasks and turn.act.kind in QUIET:
        return
    turn.work.put.append(_task(turn, person, tasks[0] if tasks else None))
    turn.audit("open", "task", by="program", kind=TaskKind.WROTE_AFTER.value)


def _numbers(turn: Turn) -> str:
    return contact_lines(contacts_for(turn, ("crisis",)))


def _task(turn: Turn, person: Person, open_one: Task | None) -> Task:
    words = "\n".join(each for each in (open_one.about if open_one else "", turn.text) if each)
    opened = open_one.opened_at if open_one else turn.now
    return Task(
        id=open_one.id if open_one else turn.desk.ids.new(),
        subject=turn.subject,
        kind=TaskKind.WROTE_AFTER,
        opened_at=opened,
        due_at=opened + DUE_IN,
        owner=person.key_worker,
        about=words[-4000:],
    )
