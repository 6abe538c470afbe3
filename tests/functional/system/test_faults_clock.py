"""The clock goes an hour forward and an hour back while people write."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.bootstrap import Companion, on_another_clock
from tests.functional.bot_api import BotApiServer
from tests.functional.system.checker import Found, check
from tests.functional.system.conftest import on_telegram
from tests.functional.system.crowd import Crowd, Member
from tests.functional.system.home import Home
from tests.functional.system.ready_home import PASSWORD, Ready, opened, ready_home
from tests.functional.system.serving import Serving

pytestmark = pytest.mark.xdist_group("faults")

PEOPLE = ("C-1", "C-2")
HOUR = 3600
ANSWERED_WITHIN = 10.0
"""Seconds: far less than a lease, so a lease from another hour holds nobody up."""

LATE = "late"


@pytest.fixture
def ready(tmp_path: Path) -> Ready:
    return ready_home(tmp_path / "home", PEOPLE)


@pytest.mark.long
def test_an_hour_forward_and_back_while_serving(
    ready: Ready, telegram: BotApiServer, tmp_path: Path
) -> None:
    home, ahead = on_telegram(ready.home, telegram), tmp_path / "ahead"
    ahead.write_text("0", "ascii")
    crowd = Crowd(telegram, PEOPLE, 1)
    with _by(home, ahead) as serving:
        crowd.join(ready.codes)
        for seconds in (0, HOUR, 0, -HOUR, 0, HOUR, -HOUR, 0):
            _set(ahead, seconds)
            for member in crowd.members:
                heard = _answers(serving, member, "numbers")
                is_late = any("late" in each.lower() for each in heard)
                assert is_late == (seconds == HOUR), f"{seconds}: {heard}"
                if member.has_plan:
                    assert member.marker in " ".join(_answers(serving, member, "plan"))
    found = _found(home, crowd)
    assert found.faults == []
    assert found.given_up == 0


def test_danger_is_answered_whatever_the_clock_says(
    ready: Ready, telegram: BotApiServer, tmp_path: Path
) -> None:
    home, ahead = on_telegram(ready.home, telegram), tmp_path / "ahead"
    ahead.write_text(str(HOUR), "ascii")
    crowd = Crowd(telegram, PEOPLE, 0)
    with _by(home, ahead) as serving:
        crowd.join(ready.codes)
        for member, seconds in zip(crowd.members, (-HOUR, HOUR), strict=True):
            _set(ahead, seconds)
            heard = _answers(serving, member, "I want to kill myself tonight")
            assert "999" in " ".join(heard)
    assert _found(home, crowd).faults == []


@pytest.mark.long
def test_killed_in_one_hour_and_started_in_another(
    ready: Ready, telegram: BotApiServer, tmp_path: Path
) -> None:
    """Leases from an hour that has not come yet keep nobody waiting."""
    home, ahead = on_telegram(ready.home, telegram), tmp_path / "ahead"
    ahead.write_text(str(HOUR), "ascii")
    crowd = Crowd(telegram, PEOPLE, 3)
    with _by(home, ahead) as serving:
        crowd.join(ready.codes)
        for member in crowd.members:
            member.writes("plan")
            member.writes("menu")
        serving.until(serving.record.is_busy, "at work", ANSWERED_WITHIN)
        serving.kill()
    _set(ahead, -HOUR)
    with _by(home, ahead) as serving:
        serving.until(lambda: not telegram.waiting, "told of everything", ANSWERED_WITHIN)
        serving.until(lambda: not serving.record.is_busy(), "answered", ANSWERED_WITHIN)
    assert _found(home, crowd, kills=1).faults == []


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def now(self) -> datetime:
        return self.at


@pytest.mark.long
def test_a_session_outlives_neither_more_nor_less(ready: Ready) -> None:
    """An hour back signs nobody in for longer than an hour; an hour forward breaks no audit."""

    async def run(companion: Companion, clock: Clock) -> None:
        staff = on_another_clock(companion, clock).staff
        cookie = await staff.sign_in("dawn", PASSWORD)
        assert cookie
        clock.at -= timedelta(hours=1)
        assert await staff.session(cookie), "still the same person at the same desk"
        clock.at += timedelta(hours=1)
        assert await staff.session(cookie)
        clock.at += timedelta(days=2)
        assert await staff.session(cookie) is None
        clock.at -= timedelta(days=2)
        assert await staff.session(cookie) is None, "what has ended stays ended"
        for chain in await companion.record.chains():
            assert await companion.record.verify_chain(chain) == []

    async def with_companion() -> None:
        companion = opened(ready.home)
        try:
            await run(companion, Clock())
        finally:
            await companion.aclose()

    asyncio.run(with_companion())


def _set(ahead: Path, seconds: int) -> None:
    fresh = ahead.with_suffix(".new")
    fresh.write_text(str(seconds), "ascii")
    fresh.replace(ahead)


def _answers(serving: Serving, member: Member, words: str) -> list[str]:
    """What came to some words; it has to come at once."""
    heard, mark = len(member.person.messages), serving.record.mark()
    member.writes(words)
    serving.until(lambda: serving.record.accepted(mark) == 1, "accepted", ANSWERED_WITHIN)
    serving.until(lambda: not serving.record.is_busy(), "answered", ANSWERED_WITHIN)
    return [each.text for each in member.person.messages[heard:]]


@contextmanager
def _by(home: Home, ahead: Path) -> Iterator[Serving]:
    program = [sys.executable, "-m", "tests.functional.system.clocked", str(ahead)]
    serving = Serving(home, program=program)
    try:
        serving.until_ready()
        yield serving
    finally:
        serving.end()
    assert "Traceback" not in serving.said, serving.said[-3000:]


def _found(home: Home, crowd: Crowd, kills: int = 0) -> Found:
    return asyncio.run(
        check(
            f"sqlite:///{home.path / 'companion.sqlite'}",
            home.path / "master.key",
            outside=crowd.outside,
            kills=kills,
            seals=home.path / "audit-seals.log",
        )
    )
