"""Sealing without a database: what stands in the bytes, and which keys are kept at hand."""

from __future__ import annotations

import base64
import json
import threading
from itertools import permutations

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.keys import KeyRing
from bot.adapters.records.sealing.encryption import DataKey, DataKeys, Place, WrappedKey
from bot.domain.errors import SealBroken, WrongKey

KEY = b"k" * 32
PLACE = Place("robin", "persons.names", "row-1")
BOUND = b"robin\0persons.names\0row-1\x001"


@pytest.fixture
def ring() -> KeyRing:
    one, other = (base64.b64encode(each * 32).decode() for each in (b"m", b"i"))
    made_at = "2030-03-01T00:00:00+00:00"
    return KeyRing.from_json(
        json.dumps(
            {"active": "a", "keys": {"a": one}, "index": other, "made_at": made_at}
        ).encode(),
        "here",
    )


def wrapped_for(ring: KeyRing, subject: str, key: bytes = KEY) -> WrappedKey:
    key_id, wrapped = ring.wrap(subject, key)
    return WrappedKey(subject, key_id, wrapped)


# -- one value -----------------------------------------------------------------------------------


def test_the_bytes_are_version_nonce_and_what_aes_gcm_makes_of_the_value() -> None:
    """Values that were sealed must always open: this form is not to be changed."""
    sealed = DataKey(KEY, b"").seal(PLACE, b"value")
    assert sealed[0] == 1
    assert len(sealed) == 1 + 12 + len(b"value") + 16
    assert AESGCM(KEY).decrypt(sealed[1:13], sealed[13:], BOUND) == b"value"
    nonce = bytes(range(12))
    by_hand = b"\1" + nonce + AESGCM(KEY).encrypt(nonce, b"value", BOUND)
    assert DataKey(KEY, b"").open(PLACE, by_hand) == b"value"


def test_where_it_stands_is_bound_in_one_way_only() -> None:
    assert PLACE.bound() == BOUND
    words = ("a", "b", "c")
    assert len({Place(*each).bound() for each in permutations(words)}) == 6
    assert Place("a", "bc", "d").bound() != Place("ab", "c", "d").bound()


@pytest.mark.parametrize(
    "bound", [b"", BOUND[:-1], BOUND[:-1] + b"2", BOUND.replace(b"\0", b" "), BOUND.upper()]
)
def test_what_was_bound_otherwise_does_not_open(bound: bytes) -> None:
    sealed = b"\1" + bytes(12) + AESGCM(KEY).encrypt(bytes(12), b"value", bound)
    with pytest.raises(SealBroken):
        DataKey(KEY, b"").open(PLACE, sealed)


@pytest.mark.parametrize("version", [0, 2, 49, 255])
def test_another_version_is_refused_though_all_else_is_right(version: int) -> None:
    sealed = DataKey(KEY, b"").seal(PLACE, b"value")
    with pytest.raises(SealBroken, match=r"persons\.names row-1"):
        DataKey(KEY, b"").open(PLACE, bytes([version]) + sealed[1:])


def test_no_nonce_is_used_twice() -> None:
    key = DataKey(KEY, b"")
    assert len({key.seal(PLACE, b"")[1:13] for _ in range(1000)}) == 1000


@pytest.mark.parametrize("damage", [b"", b"\1", b"\1" + bytes(11), b"\1" + bytes(40)])
def test_a_refusal_names_the_place_and_no_word_of_it(damage: bytes) -> None:
    with pytest.raises(SealBroken) as raised:
        DataKey(KEY, b"").open(PLACE, damage)
    assert "persons.names row-1" in str(raised.value)
    assert "robin" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None or raised.value.__suppress_context__


@given(st.binary(max_size=60), st.integers(0, 59))
def test_a_value_cut_short_or_made_longer_does_not_open(value: bytes, cut: int) -> None:
    key = DataKey(KEY, b"")
    sealed = key.seal(PLACE, value)
    for broken in (sealed[: min(cut, len(sealed) - 1)], sealed + b"\0", b"\0" + sealed):
        with pytest.raises(SealBroken):
            key.open(PLACE, broken)


@pytest.mark.parametrize("size", [0, 15, 31, 33])
def test_a_key_of_another_size_is_none(size: int) -> None:
    with pytest.raises(ValueError, match="128, 192, or 256"):
        DataKey(bytes(size), b"")


def test_a_key_keeps_how_it_is_wrapped_and_shows_nothing() -> None:
    key = DataKey(KEY, b"wrapped")
    assert key.wrapped == b"wrapped"
    assert "kkkk" not in repr(key)
    assert not hasattr(key, "__dict__")


# -- keys at hand --------------------------------------------------------------------------------


