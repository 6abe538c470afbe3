"""A member of staff who steps into a conversation: for a time, told to the person, audited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.after_danger import TakeOver
from bot.domain.audit import AuditEntry
from bot.domain.concerns import Concern
from bot.domain.errors import AlreadyThere, BadInput, NotAllowedNow
from bot.domain.messages import Button, Outbound, Press, Reply, ReplyKind, SubjectId
from bot.domain.people import Address, Person, PersonState, Staff, holds
from bot.domain.permissions import Action, Thing, check_may
from bot.domain.team_hours import IsHoliday, is_at_work
from bot.domain.wording import filled
from bot.services.alerting.duty import times_of
from bot.services.alerts import UNCLOSED
from bot.services.nearness import find_person, nearness
from bot.services.ports import Clock, ContentSource, Ids, Record, Work
from bot.services.reaching import address_of, timer

LASTS = 60
"""Minutes until it ends by itself, unless it is made longer."""

LONGEST = 240
"""Minutes that can be asked for at once."""

LONGEST_SAID = 3000

_HORIZON = timedelta(minutes=LONGEST + 1)

TIMER = "take_over:"


async def who_has(record: Record, subject: SubjectId, now: datetime) -> TakeOver | None:
    """Whoever at work is in this conversation now."""
    found = await record.find(TakeOver, subject=subject, between=("until", now, now + _HORIZON))
    return next((each for each in found if holds(each.since, each.until, now)), None)


def first_name(staff: Staff | None) -> str:
    """What a member of staff is called in chat."""
    return staff.name.split()[0] if staff and staff.name.split() else "Somebody"


@dataclass(frozen=True)
class TakeOvers:
    """Own caseload or covering; in working hours, or at any hour while a concern is open."""

    record: Record
    clock: Clock
    ids: Ids
    content: ContentSource
    is_holiday: IsHoliday

    async def take(self, code: str, *, by: Staff, reason: str, minutes: int = LASTS) -> TakeOver:
        """Step in, or stay for longer. The person is told when it begins.

        Raises ``NotFound``, ``NotPermitted``, ``NotAllowedNow``, ``BadInput``.
        """
        if not reason.strip():
            raise BadInput("Say why you step in: the person can ask to see it.")
        if not 1 <= minutes <= LONGEST:
            raise BadInput(f"It lasts between 1 and {LONGEST} minutes.")
        person = await self._person(code, by)
        now = self.clock.now()
        until = now + timedelta(minutes=minutes)
        await self._check_is_the_time(person, by, now)
        address = await self._address(person)
        held = await who_has(self.record, person.id, now)
        if held is not None and held.staff_id != by.id:
            other = await self.record.get(Staff, held.staff_id)
            raise NotAllowedNow(f"{first_name(other)} is in this conversation already.")
        earlier = await self.record.find(TakeOver, subject=person.id)
        if held is None:
            mine = TakeOver(self.ids.new(), person.id, by.id, now, until)
            work = Work(send=[self._told("take_over_begins", len(earlier), address, by)])
            # Two who step in at once would write the same row: one of them is refused.
            act_id = f"take-over-{person.id}-{len(earlier) + 1}"
            action = "take"
        else:
            mine, action, act_id = replace(held, until=until), "renew", self.ids.new()
            work = Work(expect=[held], cancel=[(person.id, f"{TIMER}{held.id}")])
        work.put.append(mine)
        label = f"{TIMER}{mine.id}"
        work.schedule.append((timer(act_id, address, label, now=now, due=until), until))
        details = {"id": mine.id, "reason": reason.strip()}
        work.audit.append(
            AuditEntry(person.id, now, f"staff:{by.id}", action, "conversation", details)
        )
        try:
            await self.record.save(work)
        except AlreadyThere:
            raise NotAllowedNow("Somebody else has just stepped in.") from None
        return mine

    async def give_back(self, code: str, *, by: Staff, reason: str = "") -> TakeOver:
        """Leave the conversation; the person is told. Raises as ``take``."""
        person = await self._person(code, by)
        held = await self._own(person, by)
        now = self.clock.now()
        ended = replace(held, until=now)
        earlier = await self.record.find(TakeOver, subject=person.id)
        address = await self._address(person)
        details = {"id": held.id} | ({"reason": reason.strip()} if reason.strip() else {})
        entry = AuditEntry(person.id, now, f"staff:{by.id}", "give_back", "conversation", details)
        told = self._told("take_over_ends", len(earlier), address, by)
        cancel = [(person.id, f"{TIMER}{held.id}")]
        await self.record.save(
            Work(expect=[held], put=[ended], send=[told], cancel=cancel, audit=[entry])
        )
        return ended

    async def say(self, subject: SubjectId, words: str, *, by: Staff) -> Outbound:
        """Send a member of staff's own words, under their name. Raises ``NotPermitted``,
        ``NotAllowedNow`` where they have not stepped in, ``BadInput``.
        """
        said = words.strip()
        if not said or len(said) > LONGEST_SAID:
            raise BadInput(f"Write between 1 and {LONGEST_SAID} characters.")
        person = await self.record.get(Person, subject)
        if person is None:
            raise NotAllowedNow("They have not joined.")
        await self._check_may(person, by)
        held = await self._own(person, by)
        told = self._told("said_by", 0, await self._address(person), by, words=said)
        details = {"id": told.id, "take_over": held.id}
        entry = AuditEntry(subject, told.created_at, f"staff:{by.id}", "say", "message", details)
        await self.record.save(Work(expect=[held], send=[told], audit=[entry]))
        return told

    async def _person(self, code: str, by: Staff) -> Person:
        person = await find_person(self.record, code)
        await self._check_may(person, by)
        return person

    async def _check_may(self, person: Person, by: Staff) -> None:
        near = await nearness(self.record, by, person, self.clock.now())
        check_may(by, Action.TAKE, Thing.CONVERSATION, *near)

    async def _check_is_the_time(self, person: Person, by: Staff, now: datetime) -> None:
        if person.state is PersonState.DIED:
            raise NotAllowedNow("They are recorded as having died.")
        if is_at_work(await times_of(self.record, by.team), now, self.is_holiday):
            return
        if not await self.record.find(Concern, subject=person.id, status=UNCLOSED, limit=1):
            raise NotAllowedNow("Outside working hours only while a concern is open.")

    async def _own(self, person: Person, by: Staff) -> TakeOver:
        held = await who_has(self.record, person.id, self.clock.now())
        if held is None or held.staff_id != by.id:
            raise NotAllowedNow("You are not in this conversation now.")
        return held

    async def _address(self, person: Person) -> Address:
        address = await address_of(self.record, person.id)
        if address is None:
            raise NotAllowedNow("They have not joined: there is no conversation.")
        return address

    def _told(self, key: str, turn: int, address: Address, by: Staff, **gaps: str) -> Outbound:
        text = self.content.current().texts[f"after.{key}"]
        words = filled(text.say[turn % len(text.say)], {"staff": first_name(by), **gaps})
        buttons = tuple(Button(label, Press(to, value)) for label, to, value in text.buttons)
        return Outbound(
            id=self.ids.new(),
            subject=address.subject,
            channel=address.channel,
            address_id=address.id,
            reply=Reply(words, buttons, ReplyKind.SAFETY),
            kind=ReplyKind.SAFETY,
            created_at=self.clock.now(),
        )
