"""Proving chains and seals, on rows that are written here: what was changed shows, and where."""

from __future__ import annotations

import base64
import json
import resource
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, update

from bot.adapters.keys import KeyRing
from bot.adapters.records.audit.audit_tables import audit, audit_heads, audit_seals
from bot.adapters.records.audit.chains import chains, entries_of, faults_of
from bot.adapters.records.audit.seals import Seal, append_seals, broken_lines, new_seals, seals_of
from bot.adapters.records.mapping import to_micros
from bot.domain.audit import FIRST, AuditEntry, Fault, entry_hash

AT = datetime(2030, 3, 1, 9, 30, 0, 125, tzinfo=UTC)


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as opened:
        for table in (audit, audit_heads, audit_seals):
            table.create(opened)
        yield opened
    engine.dispose()


def ring(letter: bytes = b"i") -> KeyRing:
    key = base64.b64encode(letter * 32).decode()
    made_at = AT.isoformat()
    written = {"active": "a", "keys": {"a": key}, "index": key, "made_at": made_at}
    return KeyRing.from_json(json.dumps(written).encode(), "here")


RING = ring()


def entry(chain: str, action: str, **details: str) -> AuditEntry:
    return AuditEntry(chain, AT, "staff:ash", action, "crisis_plan", details)


def write(connection: Connection, *entries: AuditEntry) -> list[str]:
    """Entries of one chain with their head, as they should be; their hashes."""
    hashes = [FIRST]
    for place, each in enumerate(entries, start=1):
        hashes.append(entry_hash(hashes[-1], place, each))
        row = {
            "chain": each.chain,
            "place": place,
            "at": to_micros(each.at),
            "by": each.by,
            "action": each.action,
            "thing": each.thing,
            "details": json.dumps(dict(each.details)),
            "hash": hashes[-1],
        }
        connection.execute(insert(audit).values(row))
    head = {"chain": entries[0].chain, "place": len(entries), "hash": hashes[-1], "sealed": 0}
    connection.execute(insert(audit_heads).values(head))
    return hashes


def keep(connection: Connection, *seals: Seal) -> None:
    for each in seals:
        row = {
            "chain": each.chain,
            "place": each.place,
            "hash": each.hash,
            "at": to_micros(each.at),
            "signature": each.signature,
        }
        connection.execute(insert(audit_seals).values(row))


THREE = [entry("robin", "one"), entry("robin", "two", a="1"), entry("robin", "three")]


def test_entries_come_back_whole_in_order_and_of_one_chain(connection: Connection) -> None:
    write(connection, *THREE)
    write(connection, entry("kit", "other"))
    assert entries_of(connection, "robin") == THREE
    assert entries_of(connection, "kit") == [entry("kit", "other")]
    assert entries_of(connection, "nobody") == []
    assert chains(connection) == ["kit", "robin"]


def test_order_is_by_place_whatever_the_order_of_rows(connection: Connection) -> None:
    """PostgreSQL, for one, gives rows back in any order."""
    write(connection, *THREE)
    moved = [dict(row._mapping) for row in connection.execute(audit.select())]
    connection.exec_driver_sql("DROP TABLE audit")
    connection.exec_driver_sql(
        "CREATE TABLE audit (chain, place, at, by, action, thing, details, hash)"
    )
    connection.execute(insert(audit), moved[::-1])
    connection.exec_driver_sql("DROP TABLE audit_heads")
    connection.exec_driver_sql("CREATE TABLE audit_heads (chain, place, hash, sealed)")
    heads = [("robin", 3, moved[2]["hash"]), ("kit", 0, FIRST)]
    columns = ("chain", "place", "hash")
    rows = [dict(zip(columns, each, strict=True)) for each in heads]
    connection.execute(insert(audit_heads), rows)
    assert entries_of(connection, "robin") == THREE
    assert faults_of(connection, "robin", RING) == []
    assert chains(connection) == ["kit", "robin"]


def test_chains_that_are_whole_have_no_fault(connection: Connection) -> None:
    write(connection, *THREE)
    write(connection, entry("kit", "other"))
    for chain in ("robin", "kit", "nobody"):
        assert faults_of(connection, chain, RING) == []


