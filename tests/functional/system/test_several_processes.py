"""Several processes over one PostgreSQL: parts of the work each, killed under load, counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.functional.bot_api import BotApiServer
from tests.functional.system.home import NO_RASA, Home, free_port
from tests.functional.system.several import Database, Process, make_home
from tests.postgresql_server import postgresql_server

pytestmark = pytest.mark.xdist_group("several")

PEOPLE = 6
MESSAGES = 24
POLLER = "telegram poller"

Start = Callable[[Home, str], Process]


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with postgresql_server() as server:
        yield Database(server.get_uri())


@pytest.fixture(scope="module")
def telegram() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server


@pytest.fixture(scope="module")
def home(
    database: Database, telegram: BotApiServer, tmp_path_factory: pytest.TempPathFactory
) -> Home:
    made = make_home(tmp_path_factory.mktemp("several") / "home", database.url)
    return made.with_settings(TELEGRAM_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as running:
        count = 0

        def begin(home: Home, roles: str) -> Process:
            nonlocal count
            count += 1
            process = Process(home, roles, tmp_path / f"{count}.stderr")
            running.callback(process.end)
            return process

        yield begin


def test_workers_and_pollers_are_killed_under_load_and_nothing_is_lost(
    database: Database, telegram: BotApiServer, home: Home, start: Start
) -> None:
    workers = [start(home, "workers,scheduler") for _ in range(2)]
    channels = [start(home, "channels") for _ in range(2)]
    for each in [*workers, *channels]:
        each.until_serving()
    database.until(lambda: database.holder(POLLER), "polling")
    people = [telegram.person(f"person {each}") for each in range(PEOPLE)]
    for _ in range(MESSAGES // 4):
        for each in people:
            each.says("menu")
            each.says("contacts")

    database.until(lambda: _done(database) >= PEOPLE, "handling")
    workers[0].kill()
    database.until(lambda: _done(database) >= PEOPLE * 4, "handling on")
    poller = next(each for each in channels if f"-{each.pid}-" in database.holder(POLLER))
    poller.kill()
    killed_at = time.monotonic()
    for _ in range(MESSAGES // 4):
        for each in people:
            each.says("menu")
            each.says("contacts")
    database.until(lambda: _done(database) == PEOPLE * MESSAGES, "all handled", 90)
    database.until(lambda: _unsent(database) == 0, "all sent", 60)
    taken_over = time.monotonic() - killed_at

    assert f"-{poller.pid}-" not in database.holder(POLLER)
    assert database.count("inbox WHERE kind <> 'timer'") == PEOPLE * MESSAGES
    assert database.count("inbox WHERE state = 'failed'") == 0
    assert database.count("outbox WHERE state = 'failed'") == 0
    for each in people:
        heard = [message.text for message in each.messages]
        once = [text for place, text in enumerate(heard) if text != heard[place - 1]]
        assert len(heard) - len(once) <= 1, "at most one came twice, at the kill"
        assert len(once) >= MESSAGES
    replies = database.count("outbox WHERE state = 'sent'")
    heard_in_all = sum(len(each.messages) for each in people)
    assert replies <= heard_in_all <= replies + PEOPLE
    _check_order(database)
    assert taken_over < 60


def _done(database: Database) -> int:
    return database.count("inbox WHERE state = 'handled' AND kind <> 'timer'")


def _unsent(database: Database) -> int:
    return database.count("outbox WHERE state IN ('waiting', 'claimed')")


def _check_order(database: Database) -> None:
    """Replies stand in the outbox in the order in which their messages came, in each chat."""
    rows = database.ask(
        "SELECT inbox.subject, inbox.seq FROM outbox JOIN inbox ON inbox.id = outbox.in_reply_to"
        " ORDER BY outbox.subject, outbox.seq"
    )
    assert rows == sorted(rows)


def test_what_a_process_holds_is_given_back_when_it_ends(
    database: Database, telegram: BotApiServer, home: Home, start: Start
) -> None:
    """SIGTERM twice, in the middle of the work."""
    process = start(home, "workers,channels,scheduler")
    process.until_serving()
    database.until(lambda: database.holder(POLLER), "polling")
    before = _done(database)
    person = telegram.person("somebody")
    for _ in range(60):
        person.says("menu")
    database.until(lambda: _done(database) > before, "handling")
    code, seconds = process.terminate(2)

    assert code == 0, process.said
    assert seconds < 20
    assert database.count("leases") == 0
    assert database.count(f"held_parts WHERE owner LIKE '%-{process.pid}-%'") == 0
    assert database.count("outbox WHERE state = 'claimed'") == 0
    assert "Traceback" not in process.said
    again = start(home, "workers,channels")
    again.until_serving()
    database.until(lambda: len(person.messages) >= 60, "answered by the next")


@pytest.mark.long
def test_a_second_process_with_a_rasa_of_its_own_is_refused(
    database: Database, home: Home, start: Start
) -> None:
    first = start(home, "workers")
    first.until_serving()
    own = home.with_settings(RASA_URL="", RASA_PORT=str(free_port()))
    refused = own.companion("serve", "--roles", "workers,rasa")

    assert refused.code == 2
    assert "each needs RASA_URL" in refused.err
    assert "Traceback" not in refused.err
    sharing = home.with_settings(RASA_URL=f"{NO_RASA},http://127.0.0.1:8")
    start(sharing, "workers").until_serving()
    told = home.companion("doctor", "--json", "--no-audit").well().json
    assert [each["roles"] for each in told["processes"]] == [["workers"]] * 2
