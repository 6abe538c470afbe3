"""Staff and their sessions: added, signed in, timed out, slowed down."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from statistics import median

import pytest
from argon2 import PasswordHasher

from bot.adapters.passwords import Argon2Passwords
from bot.domain.audit import AuditEntry
from bot.domain.errors import AlreadyThere, BadInput, NotFound, NotPermitted
from bot.domain.people import Role, Session, Staff
from bot.services.ports import Work
from bot.services.slow_down import LONGEST_LINE, LONGEST_WAIT, REMEMBERED, SlowDown
from bot.services.staff import IDLE, LONGEST, SHORTEST_PASSWORD, StaffAccounts
from tests.integration.web.world import NOW, PASSWORD, World


async def add(world: World, **changes: object) -> Staff:
    given: dict[str, object] = {
        "username": "sam",
        "name": "Sam Example",
        "role": Role.PRACTITIONER,
        "team": "North",
        "password": PASSWORD,
        "by": None,
        **changes,
    }
    return await world.accounts.add(**given)  # type: ignore[arg-type]


async def test_adding_somebody_keeps_a_hash_and_says_who_did_it(world: World) -> None:
    admin = await add(world, username="adm", role=Role.ADMINISTRATOR)
    sam = await add(world, username=" Sam ", by=admin)
    kept = await world.accounts.named("SAM")
    assert kept == sam
    assert kept.username == "sam"
    assert kept.password.startswith("$argon2id$")
    assert PASSWORD not in repr(kept)
    first, second = [
        each for each in await world.record.audit_of("service") if each.action == "write"
    ]
    assert (first.by, first.details["staff"]) == ("program", admin.id)
    assert (second.by, second.details["staff"]) == (f"staff:{admin.id}", sam.id)


@pytest.mark.parametrize(
    "changes",
    [
        {"username": ""},
        {"username": "a"},
        {"username": "sam smith"},
        {"username": "sám"},
        {"username": "-sam"},
        {"username": "s" * 41},
        {"name": "  "},
        {"team": ""},
        {"password": "x" * (SHORTEST_PASSWORD - 1)},
        {"password": "x" * 201},
    ],
)
async def test_what_cannot_be_used_adds_nobody(world: World, changes: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        await add(world, **changes)
    assert await world.record.find(Staff) == []


async def test_a_username_is_one_persons(world: World) -> None:
    await add(world)
    with pytest.raises(AlreadyThere):
        await add(world, username="SAM", name="Sam Other")


@pytest.mark.parametrize(
    ("role", "team", "may"),
    [
        (Role.ADMINISTRATOR, "South", True),
        (Role.MANAGER, "North", True),
        (Role.MANAGER, "South", False),
        (Role.PRACTITIONER, "North", False),
        (Role.REVIEWER, "North", False),
    ],
)
async def test_who_adds_whom(world: World, role: Role, team: str, may: bool) -> None:
    adder = await add(world, username="adder", role=role)
    if may:
        assert (await add(world, username="new", team=team, by=adder)).team == team
    else:
        with pytest.raises(NotPermitted):
            await add(world, username="new", team=team, by=adder)


async def test_signing_in_gives_a_cookie_that_the_record_does_not_hold(world: World) -> None:
    sam = await add(world)
    cookie = await world.accounts.sign_in("Sam ", PASSWORD)
    assert cookie is not None
    signed_in = await world.accounts.session(cookie)
    assert signed_in is not None
    assert signed_in.staff == sam
    (kept,) = await world.record.find(Session)
    assert cookie not in repr(kept)
    assert kept.id == world.keys.digest("session", cookie)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("sam", PASSWORD + "x"),
        ("sam", ""),
        ("nobody", PASSWORD),
        ("", ""),
        ("sam\0", PASSWORD),
        ("\ud800", PASSWORD),
        ("sam", "\ud800"),
        ("sam", "x" * 100_000),
    ],
)
async def test_a_wrong_name_or_password_begins_nothing(
    world: World, username: str, password: str
) -> None:
    await add(world)
    assert await world.accounts.sign_in(username, password) is None
    assert await world.record.find(Session) == []
    last = (await world.record.audit_of("service"))[-1]
    assert last.action == "sign_in_refused"
    assert not password or password not in repr(last)


async def test_somebody_who_has_left_or_has_no_password_stays_outside(world: World) -> None:
    sam = await add(world)
    for changed in (replace(sam, ended_at=NOW), replace(sam, password="")):
        entry = AuditEntry("service", NOW, "program", "write", "staff")
        await world.record.save(Work(put=[changed], audit=[entry]))
        assert await world.accounts.sign_in("sam", PASSWORD) is None
        assert await world.accounts.sign_in("sam", "") is None


async def test_leaving_ends_the_session(world: World) -> None:
    sam = await add(world)
    cookie = await world.accounts.sign_in("sam", PASSWORD)
    assert cookie is not None
    entry = AuditEntry("service", NOW, "program", "write", "staff")
    await world.record.save(Work(put=[replace(sam, ended_at=NOW)], audit=[entry]))
    assert await world.accounts.session(cookie) is None
    with pytest.raises(NotFound):
        await world.accounts.named("sam")


async def test_an_unknown_name_takes_as_long_as_a_wrong_password(world: World) -> None:
    slow = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    passwords = Argon2Passwords(slow)
    accounts = StaffAccounts(
        world.record, world.clock, world.ids, world.keys, passwords, world.pauses
    )
    await accounts.add(
        username="sam",
        name="Sam",
        role=Role.PRACTITIONER,
        team="North",
        password=PASSWORD,
        by=None,
    )
    await accounts.sign_in("first", "try")
    taken: dict[str, list[float]] = {"sam": [], "nobody": []}
    for _ in range(9):
        for name, seconds in taken.items():
            world.clock.move(timedelta(hours=1))
            began = time.perf_counter()
            assert await accounts.sign_in(name, "wrong password") is None
            seconds.append(time.perf_counter() - began)
    passwords.close()
    known, unknown = median(taken["sam"]), median(taken["nobody"])
    assert 0.6 < known / unknown < 1.6, (known, unknown)


async def test_a_session_lives_by_use_and_ends_when_idle(world: World) -> None:
    await add(world)
    cookie = await world.accounts.sign_in("sam", PASSWORD)
    assert cookie is not None
    for _ in range(4):
        world.clock.move(IDLE)
        assert await world.accounts.session(cookie) is not None
    world.clock.move(IDLE + timedelta(seconds=1))
    assert await world.accounts.session(cookie) is None
    assert await world.record.find(Session) == []


async def test_no_session_outlives_a_working_day(world: World) -> None:
    await add(world)
    cookie = await world.accounts.sign_in("sam", PASSWORD)
    assert cookie is not None
    for _ in range(int(LONGEST / timedelta(minutes=20))):
        world.clock.move(timedelta(minutes=20))
        assert await world.accounts.session(cookie) is not None
    world.clock.move(timedelta(seconds=1))
    assert await world.accounts.session(cookie) is None


async def test_signing_out_ends_it_at_once(world: World) -> None:
    await add(world)
    cookie = await world.accounts.sign_in("sam", PASSWORD)
    assert cookie is not None
    signed_in = await world.accounts.session(cookie)
    assert signed_in is not None
    await world.accounts.sign_out(signed_in)
    assert await world.accounts.session(cookie) is None


@pytest.mark.parametrize("cookie", ["", "x", "\ud800", "a" * 10_000, "' OR 1=1 --"])
async def test_a_cookie_that_nobody_was_given(world: World, cookie: str) -> None:
    await add(world)
    assert await world.accounts.session(cookie) is None


async def test_a_new_password_ends_every_session(world: World) -> None:
    sam = await add(world)
    cookie = await world.accounts.sign_in("sam", PASSWORD)
    assert cookie is not None
    await world.accounts.set_password(sam, "another good phrase", by=sam)
    assert await world.accounts.session(cookie) is None
    assert await world.accounts.sign_in("sam", PASSWORD) is None
    assert await world.accounts.sign_in("sam", "another good phrase") is not None


async def test_nobody_sets_a_colleagues_password_without_the_right(world: World) -> None:
    sam, ali = await add(world), await add(world, username="ali")
    with pytest.raises(NotPermitted):
        await world.accounts.set_password(sam, "another good phrase", by=ali)


async def test_wrong_tries_wait_longer_and_longer_whoever_they_name(world: World) -> None:
    await add(world)
    for name in ("sam", "nobody"):
        world.pauses.seconds.clear()
        for _ in range(7):
            await world.accounts.sign_in(name, "wrong password")
        assert world.pauses.seconds == pytest.approx([1, 3, 7, 15], abs=0.1), name


async def test_the_right_password_and_time_forgive(world: World) -> None:
    await add(world)
    for _ in range(3):
        await world.accounts.sign_in("sam", "wrong password")
    assert await world.accounts.sign_in("sam", PASSWORD) is not None
    world.pauses.seconds.clear()
    assert await world.accounts.sign_in("sam", PASSWORD) is not None
    assert world.pauses.seconds == []


async def test_a_hundred_at_once_gain_nothing(world: World) -> None:
    await add(world)
    tries = [world.accounts.sign_in("sam", "wrong password") for _ in range(100)]
    assert await asyncio.gather(*tries) == [None] * 100
    refused = [
        each for each in await world.record.audit_of("service") if each.action == "sign_in_refused"
    ]
    assert len(refused) < 10, "the rest were turned away before the password was looked at"


def test_the_line_has_an_end_and_is_forgotten() -> None:
    line = SlowDown()
    waits = [line.wait("sam", NOW) for _ in range(20)]
    assert waits[:3] == [timedelta()] * 3
    assert waits[-1] is None
    assert all(each <= LONGEST_LINE for each in waits if each is not None)
    later = NOW + timedelta(hours=1)
    assert line.wait("sam", later) == timedelta()


def test_many_names_do_not_fill_the_memory() -> None:
    line = SlowDown()
    for _ in range(4):
        line.wait("first", NOW)
    for number in range(REMEMBERED):
        line.wait(f"name-{number}", NOW)
    assert line.wait("first", NOW) == timedelta(), "the oldest is forgotten"
    assert line.wait(f"name-{REMEMBERED - 1}", NOW) == timedelta()


def test_no_try_waits_longer_than_the_longest_wait_after_the_last() -> None:
    line = SlowDown()
    now = NOW
    for _ in range(30):
        wait = line.wait("sam", now)
        assert wait is not None
        assert wait <= LONGEST_WAIT
        now += wait
