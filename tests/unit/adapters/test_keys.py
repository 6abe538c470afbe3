"""The key ring: made once, refused when it is not safe, and never seen from outside."""

from __future__ import annotations

import base64
import json
import secrets
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.keys import KeyRing
from bot.adapters.records.sealing.encryption import DataKey, DataKeys, Place, WrappedKey
from bot.domain.errors import (
    AlreadyThere,
    KeyFileBroken,
    KeyFileMissing,
    KeyFileUnsafe,
    SealBroken,
    WrongKey,
)

MADE = datetime(2030, 3, 1, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "master.key"


@pytest.fixture
def ring(path: Path) -> KeyRing:
    return KeyRing.create(path, MADE)


def test_the_file_is_its_owners_alone(ring: KeyRing, path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    written = json.loads(path.read_text())
    assert set(written) == {"active", "keys", "index", "made_at"}
    assert written["active"] == ring.active
    assert all(len(base64.b64decode(each)) == 32 for each in written["keys"].values())


def test_a_ring_is_never_written_over(ring: KeyRing, path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(AlreadyThere):
        KeyRing.create(path, MADE)
    assert path.read_bytes() == before


def test_two_rings_differ(ring: KeyRing, tmp_path: Path) -> None:
    other = KeyRing.create(tmp_path / "other.key", MADE)
    assert ring.digest("index", "value") != other.digest("index", "value")


def test_a_missing_file_is_named_so(path: Path) -> None:
    with pytest.raises(KeyFileMissing, match="companion keys create"):
        KeyRing.load(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o644, 0o601, 0o610, 0o777])
def test_a_file_that_others_reach_is_refused(ring: KeyRing, path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(KeyFileUnsafe, match=f"{mode:04o}: chmod 600 {path}"):
        KeyRing.load(path)
    path.chmod(0o400)
    assert KeyRing.load(path).active == ring.active


def _whole(**changed: object) -> bytes:
    key = base64.b64encode(b"k" * 32).decode()
    return json.dumps(
        {"active": "a", "keys": {"a": key}, "index": key, "made_at": MADE.isoformat()} | changed
    ).encode()


def test_a_ring_as_json() -> None:
    assert KeyRing.from_json(_whole(), "here").active == "a"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        _whole(active="b"),
        _whole(keys={}),
        _whole(keys={"a": "c2hvcnQ="}),
        _whole(keys={"a": "not base64!"}),
        _whole(index="c2hvcnQ="),
        _whole(index=7),
        _whole(made_at="yesterday"),
        _whole(more="x"),
    ],
)
def test_a_broken_file_is_named_so_without_its_keys(path: Path, text: bytes) -> None:
    path.touch(0o600)
    path.write_bytes(text)
    with pytest.raises(KeyFileBroken, match="from safe keeping in its place") as raised:
        KeyRing.load(path)
    assert str(path) in str(raised.value)
    assert "a2tra2tr" not in "".join(traceback.format_exception(raised.value))


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(KeyFileBroken):
        KeyRing.load(tmp_path)


def test_a_command_prints_the_ring(ring: KeyRing, path: Path) -> None:
    printed = KeyRing.from_command(f"cat '{path}'")
    assert printed.digest("index", "value") == ring.digest("index", "value")


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("false", KeyFileMissing),
        ("/no/such/program", KeyFileMissing),
        ("", KeyFileMissing),
        ("unbalanced '", KeyFileMissing),
        ("echo hello", KeyFileBroken),
        (f"{sys.executable} -c 'print(input())'", KeyFileMissing),
    ],
)
def test_a_command_that_gives_no_ring(command: str, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        KeyRing.from_command(command)
    assert "hello" not in str(raised.value)


def test_a_ring_shows_no_key(ring: KeyRing, path: Path) -> None:
    written = json.loads(path.read_text())
    for key in [*written["keys"].values(), written["index"]]:
        assert key not in repr(ring) + str(ring) + repr(vars(ring))


def test_a_data_key_comes_back(ring: KeyRing) -> None:
    data_key = secrets.token_bytes(32)
    key_id, wrapped = ring.wrap("subject", data_key)
    assert key_id == ring.active
    assert data_key not in wrapped
    assert ring.unwrap("subject", key_id, wrapped) == data_key


def test_a_data_key_is_bound_to_its_subject_and_master_key(tmp_path: Path) -> None:
    key = base64.b64encode(b"k" * 32).decode()
    ring = KeyRing.from_json(_whole(keys={"a": key, "b": key}), "here")
    key_id, wrapped = ring.wrap("subject", b"d" * 32)
    with pytest.raises(SealBroken):
        ring.unwrap("other", key_id, wrapped)
    with pytest.raises(SealBroken):
        ring.unwrap("subject", "b", wrapped)
    with pytest.raises(WrongKey):
        ring.unwrap("subject", "gone", wrapped)
    for broken in (b"", wrapped[:-1], wrapped[:11], bytes(len(wrapped))):
        with pytest.raises(SealBroken):
            ring.unwrap("subject", key_id, broken)


def test_digests_are_stable_and_parted_by_purpose(ring: KeyRing, path: Path) -> None:
    again = KeyRing.load(path)
    assert ring.digest("index", "value") == again.digest("index", "value")
    assert ring.digest("index", "value") != ring.digest("invitation", "value")
    assert ring.digest("index", "value") != ring.digest("index", "Value")
    assert len(bytes.fromhex(ring.digest("index", ""))) == 32
    assert ring.digest("index", "\ud800") != ring.digest("index", "\ud801")


def test_signatures_have_their_length_and_are_no_digests(ring: KeyRing) -> None:
    assert len(ring.sign("button", b"value")) == 8
    whole = ring.sign("button", b"value", 32)
    assert len(whole) == 32
    assert whole.startswith(ring.sign("button", b"value"))
    assert whole != ring.sign("button", b"other", 32)
    assert whole != ring.sign("audit", b"value", 32)
    assert whole.hex() != ring.digest("button", "value")


KEY = DataKey(b"k" * 32, b"wrapped")
PLACES = st.builds(
    Place, *(st.text(st.characters(codec="ascii", exclude_characters="\0")) for _ in range(3))
)


@given(PLACES, st.binary())
def test_a_value_opens_where_it_was_sealed(place: Place, value: bytes) -> None:
    sealed = KEY.seal(place, value)
    assert KEY.open(place, sealed) == value
    assert KEY.seal(place, value) != sealed


@given(PLACES, PLACES, st.binary())
def test_a_value_opens_nowhere_else(place: Place, other: Place, value: bytes) -> None:
    sealed = KEY.seal(place, value)
    if place != other:
        with pytest.raises(SealBroken):
            KEY.open(other, sealed)


@given(st.binary(max_size=40), st.data())
def test_a_value_with_one_bit_changed_does_not_open(value: bytes, data: st.DataObject) -> None:
    place = Place("subject", "label", "row")
    sealed = bytearray(KEY.seal(place, value))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken, match="label row"):
        KEY.open(place, bytes(sealed))


