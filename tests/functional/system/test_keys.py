"""The ``keys`` commands as an operator types them, beside a running companion and without one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.functional.bot_api import BotApiServer
from tests.functional.system.conftest import on_telegram
from tests.functional.system.home import Home, Made, Ran
from tests.functional.system.serving import Serving
from tests.functional.system.talking import Talking

pytestmark = pytest.mark.xdist_group("system")

TO_DO, NOT_WELL = 1, 3
COMMANDS = (
    ("invite", "P-1", "--by", "dawn"),
    ("people", "add", "--name", "New", "--by", "dawn"),
    ("content", "sign", "--all", "--by", "rowan"),
    ("keys", "rotate"),
)


def _key_file(home: Home) -> Path:
    return home.path / "master.key"


def _written(home: Home) -> dict[str, object]:
    read: dict[str, object] = json.loads(_key_file(home).read_text("ascii"))
    return read


def _gone(home: Home) -> None:
    _key_file(home).unlink()


def _empty(home: Home) -> None:
    _key_file(home).write_bytes(b"")


def _half(home: Home) -> None:
    _key_file(home).write_text(_key_file(home).read_text("ascii")[:100], "ascii")


def _something_else(home: Home) -> None:
    _key_file(home).write_text('{"name": "value"}', "ascii")


def _damaged(home: Home) -> None:
    written = _written(home)
    _key_file(home).write_text(json.dumps(written | {"index": "c2hvcnQ="}), "ascii")


def _open_to_all(home: Home) -> None:
    _key_file(home).chmod(0o640)


def _anothers(home: Home) -> None:
    other = Home(home.path.with_name("other"))
    other.companion("keys", "create").well()
    shutil.copy(_key_file(other), _key_file(home))


def _lacking(home: Home) -> None:
    old = _key_file(home).read_bytes()
    home.companion("keys", "rotate").well()
    _key_file(home).write_bytes(old)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (_gone, ("There is no key file", "put that one back, and make none")),
        (_empty, ("it is empty", "Put the copy from safe keeping in its place")),
        (_half, ("cut short", "Put the copy from safe keeping in its place")),
        (_something_else, ("this is no key ring", "Put the copy from safe keeping")),
        (_damaged, ("the key index is damaged", "Put the copy from safe keeping")),
        (_open_to_all, ("has the mode 0640", "chmod 600")),
        (_anothers, ("ring of another database", "put the ring back that this one was begun with")),
        (_lacking, ("lacks a master key", "companion keys restore COPY")),
    ],
)
@pytest.mark.long
def test_a_lost_or_wrong_key_says_what_to_do(
    fresh: Made, wrong: Callable[[Home], None], words: tuple[str, ...]
) -> None:
    home = fresh.home
    wrong(home)
    before = (home.path / "companion.sqlite").read_bytes()
    ring = _key_file(home).read_bytes() if _key_file(home).exists() else None
    _check_says(home.companion("serve"), *words)
    told = home.companion("keys", "check", "--json")
    assert told.code == NOT_WELL
    for each in words:
        assert each in told.json["problem"]
    assert (home.path / "companion.sqlite").read_bytes() == before
    assert (_key_file(home).read_bytes() if ring is not None else None) == ring


@pytest.mark.long
def test_every_command_says_it(fresh: Made) -> None:
    home = fresh.home
    _anothers(home)
    for command in COMMANDS:
        _check_says(home.companion(*command), "ring of another database")
    doctor = home.companion("doctor", "--json")
    assert doctor.code == NOT_WELL
    assert "ring of another database" in doctor.json["problem"]


def _check_says(ran: Ran, *words: str) -> None:
    assert ran.code == NOT_WELL, ran.err
    for each in words:
        assert each in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.long
def test_a_lost_ring_is_not_replaced_by_a_new_one(fresh: Made) -> None:
    _gone(fresh.home)
    ran = fresh.home.companion("keys", "create")
    assert ran.code == 5
    assert "put a copy of it back" in ran.err
    assert not _key_file(fresh.home).exists()


@pytest.mark.long
def test_a_ring_brought_back_in_parts(fresh: Made) -> None:
    home = fresh.home
    old = _key_file(home).read_bytes()
    home.companion("keys", "rotate").well()
    newer = home.path.with_name("newer.key")
    shutil.copy(_key_file(home), newer)
    _key_file(home).write_bytes(old)

    assert home.companion("keys", "restore", str(newer)).well().out.startswith("Brought back: k")
    assert home.companion("keys", "check").code == TO_DO, "the older key is the active one"
    assert "finished" in home.companion("keys", "rotate").well().out
    assert home.companion("keys", "check").well().out.endswith("All is well.\n")


@pytest.mark.long
def test_a_home_without_a_database(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert home.companion("keys", "check").code == NOT_WELL
    home.companion("keys", "create").well()
    found = home.companion("keys", "check", "--json").well().json
    assert (found["database"], found["problem"], found["to_do"]) == (None, None, [])
    ran = home.companion("keys", "rotate")
    assert (ran.code, "no database yet" in ran.err) == (6, True)
    assert {each.name for each in home.path.iterdir()} == {"master.key"}


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("garbage", 2, "DATABASE_URL is no address"),
        ("postgresql+psycopg://127.0.0.1:9/none", 7, "cannot be read or written"),
    ],
)
@pytest.mark.long
def test_a_database_that_cannot_be_had(tmp_path: Path, address: str, code: int, words: str) -> None:
    home = Home(tmp_path / "home")
    home.companion("keys", "create").well()
    ran = home.with_settings(DATABASE_URL=address).companion("keys", "check")
    assert (ran.code, words in ran.err) == (code, True)
    assert "no database yet" not in ran.out
    assert "All is well" not in ran.out


def test_from_one_key_to_the_next(fresh: Made) -> None:
    home = fresh.home
    first = home.companion("keys", "check", "--json").well().json
    assert first["wrapped_by"] == {first["ring"]["active"]: 2}

    ready = home.companion("keys", "rotate", "--prepare", "--json").well().json["prepared"]
    waiting = home.companion("keys", "check")
    assert (waiting.code, "A key waits in the ring" in waiting.out) == (TO_DO, True)
    done = home.companion("keys", "rotate", "--json").well().json
    assert (done["active"], done["is_new"], done["wrapped"], done["left"]) == (ready, True, 2, {})
    retired = home.companion("keys", "rotate", "--retire", "--json").well().json
    assert (retired["active"], retired["is_new"]) == (ready, False)
    assert retired["retired"] == [first["ring"]["active"]]
    assert (Path(retired["kept"]).stat().st_mode & 0o777) == 0o600

    beside = home.companion("keys", "check")
    assert (beside.code, "move it to safe keeping" in beside.out) == (TO_DO, True)
    shutil.move(retired["kept"], home.path.with_name("retired.key"))
    last = home.companion("keys", "check", "--json").well().json
    assert last["ring"]["keys"] == [ready]
    assert last["wrapped_by"] == {ready: 2}
    assert home.audit()["faults"] == []


@pytest.mark.long
def test_one_damaged_key_is_named_and_the_others_live(fresh: Made) -> None:
    home = fresh.home
    with closing(sqlite3.connect(home.path / "companion.sqlite")) as database, database:
        (subject,) = database.execute("SELECT id FROM persons WHERE code = 'P-1'").fetchone()
        database.execute("UPDATE subject_keys SET wrapped = x'00' WHERE subject = ?", [subject])
    told = home.companion("keys", "check", "--json")
    assert told.json["not_opening"] == [subject]
    assert "from a backup" in told.json["problem"]
    rotated = home.companion("keys", "rotate", "--json")
    assert (rotated.code, rotated.json["wrapped"]) == (NOT_WELL, 1)
    home.companion("invite", "P-2", "--by", "dawn").well()


@pytest.mark.long
def test_a_ring_that_a_command_prints_is_not_ours_to_change(fresh: Made) -> None:
    home = fresh.home
    kept = home.path.with_name("kept.key")
    shutil.move(_key_file(home), kept)
    theirs = home.with_settings(COMPANION_KEY_COMMAND=f"cat '{kept}'")
    before = kept.read_bytes()
    for words in (("create",), ("rotate", "--retire")):
        ran = theirs.companion("keys", *words)
        assert (ran.code, "COMPANION_KEY_COMMAND is set" in ran.err) == (2, True), words
    assert kept.read_bytes() == before

    # Its owner puts a new key in use.
    here = home.with_settings(COMPANION_KEY_FILE=str(kept))
    here.companion("keys", "rotate", "--prepare").well()
    written = json.loads(kept.read_text("ascii"))
    written["active"] = list(written["keys"])[-1]
    kept.write_text(json.dumps(written), "ascii")
    assert "not finished" in theirs.companion("keys", "check").out
    ran = theirs.companion("keys", "rotate").well()
    assert "The ring comes from a command" in ran.out
    assert "Data keys wrapped anew: 2." in ran.out
    theirs.companion("keys", "check").well()


@pytest.mark.long
def test_beside_a_companion_that_serves(
    fresh: Made, telegram: BotApiServer, start: Callable[[Home], Serving]
) -> None:
    home = on_telegram(fresh.home, telegram)
    serving = start(home)
    ben, stranger = (Talking(name, telegram, serving) for name in ("Ben", "Stranger"))
    ben.joins(fresh.codes["P-2"])
    _rotate_and_move_away(home)

    assert ben.says("plan").answered_by == "command"
    assert stranger.says("menu").answered_by == "command"
    assert set(_check(home).json["wrapped_by"]) == {_written(home)["active"]}
    _rotate_and_move_away(home)
    assert stranger.says("menu").answered_by == "command"
    serving.end()
    ben.serving = start(home)
    assert ben.says("plan").answered_by == "command"
    assert _check(home).code == 0
    assert home.audit()["faults"] == []


def _rotate_and_move_away(home: Home) -> None:
    kept = home.companion("keys", "rotate", "--retire", "--json").well().json["kept"]
    Path(kept).unlink()


def _check(home: Home) -> Ran:
    return home.companion("keys", "check", "--json")
