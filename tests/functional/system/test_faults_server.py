"""A locked database, a second companion, a newer database, rows that do not open any more."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.crisis_plan import CrisisPlan
from bot.domain.errors import ChangedMeanwhile
from tests.functional.bot_api import BotApiServer
from tests.functional.system.checker import Found, check
from tests.functional.system.conftest import on_telegram
from tests.functional.system.crowd import NOT_KEPT, Crowd
from tests.functional.system.home import Home, free_port
from tests.functional.system.kept import read_kept
from tests.functional.system.ready_home import Ready, marked_plan, opened, ready_home
from tests.functional.system.serving import serving

pytestmark = pytest.mark.xdist_group("faults")

PEOPLE = ("G-1", "G-2", "G-3")
LOCKED_FOR = 20.0
ANSWERED_WITHIN = 60.0

DANGER = "I want to kill myself tonight"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Ready:
    return ready_home(tmp_path_factory.mktemp("made") / "home", PEOPLE)


@pytest.fixture(scope="module")
def joined(
    made: Ready, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Home, Crowd, BotApiServer]]:
    """A home in which everybody has joined; nobody serves it."""
    with BotApiServer() as telegram:
        ready = made.copied_to(tmp_path_factory.mktemp("joined") / "home")
        home, crowd = on_telegram(ready.home, telegram), Crowd(telegram, PEOPLE, 0)
        with serving(home) as process:
            crowd.join(ready.codes)
            process.until(lambda: not process.record.is_busy(), "answered", 30)
        yield home, crowd, telegram


@pytest.fixture
def home(joined: tuple[Home, Crowd, BotApiServer], tmp_path: Path) -> Home:
    """A copy of it for one test."""
    return joined[0].copied_to(tmp_path / "home").with_settings(WEB_PORT=str(free_port()))


@pytest.fixture
def crowd(joined: tuple[Home, Crowd, BotApiServer]) -> Crowd:
    return joined[1]


@pytest.mark.long
def test_locked_by_another_program(home: Home, crowd: Crowd) -> None:
    """Twenty seconds in which nothing can be written: afterwards everybody is answered."""
    with serving(home) as process:
        heard = {each.marker: len(each.person.messages) for each in crowd.members}
        mark = process.record.mark()
        with closing(process.record.hold()):
            for member in crowd.members:
                member.person.says("plan")
                member.person.says(DANGER)
            time.sleep(LOCKED_FOR)
            assert process.health()["status"] == 200, "it lives"
            assert process.record.accepted(mark) == 0
        process.until_answered(2 * len(PEOPLE), since=mark)
        assert [row.state for row in process.record.rows(mark)] == ["handled"] * 2 * len(PEOPLE)
        for member in crowd.members:
            new = [each.text for each in member.person.messages[heard[member.marker] :]]
            assert NOT_KEPT in new.pop(0), "danger is answered while nothing can be kept"
            assert member.marker in new[0], "the plan"
            assert any("999" in each for each in new[1:]), "the safety answer, too"
    assert _found(home).faults == []


@pytest.mark.long
def test_a_second_companion_is_refused(home: Home, tmp_path: Path) -> None:
    """In the same home, through a link to it, and in another home with the same file."""
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(home.path)
    os.link(home.path / "master.key", other / "master.key")
    file = f"sqlite:///{home.path / 'companion.sqlite'}"
    seconds = [
        home,
        Home(tmp_path / "link", home.settings),
        Home(other, home.settings | {"DATABASE_URL": file}),
    ]
    with serving(home) as process:
        for second in seconds:
            ran = second.with_settings(WEB_PORT=str(free_port())).companion("serve")
            assert (ran.code, ran.err.strip()) == (
                7,
                "Another companion is serving this home already.",
            )
        assert process.health()["status"] == 200


def test_a_newer_database_is_left_alone(home: Home) -> None:
    path = home.path / "companion.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_of_tomorrow'")
        connection.commit()
    before = path.read_bytes()
    for words in (("serve",), ("people", "list", "--by", "dawn")):
        ran = home.companion(*words)
        assert ran.code == 7
        assert "made by a newer version of the companion" in ran.err
        assert "9999_of_tomorrow" in ran.err
    assert path.read_bytes() == before


def test_two_who_bring_in_a_plan_at_once(home: Home) -> None:
    """One is kept; the other is told that somebody was quicker, and can look and do it again."""

    async def both() -> list[object]:
        one, other = opened(home), opened(home)
        try:
            works = [
                each.plans.bring_in(marked_plan("G-1", tag), by=await each.staff.named("dawn"))
                for each, tag in ((one, "vone"), (other, "vother"))
            ]
            return list(await asyncio.gather(*works, return_exceptions=True))
        finally:
            await one.aclose()
            await other.aclose()

    came = asyncio.run(both())
    assert sum(isinstance(each, ChangedMeanwhile) for each in came) == 1, came
    assert sum(isinstance(each, CrisisPlan) for each in came) == 1
    assert _found(home).faults == []


DAMAGE = {
    "a person's names": "UPDATE persons SET names = randomblob(60) WHERE id = :id",
    "a plan": "UPDATE crisis_plans SET contents = randomblob(200) WHERE subject = :id",
    "a conversation": "UPDATE conversations SET whole = randomblob(90) WHERE subject = :id",
    "a plan of somebody else's": (
        "UPDATE crisis_plans SET contents = (SELECT contents FROM crisis_plans"
        " WHERE subject = :other) WHERE subject = :id"
    ),
    "names and identity swapped": "UPDATE persons SET names = identity WHERE id = :id",
    "an older version in a newer one's row": (
        "UPDATE crisis_plans SET contents = agreement WHERE subject = :id"
    ),
    "somebody else's key": (
        "UPDATE subject_keys SET wrapped = (SELECT wrapped FROM subject_keys"
        " WHERE subject = :other) WHERE subject = :id"
    ),
}


@pytest.mark.parametrize("words", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.long
def test_a_damaged_row_is_reported_and_the_others_live(
    home: Home, crowd: Crowd, words: str
) -> None:
    """Nobody is shown what is not theirs; whoever is hit is answered, and it is in the audit."""
    one, *others = crowd.members
    ids = _ids(home)
    with closing(sqlite3.connect(home.path / "companion.sqlite")) as connection:
        connection.execute(words, {"id": ids["G-1"], "other": ids["G-2"]})
        connection.commit()
    with serving(home) as process:
        heard = {each.marker: len(each.person.messages) for each in crowd.members}
        mark = process.record.mark()
        for member in crowd.members:
            member.person.says("plan")
            member.person.says(DANGER)
        process.until_answered(2 * len(PEOPLE), since=mark)
        words = {
            each.marker: " ".join(m.text for m in each.person.messages[heard[each.marker] :])
            for each in crowd.members
        }
        assert "999" in words[one.marker], "in danger they are answered, too"
        for member in others:
            assert member.marker in words[member.marker]
            assert member.marker not in words[one.marker]
    kept = read_kept(f"sqlite:///{home.path / 'companion.sqlite'}", home.path / "master.key")
    noted = [each for each in kept.entries if each.action == "unreadable"]
    assert noted, "it is in the audit"
    assert {each.chain for each in noted} == {ids["G-1"]}, "of the person hit, and of nobody else"


@pytest.mark.long
def test_a_damaged_page_of_the_file_is_reported(home: Home, crowd: Crowd) -> None:
    """The page of all crisis plans: danger and numbers are answered, and somebody is told."""
    path = home.path / "companion.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        question = "SELECT rootpage FROM sqlite_master WHERE name = 'crisis_plans'"
        (page,) = connection.execute(question).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(os.urandom(size))
    with serving(home) as process:
        heard = {each.marker: len(each.person.messages) for each in crowd.members}
        mark = process.record.mark()
        for member in crowd.members:
            member.person.says("numbers")
            member.person.says(DANGER)
        process.until_answered(2 * len(PEOPLE), since=mark)
        for member in crowd.members:
            new = [each.text for each in member.person.messages[heard[member.marker] :]]
            assert len(new) >= 2
            assert all("999" in each for each in (new[0], " ".join(new[1:])))
        assert "SQLITE_CORRUPT" in process.said or "RecordUnavailable" in process.said
    told = home.companion("doctor")
    assert told.code == 1
    assert "The database's file is damaged" in told.out


def _ids(home: Home) -> dict[str, str]:
    with closing(sqlite3.connect(home.path / "companion.sqlite")) as connection:
        return dict(connection.execute("SELECT code, id FROM persons").fetchall())


def _found(home: Home) -> Found:
    url = f"sqlite:///{home.path / 'companion.sqlite'}"
    return asyncio.run(check(url, home.path / "master.key"))
