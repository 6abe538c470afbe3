"""PostgreSQL goes away under load and comes back; and it is not there at the start."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.functional.bot_api import BotApiServer
from tests.functional.system.checker import check
from tests.functional.system.conftest import on_telegram
from tests.functional.system.crowd import NOT_KEPT, Crowd, Member
from tests.functional.system.home import free_port
from tests.functional.system.ready_home import Ready, ready_home
from tests.functional.system.serving import Serving
from tests.postgresql_server import control, cut_off, postgresql_server

pytestmark = pytest.mark.xdist_group("faults")

PEOPLE = ("Q-1", "Q-2", "Q-3", "Q-4")
RESTARTS = 3
BETWEEN = 3.0
SETTLES_WITHIN = 90.0


@dataclass
class Postgres:
    """A server of our own that can be stopped the hard way."""

    server: Any
    folder: Path

    @property
    def url(self) -> str:
        """What DATABASE_URL takes."""
        address: str = self.server.get_uri()
        return address.replace("postgresql://", "postgresql+psycopg://")

    def stop(self) -> None:
        """Cut everything off as a crash does."""
        cut_off(self.server)

    def restart(self) -> None:
        """Cut everything off as a crash does, and start again."""
        self.stop()
        self.start()

    def start(self) -> None:
        """Start it again."""
        log = str(self.folder / "log")
        control(self.server, "-w", "-l", log, "-o", self._options(), "start")

    def _options(self) -> str:
        return (self.folder / "options").read_text("utf-8")

    def keep_options(self) -> None:
        """Note what the server was started with."""
        given = (Path(self.server.pgdata) / "postmaster.opts").read_text("utf-8")
        (self.folder / "options").write_text(given.split(" ", 1)[1].replace('"', "'"), "utf-8")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with postgresql_server() as server:
        ours = Postgres(server, Path(server.pgdata).parent)
        # The server drops its rights: it writes its log here.
        ours.folder.chmod(0o777)
        ours.keep_options()
        yield ours


@pytest.mark.long
def test_restarted_the_hard_way_under_load(
    postgres: Postgres, telegram: BotApiServer, tmp_path: Path
) -> None:
    """Nothing is lost, order is kept; each restart may double one reply of a conversation."""
    url = _database(postgres, "faults")
    ready = ready_home(tmp_path / "home", PEOPLE, url)
    home, crowd = on_telegram(ready.home, telegram), Crowd(telegram, PEOPLE, 4)
    serving = Serving(home)
    try:
        serving.until_ready()
        crowd.join(ready.codes)
        with crowd.writing(random.Random(18), 0.4):
            for _ in range(RESTARTS):
                time.sleep(BETWEEN)
                postgres.restart()
            time.sleep(BETWEEN)
        serving.until(lambda: not telegram.waiting, "told of everything", SETTLES_WITHIN)
        serving.until(lambda: _is_quiet(url), "all answered", SETTLES_WITHIN)
    finally:
        serving.end()
    assert "Traceback" not in serving.said, serving.said[-3000:]
    found = asyncio.run(
        check(
            url,
            home.path / "master.key",
            outside=crowd.outside,
            kills=RESTARTS,
            seals=home.path / "audit-seals.log",
        )
    )
    assert found.faults == []
    assert found.acts > 100
    assert found.given_up == 0


@pytest.mark.long
def test_stopped_while_somebody_is_in_danger(
    postgres: Postgres, telegram: BotApiServer, tmp_path: Path
) -> None:
    """They are told at once where to turn; once it is back they are answered, and once only."""
    url = _database(postgres, "danger")
    ready = ready_home(tmp_path / "home", PEOPLE[:1], url)
    home, crowd = on_telegram(ready.home, telegram), Crowd(telegram, PEOPLE[:1], 1)
    serving = Serving(home)
    try:
        serving.until_ready()
        crowd.join(ready.codes)
        serving.until(lambda: _is_quiet(url), "all answered", SETTLES_WITHIN)
        postgres.stop()
        for member in crowd.members:
            member.writes("I want to kill myself")
            member.writes("what is on today")
        for member in crowd.members:
            serving.until(lambda who=member: _told(who) == 1, "told", 30)  # type: ignore[misc]
        postgres.start()
        serving.until(lambda: not telegram.waiting, "told of everything", SETTLES_WITHIN)
        serving.until(lambda: _is_quiet(url), "all answered", SETTLES_WITHIN)
        assert [_told(each) for each in crowd.members] == [1, 1], "once for each message"
    finally:
        serving.end()
    assert "Traceback" not in serving.said, serving.said[-3000:]
    assert "kill" not in serving.said
    question = "SELECT count(*) FROM concerns"
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        found = connection.execute(question).fetchone()
    assert found == (1,), "one concern, of the one who joined"


def _told(member: Member) -> int:
    return sum(NOT_KEPT in each.text for each in member.person.messages)


@pytest.mark.long
def test_not_there_at_the_start(tmp_path: Path, made_elsewhere: Ready) -> None:
    nowhere = f"postgresql+psycopg://nobody:secret-word@127.0.0.1:{free_port()}/none"
    home = made_elsewhere.home.with_settings(DATABASE_URL=nowhere)
    for words in (("serve",), ("people", "list", "--by", "dawn"), ("doctor",)):
        ran = home.companion(*words)
        assert ran.code == 7, ran.err
        said = ran.err + ran.out
        assert "The record cannot be read or written just now." in said
        assert "secret-word" not in said
        assert "Traceback" not in said


@pytest.fixture
def made_elsewhere(tmp_path: Path) -> Ready:
    return ready_home(tmp_path / "home", ())


def _database(postgres: Postgres, name: str) -> str:
    with psycopg.connect(postgres.server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    start, _, rest = postgres.url.partition("?")
    return f"{start.rpartition('/')[0]}/{name}?{rest}"


def _is_quiet(url: str) -> bool:
    question = (
        "SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting' AND kind <> 'timer')"
        " + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'claimed'))"
    )
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    return row is not None and row[0] == 0
