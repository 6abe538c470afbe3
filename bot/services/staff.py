"""Members of staff: adding them, signing in and out, and the sessions between."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.audit import PROGRAM, SERVICE_CHAIN, AuditEntry
from bot.domain.errors import AlreadyThere, BadInput, NotAllowedNow, NotFound
from bot.domain.people import NOT_STAFF, Role, Session, Staff
from bot.domain.permissions import Action, Thing, can, check_may, check_may_give
from bot.domain.structure import Membership, Part, Team
from bot.services.nearness import nearness_to_staff, nearness_to_team
from bot.services.ports import Clock, Ids, Passwords, Record, Secrets, Work
from bot.services.slow_down import SlowDown

IDLE = timedelta(minutes=30)
"""A session ends after this long without a request."""

LONGEST = timedelta(hours=12)
"""A session ends after this long whatever happens in it."""

NOTED_EVERY = timedelta(minutes=1)
"""How finely the record keeps when a session was last used."""

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True)
class SignedIn:
    """A member of staff with their session."""

    staff: Staff
    session: Session

    @property
    def csrf(self) -> str:
        """What every form of this session carries."""
        return self.session.csrf


@dataclass(frozen=True)
class StaffAccounts:
    """Staff and their sessions. ``pause`` waits for so many seconds."""

    record: Record
    clock: Clock
    ids: Ids
    secrets: Secrets
    passwords: Passwords
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _slow_down: SlowDown = field(default_factory=SlowDown, repr=False)
    _stand_in: list[str] = field(default_factory=list, repr=False)

    async def add(
        self,
        *,
        username: str,
        name: str,
        role: Role,
        team: str,
        password: str,
        by: Staff | None,
    ) -> Staff:
        """Add a member of staff. ``by`` None is the operator at the machine's own command line.

        Whoever may add teams makes one that is not there yet. Raises ``NotPermitted``,
        ``BadInput``, ``AlreadyThere``, ``NotFound`` for a team.
        """
        if by is not None:
            near = await nearness_to_team(self.record, by, team.strip(), self.clock.now())
            check_may(by, Action.WRITE, Thing.STAFF, *near)
            check_may_give(by, role)
        if role in NOT_STAFF:
            raise BadInput("A member of staff has a role at work.")
        known_as = username.strip().casefold()
        if not _USERNAME.fullmatch(known_as):
            raise BadInput(
                "A username has 2 to 40 letters without accents, numbers, dots, hyphens or "
                "underscores, and starts with a letter or number."
            )
        if not name.strip() or not team.strip():
            raise BadInput("A member of staff has a name and a team.")
        check_password(password)
        if await self._by_username(known_as) is not None:
            raise AlreadyThere("Somebody has this username.")
        now = self.clock.now()
        staff = Staff(
            id=self.ids.new(),
            username=known_as,
            name=name.strip(),
            role=role,
            team=team.strip(),
            created_at=now,
            password=await self.passwords.hash(password),
        )
        entry = self._entry(_actor(by), "write", "staff", staff, now, role=role.value)
        part = Part.LEAD if role is Role.MANAGER else Part.MEMBER
        work = Work(put=[staff, Membership(self.ids.new(), staff.id, staff.team, part, now)])
        if await self.record.get(Team, staff.team) is None:
            if by is not None and not can(by, Action.WRITE, Thing.STRUCTURE):
                raise NotFound(f"There is no team '{staff.team}': see 'companion teams list'.")
            work.put.append(Team(staff.team, staff.team))
            work.audit.append(
                AuditEntry(SERVICE_CHAIN, now, _actor(by), "add", "team", {"team": staff.team})
            )
        work.audit.append(entry)
        await self.record.save(work)
        return staff

    async def set_password(self, staff: Staff, password: str, *, by: Staff | None) -> Staff:
        """Give somebody a new password and end their sessions.

        Raises ``NotPermitted``, ``BadInput``, ``NotAllowedNow``, ``ChangedMeanwhile``.
        """
        if by is not None:
            near = await nearness_to_staff(self.record, by, staff, self.clock.now())
            check_may(by, Action.WRITE, Thing.STAFF, *near)
            if by.id != staff.id:
                check_may_give(by, staff.role)
        if staff.ended_at is not None:
            raise NotAllowedNow("They have left.")
        check_password(password)
        changed = replace(staff, password=await self.passwords.hash(password))
        sessions = await self.record.find(Session, staff_id=staff.id)
        entry = self._entry(_actor(by), "write", "password", staff, self.clock.now())
        work = Work(expect=[staff], put=[changed], remove=[*sessions], audit=[entry])
        await self.record.save(work)
        return changed

    async def named(self, username: str) -> Staff:
        """The member of staff with that username. Raises ``NotFound``, also when they have left."""
        staff = await self._by_username(username.strip().casefold())
        if staff is None or staff.ended_at is not None:
            raise NotFound("No member of staff has this username.")
        return staff

    async def sign_in(self, username: str, password: str) -> str | None:
        """A new session's cookie, or None.

        A wrong password, a name that nobody has, somebody who has left, and too many tries take
        the same time and end the same way.
        """
        known_as = username.strip().casefold()[:LONGEST_PASSWORD]
        turn = self._slow_down.wait(known_as, self.clock.now())
        if turn is None:
            return None
        if turn:
            await self.pause(turn.total_seconds())
        staff = await self._by_username(known_as)
        stand_in = await self._nobodys_hash()
        hashed = staff.password if staff and staff.password and not staff.ended_at else ""
        right = await self.passwords.verify(hashed or stand_in, password[:LONGEST_PASSWORD])
        if staff is None or not hashed or not right:
            await self._note_refused(staff)
            return None
        self._slow_down.forget(known_as)
        return await self._begin(staff)

    async def session(self, cookie: str) -> SignedIn | None:
        """Who a cookie belongs to, or None once its session has ended."""
        session = await self.record.get(Session, self.secrets.digest("session", cookie))
        if session is None:
            return None
        now = self.clock.now()
        staff = await self.record.get(Staff, session.staff_id)
        too_old = now - session.seen_at > IDLE or now - session.created_at > LONGEST
        if staff is None or staff.ended_at is not None or too_old:
            await self._end(session, "program", "session_ended")
            return None
        if now - session.seen_at >= NOTED_EVERY:
            session = replace(session, seen_at=now)
            entry = self._entry(f"staff:{staff.id}", "use", "session", staff, now)
            await self.record.save(Work(put=[session], audit=[entry]), durable=False)
        return SignedIn(staff, session)

    async def sign_out(self, signed_in: SignedIn) -> None:
        """End a session for good."""
        await self._end(signed_in.session, f"staff:{signed_in.staff.id}", "sign_out")

    async def _begin(self, staff: Staff) -> str:
        now = self.clock.now()
        cookie = self.ids.token()
        digest = self.secrets.digest("session", cookie)
        session = Session(digest, staff.id, self.ids.token(), now, now)
        others = await self.record.find(Session, staff_id=staff.id)
        over = [each for each in others if now - each.seen_at > IDLE]
        entry = self._entry(f"staff:{staff.id}", "sign_in", "session", staff, now)
        await self.record.save(Work(put=[session], remove=[*over], audit=[entry]))
        return cookie

    async def _end(self, session: Session, by: str, action: str) -> None:
        entry = AuditEntry(
            SERVICE_CHAIN, self.clock.now(), by, action, "session", {"staff": session.staff_id}
        )
        await self.record.save(Work(remove=[session], audit=[entry]))

    async def _note_refused(self, staff: Staff | None) -> None:
        """What was typed is not kept: people type passwords into the wrong box."""
        entry = AuditEntry(
            SERVICE_CHAIN,
            self.clock.now(),
            PROGRAM,
            "sign_in_refused",
            "session",
            {"staff": staff.id if staff else "unknown"},
        )
        await self.record.save(Work(audit=[entry]))

    async def _by_username(self, username: str) -> Staff | None:
        found = await self.record.find(Staff, username=username, limit=1)
        return found[0] if found else None

    async def _nobodys_hash(self) -> str:
        """A hash that no password fits, so that an unknown name takes as long as a known one."""
        if not self._stand_in:
            self._stand_in.append(await self.passwords.hash(self.ids.token()))
        return self._stand_in[0]

    def _entry(
        self, by: str, action: str, thing: str, staff: Staff, at: datetime, **details: str
    ) -> AuditEntry:
        return AuditEntry(SERVICE_CHAIN, at, by, action, thing, {"staff": staff.id, **details})


def check_password(password: str) -> None:
    """Raise ``BadInput`` for a password that is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadInput(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters. "
            "Three random words are good."
        )


def _actor(by: Staff | None) -> str:
    return f"staff:{by.id}" if by else PROGRAM
