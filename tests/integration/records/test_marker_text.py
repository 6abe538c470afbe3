"""No word of a person stands in any file of the database, in its log or in an error."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.records import SqlRecord
from bot.adapters.records.engines import connect_to
from bot.domain.activities import RunStatus, State
from bot.domain.concerns import Concern, ConcernNote, ConcernStatus, Task, TaskKind
from bot.domain.conversations import Conversation
from bot.domain.crisis_plan import Agreement, CrisisPlan, PlanContents, PlanStatus, PlanStep
from bot.domain.engagement import EngagementEvent, EventKind
from bot.domain.errors import CompanionError
from bot.domain.messages import Reply
from bot.domain.practice import Run
from bot.services.ports import Work
from tests.integration.records.making import (
    START,
    answer,
    claim_one,
    entry,
    person,
    reply_to,
    said,
)

MARKER = "Xylophone7Quartz"
OTHER_MARKER = "Tambourine8Basalt"
BORN = date(1987, 11, 23)


async def _fill(record: SqlRecord) -> None:
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
        Run("r", subject, "stop", "", RunStatus.OPEN, START, START, State("a", {"why": MARKER})),
    ]
    await record.save(work)
    again = person(code=new.code, name=MARKER)
    with pytest.raises(CompanionError) as raised:
        await record.save(Work(new_keys=[again.id], put=[again], audit=[entry(again.id)]))
    assert MARKER not in str(raised.value)


def _folder(url: str, tmp_path: Path) -> Path:
    """Where the database has its files, all written."""
    if url.startswith("sqlite"):
        return tmp_path
    with connect_to(url).connect() as connection:
        connection.execute(text("CHECKPOINT"))
        return Path(connection.execute(text("SHOW data_directory")).scalar_one())


def _holding(folder: Path, words: str) -> set[str]:
    """Names of the files with these words in them."""
    found = set()
    for path in folder.rglob("*"):
        # A server at work removes files while they are listed.
        with suppress(FileNotFoundError):
            if path.is_file() and words.encode() in path.read_bytes():
                found.add(path.name)
    return found


async def test_no_file_holds_a_persons_words(record: SqlRecord, url: str, tmp_path: Path) -> None:
    await _fill(record)
    folder = _folder(url, tmp_path)

    assert _holding(folder, MARKER) == set()
    assert _holding(folder, BORN.isoformat()) == set()


async def test_the_search_would_find_it(record: SqlRecord, url: str, tmp_path: Path) -> None:
    await record.meta_set("not sealed", OTHER_MARKER)

    assert _holding(_folder(url, tmp_path), OTHER_MARKER) != set()