@pytest.mark.parametrize(
    "change",
    [
        {"at": to_micros(AT) + 1},
        {"by": "staff:blake"},
        {"action": "x"},
        {"thing": "x"},
        {"details": '{"a": "2"}'},
        {"details": "{}"},
        {"hash": "0" * 64},
    ],
)
def test_a_changed_entry_is_the_only_fault_but_for_what_follows_from_its_hash(
    connection: Connection, change: dict[str, object]
) -> None:
    write(connection, *THREE)
    connection.execute(update(audit).where(audit.c.place == 2).values(change))
    after = [Fault(3, "entry")] if "hash" in change else []
    assert faults_of(connection, "robin", RING) == [Fault(2, "entry"), *after]


def test_two_changes_are_two_faults(connection: Connection) -> None:
    write(connection, *THREE)
    connection.execute(update(audit).where(audit.c.place != 2).values(action="x"))
    assert faults_of(connection, "robin", RING) == [Fault(1, "entry"), Fault(3, "entry")]


@pytest.mark.parametrize("gone", [1, 2])
def test_a_missing_entry_ends_the_proof_where_it_was(connection: Connection, gone: int) -> None:
    write(connection, *THREE)
    connection.execute(delete(audit).where(audit.c.place == gone))
    assert faults_of(connection, "robin", RING) == [Fault(gone, "order"), Fault(gone - 1, "head")]


def test_a_head_that_is_wrong_or_gone(connection: Connection) -> None:
    write(connection, *THREE)
    connection.execute(update(audit_heads).values(hash="0" * 64))
    assert faults_of(connection, "robin", RING) == [Fault(3, "head")]
    connection.execute(delete(audit_heads))
    assert faults_of(connection, "robin", RING) == [Fault(3, "head")]
    assert chains(connection) == []


def test_one_entry_without_a_head_is_a_fault(connection: Connection) -> None:
    write(connection, THREE[0])
    connection.execute(delete(audit_heads))
    assert faults_of(connection, "robin", RING) == [Fault(1, "head")]


def test_a_head_without_entries_is_a_fault(connection: Connection) -> None:
    write(connection, THREE[0])
    connection.execute(delete(audit))
    assert faults_of(connection, "robin", RING) == [Fault(0, "head")]


def test_the_head_of_another_chain_is_not_this_ones(connection: Connection) -> None:
    write(connection, *THREE)
    write(connection, entry("kit", "other"))
    connection.execute(delete(audit_heads).where(audit_heads.c.chain == "kit"))
    assert faults_of(connection, "robin", RING) == []
    assert faults_of(connection, "kit", RING) == [Fault(1, "head")]


# -- seals ---------------------------------------------------------------------------------------


def test_a_signature_is_over_every_part_and_with_the_rings_key() -> None:
    seal = Seal("robin", 3, "h", AT).sign(RING)
    assert seal == replace(Seal("robin", 3, "h", AT), signature=seal.signature)
    signed = f"robin\0{3}\0h\0{to_micros(AT)}".encode()
    assert seal.signature == RING.sign("audit seal", signed, 32).hex()
    assert len(seal.signature) == 64
    assert seal.is_signed(RING)
    assert not seal.is_signed(ring(b"o"))
    for changed in (
        {"chain": "kit"},
        {"place": 2},
        {"hash": "g"},
        {"at": AT + timedelta(microseconds=1)},
        {"signature": ""},
        {"signature": seal.signature[:-1]},
    ):
        assert not replace(seal, **changed).is_signed(RING)


def test_heads_that_moved_are_sealed_to_the_microsecond(connection: Connection) -> None:
    hashes = write(connection, *THREE)
    write(connection, entry("kit", "other"))
    connection.execute(update(audit_heads).where(audit_heads.c.chain == "kit").values(sealed=1))
    there = AT.astimezone(timezone(timedelta(hours=9)))
    (seal,) = new_seals(connection, RING, there)
    assert (seal.chain, seal.place, seal.hash, seal.at) == ("robin", 3, hashes[3], AT)
    assert seal.is_signed(RING)
    connection.execute(update(audit_heads).values(sealed=audit_heads.c.place))
    assert new_seals(connection, RING, AT) == []


