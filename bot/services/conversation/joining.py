"""Joining: a code from the practitioner, what this is, then a few questions that can be skipped."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace

from bot.domain.conversations import Conversation
from bot.domain.engagement import EventKind
from bot.domain.messages import AnsweredBy
from bot.domain.people import Guest, Invitation, Person
from bot.domain.person_states import state_on_joining
from bot.domain.sharing import Answer, Consent
from bot.services.conversation.desk import Turn

INVITATION = "invitation"
"""The purpose under which codes are digested."""

_CODE = re.compile(r"(?:/start[ _])?([A-Z0-9]{4})[ -]?([A-Z0-9]{4})", re.IGNORECASE)

JOINING_TEXT = "joining_text"

_KEPT = frozenset({"area", "age_band", "others_see_phone", "safe_times"})


def code_in(text: str) -> str | None:
    """The one-time code that a message is, as it was made: upper case, no gap."""
    found = _CODE.fullmatch(text.strip())
    return (found.group(1) + found.group(2)).upper() if found else None


async def take_code(turn: Turn) -> bool:
    """Read a code. Nothing about the person is kept before they have read the text and joined."""
    started = turn.text.strip().lower().startswith("/start ")
    code = code_in(turn.text)
    if code is None and not started:
        return False
    if code is None or not (started or _looks_made(code)):
        if started:
            turn.reply("code_wrong")
            turn.answered_by = AnsweredBy.COMMAND
        return started
    digest = turn.desk.secrets.digest(INVITATION, code)
    found = await turn.desk.record.find(Invitation, digest=digest, limit=1)
    turn.answered_by = AnsweredBy.COMMAND
    if not found:
        turn.reply("code_wrong")
        return True
    invitation = found[0]
    if invitation.used_at is not None:
        turn.reply("already_joined" if turn.person is not None else "code_used")
    elif invitation.expires_at <= turn.now:
        turn.reply("code_expired")
    elif turn.person is not None:
        turn.reply("already_joined")
    else:
        person = await turn.desk.record.get(Person, invitation.subject)
        turn.reply(JOINING_TEXT, name=person.called if person else "")
        turn.memory = replace(turn.memory, waiting_to_join=invitation.id)
    return True


async def decide(turn: Turn, *, yes: bool) -> None:
    """The person has read the joining text: join, or not now."""
    invitation = None
    if turn.memory.waiting_to_join:
        invitation = await turn.desk.record.get(Invitation, turn.memory.waiting_to_join)
    usable = (
        invitation is not None and invitation.used_at is None and invitation.expires_at > turn.now
    )
    if not usable or invitation is None or turn.person is not None:
        turn.reply("already_joined" if turn.person is not None else "code_expired")
        return
    if not yes:
        turn.reply("join_not_now")
        return
    person = await turn.desk.record.get(Person, invitation.subject)
    if person is None:
        turn.reply("code_wrong")
        return
    await _join(turn, invitation, person)


async def _join(turn: Turn, invitation: Invitation, person: Person) -> None:
    """Move the address to the person; the guest's key is shredded at the next tidying."""
    from bot.services.conversation import steps

    guest = await turn.desk.record.get(Guest, turn.subject)
    if guest is not None:
        turn.work.put.append(replace(guest, shred_at=turn.now))
    turn.work.put.append(replace(invitation, used_at=turn.now))
    turn.work.move_address.append((turn.act.address_id, person.id))
    turn.person_read = person
    joined_before = person.joined_at is not None
    turn.person = replace(
        person,
        state=state_on_joining(person.state),
        state_since=person.state_since if joined_before else turn.now,
        joined_at=person.joined_at or turn.now,
    )
    turn.work.put.append(turn.person)
    memory = await turn.desk.record.get(Conversation, person.id)
    turn.memory = memory or Conversation(person.id)
    turn.run = turn.aside = None
    turn.work.put.append(_consent(turn, invitation))
    turn.audit("join", "person", invitation=invitation.id, channel=turn.act.channel)
    turn.note(EventKind.JOINED)
    turn.reply("joined")
    if not joined_before:
        await steps.start(turn, turn.desk.content.activities["joining"])


def _consent(turn: Turn, invitation: Invitation) -> Consent:
    """What was said before anything was kept, by its hash, and that they went on."""
    said = "\0".join(turn.desk.content.texts[JOINING_TEXT].say)
    return Consent(
        id=turn.desk.ids.new(),
        subject=invitation.subject,
        about=f"joining:{turn.act.channel.partition(':')[0]}",
        answer=Answer.YES,
        said=JOINING_TEXT,
        said_digest=hashlib.sha256(said.encode()).hexdigest(),
        at=turn.now,
    )


async def change_details(turn: Turn) -> None:
    """Ask the joining questions again; what is skipped stays as it was."""
    from bot.services.conversation import steps

    if turn.person is None:
        turn.reply("guest_welcome")
        return
    await steps.start(turn, turn.desk.content.activities["joining"])


def keep(turn: Turn, answers: Mapping[str, str | int]) -> None:
    """Keep each answer as soon as it is given; one that was skipped is not there."""
    if turn.person is None:
        return
    given = {
        key: str(value)
        for key, value in answers.items()
        if key in _KEPT or key.startswith("caution.")
    }
    joining = {**turn.person.joining, **given}
    if joining == dict(turn.person.joining):
        return
    turn.work.put = [each for each in turn.work.put if not isinstance(each, Person)]
    turn.person = replace(turn.person, joining=joining)
    turn.work.put.append(turn.person)
    turn.audit("choose", "joining")


def _looks_made(code: str) -> bool:
    """Codes have no vowels, or at least a digit; a plain eight-letter word is not one."""
    has_both = any(each.isdigit() for each in code) and any(each.isalpha() for each in code)
    return has_both or not set(code) & set("AEIOU0123456789")