def test_a_fresh_key_is_256_bits_wrapped_for_its_subject(ring: KeyRing) -> None:
    key, kept = DataKeys(ring).fresh("robin")
    assert (kept.subject, kept.key_id) == ("robin", "a")
    raw = ring.unwrap("robin", kept.key_id, kept.wrapped)
    assert len(raw) == 32
    assert key.wrapped == kept.wrapped
    assert DataKey(raw, b"").open(PLACE, key.seal(PLACE, b"value")) == b"value"


def test_a_fresh_key_is_not_at_hand_before_it_is_kept(ring: KeyRing) -> None:
    keys = DataKeys(ring)
    keys.fresh("robin")
    assert keys.held("robin") is None


def test_an_unwrapped_key_is_at_hand_from_then_on(ring: KeyRing) -> None:
    keys = DataKeys(ring)
    kept = wrapped_for(ring, "robin")
    key = keys.unwrapped(kept)
    assert key.wrapped == kept.wrapped
    assert keys.held("robin") is key
    assert keys.unwrapped(kept) is key
    assert keys.held("kit") is None


def test_a_key_that_is_wrapped_anew_takes_the_place_of_the_old(ring: KeyRing) -> None:
    keys = DataKeys(ring)
    old = keys.unwrapped(wrapped_for(ring, "robin"))
    again = wrapped_for(ring, "robin", b"n" * 32)
    new = keys.unwrapped(again)
    assert new is not old
    assert keys.held("robin") is new
    assert DataKey(b"n" * 32, b"").open(PLACE, new.seal(PLACE, b"value")) == b"value"


def test_a_key_of_somebody_else_or_of_no_ring_is_refused_and_not_kept(ring: KeyRing) -> None:
    keys = DataKeys(ring)
    kept = wrapped_for(ring, "robin")
    with pytest.raises(SealBroken):
        keys.unwrapped(WrappedKey("kit", kept.key_id, kept.wrapped))
    with pytest.raises(WrongKey):
        keys.unwrapped(WrappedKey("robin", "gone", kept.wrapped))
    assert keys.held("kit") is keys.held("robin") is None


def test_the_one_unused_longest_makes_room(ring: KeyRing) -> None:
    keys = DataKeys(ring, room=2)
    for subject in "abc":
        keys.hold(subject, DataKey(KEY, subject.encode()))
    assert [keys.held(each) is not None for each in "abc"] == [False, True, True]


def test_being_asked_for_or_held_again_counts_as_use(ring: KeyRing) -> None:
    keys = DataKeys(ring, room=2)
    one, other, third = (DataKey(KEY, each) for each in (b"1", b"2", b"3"))
    keys.hold("a", one)
    keys.hold("b", other)
    assert keys.held("a") is one
    keys.hold("c", third)
    assert keys.held("b") is None
    keys.hold("a", other)
    keys.hold("d", third)
    assert keys.held("c") is None
    assert keys.held("a") is other


def test_there_is_room_for_4096_unless_it_is_said(ring: KeyRing) -> None:
    keys = DataKeys(ring)
    key = DataKey(KEY, b"")
    for number in range(4096):
        keys.hold(f"{number}", key)
    # Asking for one counts as use, so the first is asked for last.
    assert keys.held("1") is key
    keys.hold("one more", key)
    assert keys.held("0") is None
    assert keys.held("1") is key


def test_a_key_that_is_dropped_is_gone_and_only_that(ring: KeyRing) -> None:
    keys = DataKeys(ring)
    keys.hold("a", DataKey(KEY, b""))
    keys.hold("b", DataKey(KEY, b""))
    keys.drop("a")
    keys.drop("a")
    assert keys.held("a") is None
    assert keys.held("b") is not None


def test_many_threads_at_once_never_see_each_others_keys(ring: KeyRing) -> None:
    keys = DataKeys(ring, room=3)
    kept = {subject: wrapped_for(ring, subject, subject.encode() * 32) for subject in "abcdef"}
    wrong: list[str] = []

    def use(subject: str) -> None:
        try:
            for _ in range(200):
                sealed = keys.unwrapped(kept[subject]).seal(PLACE, subject.encode())
                opened = DataKey(subject.encode() * 32, b"").open(PLACE, sealed)
                if opened != subject.encode():
                    wrong.append(subject)
        except Exception as error:
            wrong.append(f"{subject}: {error!r}")

    threads = [threading.Thread(target=use, args=(each,)) for each in kept]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert wrong == []


def test_whose_keys_are_at_hand(ring: KeyRing) -> None:
    keys = DataKeys(ring, room=2)
    assert keys.subjects() == []
    for subject in "abc":
        keys.hold(subject, DataKey(KEY, b""))
    assert sorted(keys.subjects()) == ["b", "c"]