def test_seals_come_back_as_they_were_kept(connection: Connection) -> None:
    one, other = Seal("robin", 1, "h", AT).sign(RING), Seal("kit", 1, "g", AT).sign(RING)
    keep(connection, one, other)
    assert seals_of(connection, "robin") == [one]
    assert seals_of(connection, "kit") == [other]
    assert seals_of(connection, "nobody") == []


def test_right_seals_at_every_place_are_no_fault(connection: Connection) -> None:
    hashes = write(connection, *THREE)
    for place, each in enumerate(hashes):
        keep(connection, Seal("robin", place, each, AT).sign(RING))
    assert faults_of(connection, "robin", RING) == []


@pytest.mark.parametrize(
    ("place", "of_place", "master"),
    [(3, 2, RING), (2, 3, RING), (4, 3, RING), (99, 3, RING), (3, 3, ring(b"o"))],
)
def test_a_seal_that_the_chain_does_not_bear_out(
    connection: Connection, place: int, of_place: int, master: KeyRing
) -> None:
    hashes = write(connection, *THREE)
    keep(connection, Seal("robin", place, hashes[of_place], AT).sign(master))
    assert faults_of(connection, "robin", RING) == [Fault(place, "seal")]


# -- the file outside ----------------------------------------------------------------------------


def test_the_file_outside_is_added_to_and_its_owners_alone(
    connection: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "seals"
    append_seals(path, [])
    assert not path.exists()
    hashes = write(connection, *THREE)
    first, last = (Seal("robin", place, hashes[place], AT).sign(RING) for place in (1, 3))
    append_seals(path, [first])
    append_seals(path, [last])
    assert path.stat().st_mode & 0o777 == 0o600
    assert [json.loads(line) for line in path.read_text("ascii").splitlines()] == [
        [each.chain, each.place, each.hash, each.at.isoformat(), each.signature]
        for each in (first, last)
    ]
    assert broken_lines(connection, path, RING) == []


def test_a_disk_that_takes_half_a_line_keeps_none_of_it(
    connection: Connection, tmp_path: Path
) -> None:
    hashes = write(connection, *THREE)
    first, last = (Seal("robin", place, hashes[place], AT).sign(RING) for place in (1, 3))
    path = tmp_path / "seals"
    append_seals(path, [first])
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 60, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            append_seals(path, [last])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    append_seals(path, [last])
    assert broken_lines(connection, path, RING) == []
    assert path.read_bytes().startswith(before)


def test_a_name_beyond_ascii_stays_one_line_of_ascii(tmp_path: Path) -> None:
    path = tmp_path / "seals"
    append_seals(path, [Seal("név\n", 1, "h", AT).sign(RING)])
    assert path.read_bytes().isascii()
    assert path.read_text("ascii").count("\n") == 1


def test_broken_lines_are_told_by_their_number(connection: Connection, tmp_path: Path) -> None:
    hashes = write(connection, *THREE)
    write(connection, entry("kit", "other"))
    path = tmp_path / "seals"
    right = Seal("robin", 2, hashes[2], AT).sign(RING)
    append_seals(
        path,
        [
            right,
            Seal("robin", 2, hashes[3], AT).sign(RING),
            Seal("robin", 9, hashes[3], AT).sign(RING),
            Seal("robin", 3, hashes[3], AT).sign(ring(b"o")),
            Seal("robin", 3, hashes[3], AT),
            Seal("kit", 3, hashes[3], AT).sign(RING),
            right,
        ],
    )
    with path.open("ab") as file:
        file.write(b'nonsense\n[1, 2]\n7\n\xff\xfe\n["robin", "x", "h", "t", "s"]\n')
        file.write(b'["robin", 2, "h", "no time", "s"]\n["robin", 2, "h", 5, "s"]\n\n')
    append_seals(path, [right])
    assert broken_lines(connection, path, RING) == [2, 3, 4, 5, 6, *range(8, 16)]
