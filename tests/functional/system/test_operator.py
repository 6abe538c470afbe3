"""What an operator can get wrong: each is said clearly, with an exit code that means something."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.functional.bot_api import BotApiServer
from tests.functional.system.conftest import on_telegram
from tests.functional.system.home import PROJECT, Home, Made, Ran, free_port
from tests.functional.system.serving import Serving

pytestmark = pytest.mark.xdist_group("system")

GIVEN, KEYS, CONTENT, PERMISSION, NOT_THERE, RECORD, CHANNEL = 2, 3, 4, 5, 6, 7, 8

WRONG_TOKEN = "4242:another-token-altogether-1234567890"


def check_refused(ran: Ran, code: int, *words: str) -> None:
    """It ended with this code and said this, on standard error alone."""
    assert ran.code == code, ran.err
    for each in words:
        assert each in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def no_key(home: Home) -> None:
    (home.path / "master.key").unlink()


def key_for_all_to_read(home: Home) -> None:
    (home.path / "master.key").chmod(0o644)


def half_a_key(home: Home) -> None:
    file = home.path / "master.key"
    file.write_text(file.read_text("ascii")[:100], "ascii")


def another_homes_key(home: Home) -> None:
    other = Home(home.path.with_name("other"))
    other.companion("keys", "create").well()
    (home.path / "master.key").unlink()
    shutil.copy(other.path / "master.key", home.path / "master.key")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (no_key, "There is no key file"),
        (key_for_all_to_read, "can be read by others"),
        (half_a_key, "cannot be understood"),
        (another_homes_key, "is not this database's"),
    ],
)
def test_keys(fresh: Made, wrong: Callable[[Home], None], words: str) -> None:
    secret = (fresh.home.path / "master.key").read_text("ascii").split('"')[7]
    wrong(fresh.home)
    ran = fresh.home.companion("serve")
    check_refused(ran, KEYS, words)
    assert secret not in ran.err


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("content") / "skills_content"
    shutil.copytree(PROJECT / "skills_content", folder)
    return folder


@pytest.mark.parametrize(
    ("path", "damage"),
    [
        ("dbt/stop.yml", "steps: [unfinished"),
        ("safety/replies.yml", "\x00"),
    ],
)
def test_content_that_cannot_be_used(fresh: Made, content: Path, path: str, damage: str) -> None:
    file = content / path
    kept = file.read_bytes()
    file.write_text(damage, "utf-8")
    try:
        ran = fresh.home.with_settings(COMPANION_CONTENT=str(content)).companion("serve")
    finally:
        file.write_bytes(kept)
    check_refused(ran, CONTENT, "A content file cannot be used.", path)


def test_no_content_at_all(fresh: Made, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    ran = fresh.home.with_settings(COMPANION_CONTENT=nowhere).companion("serve")
    check_refused(ran, CONTENT, nowhere)


def test_words_that_changed_since_they_were_signed(fresh: Made, content: Path) -> None:
    file = content / "joining_messages.yml"
    kept = file.read_text("utf-8")
    file.write_text(kept.replace("You've joined.", "You have joined."), "utf-8")
    try:
        ran = fresh.home.with_settings(COMPANION_CONTENT=str(content)).companion("serve")
    finally:
        file.write_text(kept, "utf-8")
    check_refused(ran, CONTENT, "unsigned", "joining_messages.yml")
    assert "contacts/derbyshire.yml" not in ran.err, "only what changed"


def test_a_telegram_token_that_telegram_does_not_know(fresh: Made, telegram: BotApiServer) -> None:
    home = on_telegram(fresh.home, telegram).with_settings(TELEGRAM_TOKEN=WRONG_TOKEN)
    ran = home.companion("serve")
    check_refused(ran, CHANNEL, "TELEGRAM_TOKEN")
    assert WRONG_TOKEN.partition(":")[2] not in ran.err


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TELEGRAM_TOKEN", "hello"),
        ("RASA_URL", "ftp://127.0.0.1"),
        ("WEB_PORT", "99999"),
    ],
)
def test_settings_that_cannot_be_used(fresh: Made, setting: str, value: str) -> None:
    check_refused(fresh.home.with_settings(**{setting: value}).companion("serve"), GIVEN, setting)


def test_a_web_port_that_is_taken(fresh: Made) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = fresh.home.with_settings(WEB_PORT=port).companion("serve")
    check_refused(ran, GIVEN, "WEB_PORT", port, "in use")


def test_a_second_companion_in_the_same_home(fresh: Made, start: Callable[[Home], Serving]) -> None:
    first = start(fresh.home)
    ran = fresh.home.with_settings(WEB_PORT=str(free_port())).companion("serve")
    check_refused(ran, RECORD, "Another companion is serving this home already.")
    assert first.health()["ready"] is True


def test_a_database_that_is_none(fresh: Made) -> None:
    (fresh.home.path / "companion.sqlite").write_bytes(b"something else " * 1000)
    check_refused(fresh.home.companion("serve"), RECORD, "The record cannot be read")


def test_a_demonstration_in_a_home_with_people(fresh: Made) -> None:
    check_refused(fresh.home.companion("demo", "--no-serve", "--json"), GIVEN, "people in it")
    wrong_mode = fresh.home.with_settings(COMPANION_MODE="demo").companion("serve")
    check_refused(wrong_mode, GIVEN, "not made as a demonstration")


def test_who_may_do_what(fresh: Made, tmp_path: Path) -> None:
    run = fresh.home.companion
    check_refused(run("invite", "P-1", "--by", "rowan"), PERMISSION)
    check_refused(run("invite", "P-9", "--by", "dawn"), NOT_THERE)
    file = tmp_path / "plan.yml"
    file.write_text("person: P-1\nstatus: [agreed\n", "utf-8")
    check_refused(run("plan", "import", str(file), "--by", "dawn"), GIVEN, "plan.yml, line")


def test_nothing_asked_for_is_created_in_an_empty_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "empty", {"WEB_PORT": str(free_port())})
    check_refused(home.companion("serve"), KEYS, "companion keys create")
    assert not (home.path / "companion.sqlite").exists()
    assert not (home.path / "master.key").exists()
