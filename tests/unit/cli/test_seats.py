"""Who may serve a home, and what is told of who does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.seats import OWNER, hold_lock, is_served, lease_owner, served_state, take_seat
from bot.domain.errors import AlreadyRunning
from bot.settings import Settings

Home = Callable[..., Settings]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    def settings(name: str = "home", database: str | None = None) -> Settings:
        url = SecretStr(database) if database else None
        return Settings(companion_home=tmp_path / name, database_url=url)

    return settings


POSTGRESQL = "postgresql+psycopg://somewhere/companion"


def test_on_sqlite_one_process_serves_a_home(home: Home) -> None:
    seat = take_seat(home())
    assert is_served(home())
    for take in (lambda: take_seat(home()), lambda: hold_lock(home().companion_home)):
        with pytest.raises(AlreadyRunning):
            take()
    seat.close()
    assert not is_served(home())
    take_seat(home()).close()


def test_one_serves_a_database_file_from_whatever_home_and_by_whatever_name(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "shared" / "c.sqlite"
    file.parent.mkdir()
    (tmp_path / "link").symlink_to(file.parent)
    seat = take_seat(home("one", f"sqlite:///{file}"))
    other = home("two", f"sqlite:///{tmp_path}/link/c.sqlite")
    assert is_served(other)
    with pytest.raises(AlreadyRunning):
        take_seat(other)
    assert not is_served(home("two")), "what was refused holds nothing"
    seat.close()
    take_seat(other).close()


def test_on_postgresql_there_is_always_another_seat(home: Home) -> None:
    settings = home(database=POSTGRESQL)
    seats = [take_seat(settings) for _ in range(3)]
    for number, each in enumerate(seats):
        rasa = {"pid": 77 if number == 2 else None, "state": "ready"}
        web = "http://127.0.0.1:8080" if number == 1 else None
        each.tell({"pid": number, "roles": ["workers"], "web": web, "rasa": rasa})
    told = served_state(settings)
    assert (told["pid"], told["web"]) == (1, "http://127.0.0.1:8080")
    assert told["rasa"] == {"pid": 77, "state": "ready"}
    assert [each["pid"] for each in told["processes"]] == [0, 1, 2]

    seats[0].close()
    assert is_served(settings)
    assert len(served_state(settings)["processes"]) == 2
    seats.append(take_seat(settings))
    assert len(served_state(settings)["processes"]) == 2, "the newest has told nothing yet"
    for each in seats:
        each.close()
    assert not is_served(settings)
    assert served_state(settings) == {}


def test_what_a_killed_process_told_is_not_believed(home: Home) -> None:
    settings = home()
    take_seat(settings).close()
    (settings.companion_home / "serve.json").write_text('{"pid": 1}')
    assert served_state(settings) == {}
    with take_seat(settings):
        assert served_state(settings) == {}


def test_leases_of_the_one_process_on_sqlite_are_taken_back_by_the_next(home: Home) -> None:
    assert lease_owner(home()) == OWNER
    assert lease_owner(home(database=POSTGRESQL)) == ""
