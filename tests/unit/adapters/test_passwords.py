"""Passwords: hashed by argon2, whatever keyboard they were typed on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from bot.adapters.passwords import Argon2Passwords
from bot.domain.errors import BadInput


@pytest.fixture
def passwords() -> Iterator[Argon2Passwords]:
    made = Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    yield made
    made.close()


async def test_the_right_one_and_no_other(passwords: Argon2Passwords) -> None:
    hashed = await passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$")
    assert "horse" not in hashed
    assert await passwords.verify(hashed, "correct horse")
    for wrong in ("correct hors", "", "Correct horse", "\ud800", "x" * 100_000):
        assert not await passwords.verify(hashed, wrong)


async def test_two_hashes_differ(passwords: Argon2Passwords) -> None:
    assert await passwords.hash("same") != await passwords.hash("same")


async def test_one_letter_typed_in_two_ways_is_one(passwords: Argon2Passwords) -> None:
    assert await passwords.verify(await passwords.hash("caf\u00e9"), "cafe\u0301")


@pytest.mark.parametrize("hashed", ["", "nonsense", "$argon2id$v=19$"])
async def test_what_is_no_hash_fits_nothing(passwords: Argon2Passwords, hashed: str) -> None:
    assert not await passwords.verify(hashed, "")


async def test_what_cannot_be_typed_is_refused(passwords: Argon2Passwords) -> None:
    with pytest.raises(BadInput):
        await passwords.hash("\ud800")


async def test_the_event_loop_goes_on_meanwhile() -> None:
    passwords = Argon2Passwords()
    hashing = asyncio.ensure_future(passwords.hash("slow"))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    passwords.close()
    assert turns > 5
