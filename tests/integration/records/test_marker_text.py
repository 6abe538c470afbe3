"""No word of a person stands in any file of the database, in its log or in an error."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.keys import KeyFile, KeyRing
from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.adapters.records.entities import MAPPINGS
from bot.domain.activities import RunStatus, State
from bot.domain.after_danger import SafetyChoices, SafetyValue
from bot.domain.concerns import Concern, ConcernNote, ConcernStatus, Task, TaskKind
from bot.domain.conversations import Conversation
from bot.domain.crisis_plan import Agreement, CrisisPlan, PlanContents, PlanStatus, PlanStep
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.errors import CompanionError
from bot.domain.messages import Reply
from bot.domain.people import Address
from bot.domain.practice import Run
from bot.domain.rights import Hold, RequestKind, RequestStatus, RightsRequest
from bot.domain.safety_review import ReviewItem
from bot.domain.sharing import Carer
from bot.services.key_rotation import rotate
from bot.services.ports import Work
from tests.integration.records.making import (
    START,
    SetClock,
    answer,
    claim_one,
    entry,
    person,
    reply_to,
    said,
)
from tests.integration.records.searching import files_holding

MARKER = "Xylophone7Quartz"
OTHER_MARKER = "Tambourine8Basalt"
BORN = date(1987, 11, 23)
VALUE = 4_917_263_550
"""No value of a diary, but one that stands nowhere by chance."""


async def _fill(record: SqlRecord) -> Work:
    """The marker in every sealed field, and in a wrong write."""
    await record.accept(said(MARKER, address=MARKER, token=MARKER))
    (act,) = await claim_one(record)
    new = person(
        act.subject,
        name=MARKER,
        chosen_name=MARKER,
        nhs_number=MARKER,
        born=BORN,
        joining={"area": MARKER},
    )
    subject = new.id
    work = answer(act, reply_to(act, reply=Reply(MARKER)))
    work.put += [
        new,
        Conversation(subject, earlier=((START, MARKER),)),
        Concern(
            "c", subject, START, ConcernStatus.OPEN, "check", MARKER, (ConcernNote(START, MARKER),)
        ),
        Task("t", subject, TaskKind.LEAVING, START, START, "ash", MARKER),
        EngagementEvent("e", subject, EventKind.MOOD, START, {"skill": MARKER}),
        CrisisPlan(
            "p",
            subject,
            1,
            PlanStatus.DRAFT,
            "ash",
            START,
            None,
            Agreement(how=MARKER),
            PlanContents(triggers=(MARKER,), steps=(PlanStep(MARKER),)),
        ),
        Carer("k", subject, START, MARKER, MARKER, MARKER),
        RightsRequest(
            "q",
            subject,
            RequestKind.ACCESS,
            RequestStatus.OPEN,
            START,
            START,
            "person",
            about=MARKER,
            decision=MARKER,
            withheld=((MARKER, "third_party"),),
        ),
        Hold("h", subject, "staff:ash", START, MARKER),
        SafetyChoices(subject, check_in_at=MARKER),
        SafetyValue("v", subject, "diary", "urge", VALUE, START),
        ReviewItem("i", subject, "a", START, "check", "check", MARKER, MARKER, MARKER, note=MARKER),
        Run("r", subject, "stop", "", RunStatus.OPEN, START, START, State("a", {"why": MARKER})),
    ]
    await record.save(work)
    again = person(code=new.code, name=MARKER)
    with pytest.raises(CompanionError) as raised:
        await record.save(Work(new_keys=[again.id], put=[again], audit=[entry(again.id)]))
    assert MARKER not in str(raised.value)
    return work


def _folders(url: str, tmp_path: Path) -> list[Path]:
    """Where the database has its files, all written."""
    if url.startswith("sqlite"):
        return [tmp_path]
    with connect_to(url).connect() as connection:
        connection.execute(text("CHECKPOINT"))
        data = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        own = "SELECT oid FROM pg_database WHERE datname = current_database()"
        mine = data / "base" / str(connection.execute(text(own)).scalar_one())
    # Other tests' databases stand beside it.
    return [mine, *(each for each in data.iterdir() if each.name != "base"), tmp_path]


async def test_no_file_holds_a_persons_words(record: SqlRecord, url: str, tmp_path: Path) -> None:
    work = await _fill(record)
    written = {type(each) for each in work.put} | {Address}
    assert {each.kind for each in MAPPINGS.values() if each.sealed} <= written, "all are tried"
    await record.seal_heads(tmp_path / "audit-seals.log")
    folders = _folders(url, tmp_path)

    seals = tmp_path / "audit-seals.log"
    assert files_holding([seals], work.audit[0].chain) == {seals.name}
    for words in (MARKER, MARKER.lower(), BORN.isoformat(), f"{BORN:%d%m%Y}", str(VALUE)):
        assert files_holding(folders, words) == set()


async def test_a_rotation_leaves_nothing_either(
    record: SqlRecord, url: str, tmp_path: Path
) -> None:
    await _fill(record)
    ring = record._parts.masters
    assert isinstance(ring, KeyRing)
    file = KeyFile(tmp_path / "master.key")
    before = file.read()
    await rotate(record, ring, file, SetClock(), retire=True)
    folders = _folders(url, tmp_path)

    assert files_holding(folders, MARKER) == set()
    for key in (before.keys[before.active], before.index):
        found = files_holding(folders, key)
        assert {name.partition(".retired")[0] for name in found} == {"master.key"}


async def test_the_search_would_find_it(record: SqlRecord, url: str, tmp_path: Path) -> None:
    await record.meta_set("not sealed", OTHER_MARKER)

    assert files_holding(_folders(url, tmp_path), OTHER_MARKER) != set()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_it_is_found_however_it_is_written(tmp_path: Path, encoding: str, before: str) -> None:
    text = f"{before}{OTHER_MARKER}{before}".encode(encoding)
    (tmp_path / "plain").write_bytes(b"\xff" + text)
    (tmp_path / "base64").write_bytes(base64.b64encode(text))
    (tmp_path / "url").write_bytes(base64.urlsafe_b64encode(text))
    (tmp_path / "cut").write_bytes(text[:-10] if not before else b"")

    assert files_holding([tmp_path], OTHER_MARKER) == {"plain", "base64", "url"}
    assert files_holding([tmp_path / "url"], OTHER_MARKER) == {"url"}
