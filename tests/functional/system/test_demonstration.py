"""A demonstration: made, found again, signed in to, talked to as its people; ``doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from tests.functional.system.chatting import chatting
from tests.functional.system.home import NO_RASA, Home, Made, free_port
from tests.functional.system.serving import Serving, serving
from tests.functional.system.visiting import Visit

pytestmark = pytest.mark.xdist_group("system")

ROOMS = {
    "practitioner": "Asha",
    "manager": "Peak Vale",
    "reviewer": "Nothing here for your role yet",
    "administrator": "Nothing here for your role yet",
}


@dataclass(frozen=True)
class Demonstration:
    """A demonstration's home, what making it printed, and the companion that serves it."""

    home: Home
    made: dict[str, Any]
    serving: Serving


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Served with a Rasa that is never there: what is asked here needs none."""
    settings = {"WEB_PORT": str(free_port()), "RASA_URL": NO_RASA}
    home = Home(tmp_path_factory.mktemp("demo") / "home", settings)
    made = home.companion("demo", "--no-serve", "--json").well().json
    with serving(home.with_settings(COMPANION_MODE="demo")) as process:
        yield Demonstration(home, made, process)


def test_it_prints_what_programs_rely_on(demo: Demonstration) -> None:
    assert set(demo.made) == {"url", "people", "staff"}
    assert demo.made["url"] == demo.serving.url
    assert [each["plan"] for each in demo.made["people"]] == [
        "agreed",
        "overdue",
        "declined",
        "missing",
        "agreed",
    ]
    for person in demo.made["people"]:
        assert set(person) == {"code", "name", "plan", "invitation"}
    for member in demo.made["staff"]:
        assert set(member) == {"username", "password", "role"}


def test_made_again_it_is_found_with_new_passwords_and_codes(demo: Demonstration) -> None:
    first = dict(demo.made)
    again = demo.home.companion("demo", "--no-serve", "--json").well().json
    demo.made.update(again)
    for was, is_now in zip(first["people"], again["people"], strict=True):
        assert is_now.pop("invitation") != was.pop("invitation")
        assert is_now == was
    for was, is_now in zip(first["staff"], again["staff"], strict=True):
        assert is_now["username"] == was["username"]
        with Visit(demo.serving.url) as visit:
            visit.signs_in(was["username"], was["password"])
            assert visit.status == 403, "the one before signs nobody in, beside a running companion"


def test_everybody_signs_in_and_sees_what_is_theirs(demo: Demonstration) -> None:
    assert {each["role"] for each in demo.made["staff"]} == set(ROOMS)
    for member in demo.made["staff"]:
        with Visit(demo.serving.url) as visit:
            page = visit.signs_in(member["username"], member["password"])
            assert visit.status == 200
            assert ROOMS[member["role"]] in page
            assert "demonstration" in page.lower(), "every page says so"


def test_a_wrong_password_signs_nobody_in(demo: Demonstration) -> None:
    with Visit(demo.serving.url) as visit:
        page = visit.signs_in("dawn", "not the password")
        assert visit.status == 403
        assert "is not right" in page
        visit.opens("/today")
        assert visit.path == "/sign-in"


def test_talking_as_a_made_up_person(demo: Demonstration) -> None:
    with chatting(demo.home, "--as", "DEMO-1") as chat:
        plan = chat.says("plan")
        assert plan.answered_by == "command"
        assert "Hold the cold tin" in plan.text
    missing = demo.home.companion("chat", "--as", "DEMO-9", "--json", typed=b"plan\n")
    assert missing.code == 6
    assert "Traceback" not in missing.err


def test_it_is_never_served_as_if_it_were_real(demo: Demonstration, tmp_path: Path) -> None:
    copy = demo.home.copied_to(tmp_path / "home").with_settings(WEB_PORT=str(free_port()))
    ran = copy.companion("serve")
    assert ran.code == 2
    assert "This database is a demonstration" in ran.err


def test_doctor_says_what_is_in_force(demo: Demonstration) -> None:
    secret = "4242:a-secret-that-doctor-does-not-tell"
    found = demo.home.with_settings(TELEGRAM_TOKEN=secret).companion("doctor", "--json").well()
    told = found.json
    assert told["rasa"]["pid"] is None, "it was told of a Rasa elsewhere"
    assert told["rasa"]["state"] in {"ready", "starting", "down"}
    assert told["serving"] == {"pid": demo.serving.pid, "web": demo.serving.url}
    assert told["demo"] is True
    assert told["audit"]["faults"] == []
    assert told["audit"]["chains"] >= 6
    assert told["settings"]["companion_home"] == str(demo.home.path)
    assert told["settings"]["telegram_token"]
    assert secret.partition(":")[2] not in found.out + found.err


def test_doctor_without_a_home(tmp_path: Path) -> None:
    ran = Home(tmp_path / "empty").companion("doctor", "--json")
    assert ran.code == 3
    assert ran.json["rasa"] == {"pid": None, "state": "down"}
    assert ran.json["serving"] == {"pid": None, "web": None}
    assert "There is no key file" in ran.json["problem"]


def test_doctor_finds_a_changed_audit(fresh: Made) -> None:
    """As by somebody who has the whole database in their hands."""
    with closing(connect(fresh.home.path / "companion.sqlite")) as database:
        guards = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in guards.fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE audit SET by = 'staff:somebody-else' WHERE place = 1")
        database.commit()
    ran = fresh.home.companion("doctor", "--json")
    assert ran.code == 1
    assert ran.json["audit"]["faults"]
    assert ran.json["problem"] == "The audit is not whole."


def test_run_in_a_home_with_people_serves_them_and_adds_nobody(fresh: Made) -> None:
    with serving(fresh.home, "run") as process, Visit(process.url) as visit:
        today = visit.signs_in("dawn", fresh.passwords["dawn"])
        assert "Asha" in today
        assert "DEMO" not in today
        assert "demonstration" not in today.lower()