@given(st.binary(max_size=28))
def test_what_is_too_short_does_not_open(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        KEY.open(Place("subject", "label", "row"), b"\1" + sealed)


def test_the_format_says_its_version() -> None:
    assert KEY.seal(Place("subject", "label", "row"), b"value")[0] == 1


def test_another_key_does_not_open_it() -> None:
    place = Place("subject", "label", "row")
    with pytest.raises(SealBroken):
        DataKey(b"o" * 32, b"").open(place, KEY.seal(place, b"value"))


def test_fresh_keys_differ_and_come_back(ring: KeyRing) -> None:
    place = Place("subject", "label", "row")
    keys = DataKeys(ring)
    key, kept = keys.fresh("subject")
    other, _ = keys.fresh("subject")
    sealed = key.seal(place, b"value")
    assert DataKeys(ring).unwrapped(kept).open(place, sealed) == b"value"
    with pytest.raises(SealBroken):
        other.open(place, sealed)


def test_those_used_last_are_at_hand(ring: KeyRing) -> None:
    keys = DataKeys(ring, room=2)
    kept = {subject: keys.fresh(subject)[1] for subject in "abc"}
    a, _ = keys.unwrapped(kept["a"]), keys.unwrapped(kept["b"])
    assert keys.held("a") is a
    keys.unwrapped(kept["c"])
    assert keys.held("b") is None
    assert keys.held("a") is a
    keys.drop("a")
    assert keys.held("a") is None
    keys.drop("nobody")


def test_a_key_that_was_made_anew_is_not_mistaken_for_the_old(ring: KeyRing) -> None:
    keys = DataKeys(ring)
    old = keys.unwrapped(keys.fresh("a")[1])
    new = keys.fresh("a")[1]
    assert keys.unwrapped(new) is not old
    assert keys.unwrapped(new) is keys.held("a")


def test_a_held_key_shows_nothing() -> None:
    assert "kkkk" not in repr(KEY)
    assert WrappedKey("a", "b", b"c").subject == "a"
