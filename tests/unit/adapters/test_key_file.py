"""The ring's file: changed as a whole or not at all, and followed by what runs already."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.keys import KeyFile, KeyRing
from bot.adapters.keys.sources import FromCommand
from bot.domain.errors import (
    AlreadyThere,
    KeyFileMissing,
    NotAllowedNow,
    SettingsError,
    WrongKey,
)

MADE = datetime(2030, 3, 1, tzinfo=UTC)
LATER = MADE + timedelta(days=90)


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    path = tmp_path / "master.key"
    KeyRing.create(path, MADE)
    return KeyFile(path)


def _names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def _wrapped(ring: KeyRing) -> tuple[bytes, str, bytes]:
    data_key = secrets.token_bytes(32)
    return data_key, *ring.wrap("subject", data_key)


def test_a_fresh_key_is_put_in_use_and_the_others_stay(file: KeyFile) -> None:
    before = file.read()
    key_id = file.renew(LATER)

    after = file.read()
    assert after.active == key_id != before.active
    assert after.keys == {**before.keys, key_id: after.keys[key_id]}
    assert len(set(after.keys.values())) == 2
    assert after.index == before.index
    assert after.older == (before.active,)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert _names(file.path.parent) == {"master.key"}


def test_a_key_that_was_made_ready_is_the_one_put_in_use(file: KeyFile) -> None:
    before = file.read()
    ready = file.prepare(LATER)
    assert file.prepare(LATER) == ready, "one is enough"
    assert file.read().active == before.active
    assert file.read().waiting == ready

    assert file.renew(LATER) == ready
    assert file.read().waiting == ""
    assert len(file.read().keys) == 2


def test_what_is_retired_is_kept_whole_elsewhere(file: KeyFile) -> None:
    file.renew(LATER)
    ready = file.prepare(LATER)
    before = file.read()
    kept = file.retire(LATER)

    assert KeyFile(kept).read() == before
    assert kept.stat().st_mode & 0o777 == 0o600
    assert set(file.read().keys) == {before.active, ready}
    assert file.retired() == [kept]
    with pytest.raises(AlreadyThere):
        file.retire(LATER)


def test_keys_come_back_from_another_copy(file: KeyFile, tmp_path: Path) -> None:
    file.renew(LATER)
    kept = KeyFile(file.retire(LATER))
    active = file.read().active

    assert len(file.take_from(kept)) == 1
    assert file.read().keys == kept.read().keys
    assert file.read().active == active
    assert file.read().waiting == ""
    assert file.take_from(kept) == ()

    KeyRing.create(tmp_path / "other.key", MADE)
    before = file.path.read_bytes()
    with pytest.raises(WrongKey, match="is no copy of"):
        file.take_from(KeyFile(tmp_path / "other.key"))
    assert file.path.read_bytes() == before


def test_a_link_stays_a_link(file: KeyFile, tmp_path: Path) -> None:
    link = tmp_path / "home" / "master.key"
    link.parent.mkdir()
    link.symlink_to(file.path)
    key_id = KeyFile(link).renew(LATER)

    assert link.is_symlink()
    assert file.read().active == key_id


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_ring_that_cannot_be_written_stays_as_it_was(
    file: KeyFile, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = file.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(SettingsError, match="No space left on device"):
        file.renew(LATER)
    assert file.path.read_bytes() == before
    assert _names(file.path.parent) == {"master.key"}


def test_one_at_a_time_and_no_leavings(file: KeyFile) -> None:
    left = file.path.with_name(".master.key.0badcafe.new")
    left.touch()
    with file.held():
        assert not left.exists()
        with pytest.raises(NotAllowedNow), KeyFile(file.path).held():
            pass
    with file.held():
        pass


def test_nothing_is_held_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMissing), KeyFile(tmp_path / "no" / "master.key").held():
        pass


def test_what_is_new_is_wrapped_by_the_key_that_is_in_use_by_now(file: KeyFile) -> None:
    ring = KeyRing.load(file.path)
    key_id = file.renew(LATER)

    data_key, by, wrapped = _wrapped(ring)
    assert by == key_id == ring.active
    assert KeyRing.load(file.path).unwrap("subject", by, wrapped) == data_key


def test_a_key_that_is_not_known_is_looked_for_once_more(file: KeyFile) -> None:
    ring, other = KeyRing.load(file.path), KeyRing.load(file.path)
    key_id = file.renew(LATER)
    data_key, by, wrapped = _wrapped(other)

    assert ring.unwrap("subject", by, wrapped) == data_key
    assert ring.knows(key_id)
    assert not ring.knows("k-unknown")
    with pytest.raises(WrongKey, match="keys check"):
        ring.unwrap("subject", "k-unknown", wrapped)


def test_a_retired_key_stays_at_hand_in_what_runs_already(file: KeyFile) -> None:
    ring = KeyRing.load(file.path)
    data_key, by, wrapped = _wrapped(ring)
    file.renew(LATER)
    file.retire(LATER)

    ring.look_again()
    assert ring.active == file.read().active
    assert ring.unwrap("subject", by, wrapped) == data_key
    assert not KeyRing.load(file.path).knows(by)


def _broken(file: KeyFile) -> None:
    file.path.write_text("{", "ascii")


def _gone(file: KeyFile) -> None:
    file.path.unlink()


def _open_to_all(file: KeyFile) -> None:
    file.renew(LATER)
    file.path.chmod(0o644)


def _anothers(file: KeyFile) -> None:
    file.path.unlink()
    KeyRing.create(file.path, LATER)


@pytest.mark.parametrize("change", [_broken, _gone, _open_to_all, _anothers])
def test_a_file_that_went_wrong_changes_nothing_that_runs(
    file: KeyFile, change: Callable[[KeyFile], None]
) -> None:
    ring = KeyRing.load(file.path)
    before, digest = ring.active, ring.digest("index", "value")
    change(file)

    data_key, by, wrapped = _wrapped(ring)
    assert by == before
    assert ring.unwrap("subject", by, wrapped) == data_key
    assert ring.digest("index", "value") == digest
    assert not ring.knows("k-unknown")


def test_a_command_is_asked_again_but_not_with_every_message(tmp_path: Path) -> None:
    log, path = tmp_path / "asked", tmp_path / "master.key"
    KeyRing.create(path, MADE)
    now = [0.0]
    source = FromCommand(f"sh -c 'echo >> {log}; cat {path}'", lambda: now[0])
    first = source.read()

    KeyFile(path).renew(LATER)
    assert source.changed() is None, "not with each new person"
    again = source.again()
    assert again is not None
    assert list(again.keys)[:1] == list(first.keys)
    assert len(again.keys) == 2
    now[0] = 59.0
    assert source.again() is None
    now[0] = 61.0
    path.unlink()
    assert source.again() is None
    assert len(log.read_text().splitlines()) == 3


def test_a_ring_as_written_shows_no_key(file: KeyFile) -> None:
    written = json.loads(file.path.read_text())
    for key in [*written["keys"].values(), written["index"]]:
        assert key not in repr(file.read())
