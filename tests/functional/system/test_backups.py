"""The operator's way: a backup beside a running companion, a new machine, and what is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.functional.system.home import NO_RASA, PEOPLE, Home, Made, Ran, free_port
from tests.functional.system.record_file import RecordFile
from tests.functional.system.serving import Serving

pytestmark = pytest.mark.xdist_group("system")

GIVEN, KEYS, NOT_THERE, RECORD = 2, 3, 6, 7
NEVER = ("--no-ledger-because", "nobody was ever erased")
MARKER = "Marker"
"""The family name of everybody in the home."""


@dataclass(frozen=True)
class Copied:
    """A home, a backup of it, and an empty home that has the key ring."""

    home: Home
    folder: Path
    new: Home

    @property
    def files(self) -> tuple[str, str, str]:
        """As ``restore`` takes them."""
        (record,) = self.folder.glob("record-*.backup")
        (keys,) = self.folder.glob("keys-*.backup")
        return str(record), "--keys", str(keys)

    def restore(self, *more: str) -> Ran:
        """Restore into the new home."""
        return self.new.companion("backup", "restore", *self.files, *more)


def _copied(home: Home, folder: Path) -> Copied:
    home.companion("backup", "create", "--to", str(folder / "backups")).well()
    new = replace(home, path=folder / "new").with_settings(WEB_PORT=str(free_port()))
    new.path.mkdir(mode=0o700)
    shutil.copy2(home.path / "master.key", new.path / "master.key")
    return Copied(home, folder / "backups", new)


@pytest.fixture
def copied(fresh: Made, tmp_path: Path) -> Copied:
    return _copied(fresh.home, tmp_path)


@pytest.mark.long
def test_from_a_running_companion_to_a_new_machine(
    fresh: Made, tmp_path: Path, start: Callable[[Home], Serving]
) -> None:
    running = start(fresh.home)
    running = start(fresh.home)
    copied = _copied(fresh.home, tmp_path)
    verified = copied.home.companion("backup", "verify", str(copied.folder), "--json").well().json
    assert verified["faults"] == verified["unchecked"] == []
    assert verified["rows"]["persons"] == len(PEOPLE)
    assert running.health()["ready"]
    copied.restore("--ledger", str(copied.folder / "erasures.log")).well()

    assert copied.new.audit()["faults"] == []
    assert (copied.new.path / "erasures.log").exists()
    assert copied.new.report("P-1")["called"] == PEOPLE["P-1"]
    assert start(copied.new.with_settings(RASA_URL=NO_RASA)).health()["ready"]


@pytest.mark.long
def test_the_screen_says_what_is_not_in_it(fresh: Made, tmp_path: Path) -> None:
    told = fresh.home.companion("backup", "create", "--to", str(tmp_path / "b")).well().out

    assert "The key ring is in neither." in told
    assert "after 30 days" in told
    assert all(each.stat().st_mode & 0o077 == 0 for each in (tmp_path / "b").iterdir())


@pytest.mark.long
def test_old_files_of_keys_are_named(fresh: Made, tmp_path: Path) -> None:
    create = ("backup", "create", "--to", str(tmp_path), "--json")
    old, lately = tmp_path / "keys-20250101T000000Z.backup", datetime.now(UTC) - timedelta(days=29)
    old.touch()
    (tmp_path / f"keys-{lately:%Y%m%dT%H%M%SZ}.backup").touch()

    assert fresh.home.companion(*create).well().json["keys_to_delete"] == [str(old)]
    assert old.exists()


@pytest.mark.long
def test_keys_in_a_folder_of_their_own(fresh: Made, tmp_path: Path) -> None:
    to = ("--to", str(tmp_path / "b"), "--keys-to", str(tmp_path / "k"))
    made = fresh.home.companion("backup", "create", *to, "--json").well().json
    verified = fresh.home.companion("backup", "verify", made["record"], "--json").well().json

    assert verified["unchecked"] == ["no file of keys: no sealed value was opened"]
    with_keys = ("backup", "verify", made["record"], "--keys", made["keys"], "--json")
    assert fresh.home.companion(*with_keys).well().json["opened"] > 0


@pytest.mark.long
def test_a_restore_asks_for_the_ledger(copied: Copied) -> None:
    refused = copied.restore()
    assert (refused.code, refused.out) == (NOT_THERE, "")
    assert "The ledger of erasures is missing" in refused.err
    assert not (copied.new.path / "companion.sqlite").exists()
    (copied.new.path / "erasures.log").write_text("half a li")
    refused = copied.restore()
    assert refused.code == GIVEN
    assert "lines 1" in refused.err

    told = copied.restore("--accept-broken-lines", "--json").well().json
    assert (told["replayed"], told["broken_lines"]) == (0, 1)


@pytest.mark.long
def test_only_into_an_empty_home(copied: Copied) -> None:
    copied.restore(*NEVER).well()
    before = (copied.new.path / "companion.sqlite").read_bytes()
    refused = copied.restore(*NEVER)

    assert refused.code == GIVEN
    assert "companion.sqlite away first" in refused.err
    assert (copied.new.path / "companion.sqlite").read_bytes() == before


@pytest.mark.long
def test_not_into_a_home_that_is_served(copied: Copied, start: Callable[[Home], Serving]) -> None:
    start(copied.home)
    refused = copied.home.companion("backup", "restore", *copied.files, *NEVER)

    assert refused.code == RECORD
    assert "Another companion" in refused.err


@pytest.mark.long
def test_with_another_ring_nothing_is_restored(copied: Copied) -> None:
    (copied.new.path / "master.key").unlink()
    copied.new.companion("keys", "create").well()
    refused = copied.restore(*NEVER)

    assert refused.code == KEYS
    assert "another key ring" in refused.err
    assert not (copied.new.path / "companion.sqlite").exists()


@pytest.mark.parametrize(("start", "end"), [(0, -40), (0, 0), (40, None)])
@pytest.mark.long
def test_a_damaged_file_is_refused(copied: Copied, start: int, end: int | None) -> None:
    record = Path(copied.files[0])
    record.write_bytes(record.read_bytes()[start:end])
    for refused in (copied.restore(*NEVER), copied.home.companion("backup", "verify", str(record))):
        assert refused.code == GIVEN
        assert "This backup cannot be used." in refused.err
        assert "Traceback" not in refused.err
    assert not (copied.new.path / "companion.sqlite").exists()


def test_the_drill(fresh: Made, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    home = fresh.home.with_settings(TMPDIR=str(scratch))
    people = RecordFile(home.path).rows()
    ran = home.companion("backup", "drill", "--json").well()

    assert (ran.json["ok"], ran.json["plan"], ran.json["faults"]) == (True, "read", [])
    assert set(ran.json["seconds"]) == {"backup", "verify", "restore", "read"}
    assert list(scratch.iterdir()) == []
    assert RecordFile(home.path).rows() == people
    shown = home.companion("backup", "drill").well()
    for told in (ran.out, ran.err, shown.out, shown.err):
        assert MARKER not in told
        assert "P-1" not in told
