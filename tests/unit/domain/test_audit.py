"""The hash of an audit entry: the same for the same thing, another for anything else."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import FIRST, AuditEntry, entry_hash

AT = datetime(2026, 7, 2, 9, 30, 0, 125, tzinfo=UTC)
ENTRY = AuditEntry("p1", AT, "staff:s1", "see", "crisis_plan", {"version": "2", "reason": "rang"})


def test_the_hash_is_64_hex_digits_and_stays_the_same_for_ever() -> None:
    """Chains that were written must still be provable: this value is not to be changed."""
    assert entry_hash(FIRST, 1, ENTRY) == (
        "76d08e5834478aa0899e81e94f2383b574dd7d2184d2f81a1dce53c504276c2e"
    )


def test_the_order_of_details_does_not_matter() -> None:
    turned = replace(ENTRY, details={"reason": "rang", "version": "2"})
    assert entry_hash(FIRST, 1, turned) == entry_hash(FIRST, 1, ENTRY)


def test_the_zone_that_a_time_is_written_in_does_not_matter() -> None:
    there = replace(ENTRY, at=AT.astimezone(ZoneInfo("Europe/London")))
    assert entry_hash(FIRST, 1, there) == entry_hash(FIRST, 1, ENTRY)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_the_zone_of_the_machine_does_not_matter(
    monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    here = entry_hash(FIRST, 1, ENTRY)
    try:
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("TZ", zone)
            time.tzset()
            assert entry_hash(FIRST, 1, ENTRY) == here
    finally:
        time.tzset()


def test_a_word_beyond_ascii_is_hashed_as_it_always_was() -> None:
    named = replace(ENTRY, details={"név": "’"})
    assert entry_hash(FIRST, 1, named) == (
        "5b29e53b76a3eac5a1bc5181040fe4b01fe7871d41933a61143b4726fb20e21a"
    )


@pytest.mark.parametrize(
    "other",
    [
        replace(ENTRY, chain="p2"),
        replace(ENTRY, at=AT + timedelta(microseconds=1)),
        replace(ENTRY, by="staff:s2"),
        replace(ENTRY, action="change"),
        replace(ENTRY, thing="summary"),
        replace(ENTRY, details={"version": "2"}),
        replace(ENTRY, details={"version": "2", "reason": "other"}),
        replace(ENTRY, details={"version": "rang", "reason": "2"}),
        replace(ENTRY, details={}),
    ],
    ids=lambda each: f"{each.chain} {each.by} {each.action} {each.thing} {each.at} {each.details}",
)
def test_anything_else_has_another_hash(other: AuditEntry) -> None:
    assert entry_hash(FIRST, 1, other) != entry_hash(FIRST, 1, ENTRY)


def test_the_place_and_what_came_before_are_part_of_it() -> None:
    hashes = {
        entry_hash(before, place, ENTRY) for before in (FIRST, "f" * 64) for place in (1, 2, 11)
    }
    assert len(hashes) == 6


def test_words_cannot_be_shifted_from_one_field_into_the_next() -> None:
    shifted = replace(ENTRY, by="staff:s1,see", action="")
    joined = replace(ENTRY, by="staff:s1", action=",see")
    assert entry_hash(FIRST, 1, shifted) != entry_hash(FIRST, 1, joined)


words = st.text(st.characters(categories=None, exclude_categories=()))
entries = st.builds(
    AuditEntry,
    words,
    st.datetimes(timezones=st.just(UTC)),
    words,
    words,
    words,
    st.dictionaries(words, words, max_size=3),
)


@given(entries, entries)
def test_two_entries_have_one_hash_only_if_they_are_the_same(
    one: AuditEntry, other: AuditEntry
) -> None:
    assert (entry_hash(FIRST, 1, one) == entry_hash(FIRST, 1, other)) is (one == other)
