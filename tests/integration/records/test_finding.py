"""Finding a person by date of birth and name, or by NHS number, in a real record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.adapters.records import SqlRecord
from bot.domain.audit import SERVICE_CHAIN
from bot.domain.errors import BadInput
from bot.domain.people import CaseloadEntry, Person, Role, Staff
from bot.services.finding import Finding
from bot.services.ports import Work
from tests.integration.records.making import IDS, START, SetClock, add_person, entry

BORN = date(1990, 4, 3)
NHS_NUMBER = "9434765919"


@pytest.fixture
def finding(record: SqlRecord) -> Finding:
    return Finding(record, SetClock())


async def _staff(record: SqlRecord, username: str, role: Role) -> Staff:
    staff = Staff(username, username, username.title(), role, "peak", START)
    await record.save(Work(put=[staff], audit=[entry(SERVICE_CHAIN)]))
    return staff


@pytest.fixture
async def office(record: SqlRecord) -> Staff:
    """Somebody who may see everybody's name."""
    return await _staff(record, "office", Role.ADMINISTRATOR)


async def _people(record: SqlRecord) -> dict[str, Person]:
    born = {
        "SAME": ("Robin Example", BORN),
        "ALIKE": ("Robyn Exampel", BORN),
        "OTHER": ("Sasha Else", BORN),
        "SWAPPED": ("Robin Example", date(1990, 3, 4)),
        "DIGIT": ("Robin Example", date(1990, 4, 8)),
        "DIGIT-OTHER": ("Sasha Else", date(1990, 4, 5)),
        "FAR": ("Robin Example", BORN + timedelta(days=400)),
    }
    return {
        code: await add_person(record, code=code, name=name, born=day)
        for code, (name, day) in born.items()
    }


async def test_the_likeliest_first_and_why(
    record: SqlRecord, finding: Finding, office: Staff
) -> None:
    people = await _people(record)
    found = await finding.by_born(BORN, "example robin", by=office, reason="on the phone")

    assert [(each.person.code, each.why) for each in found] == [
        ("SAME", "same date, same name"),
        ("ALIKE", "same date, name alike"),
        ("SWAPPED", "day and month swapped, same name"),
        ("DIGIT", "one digit of the date different, same name"),
        ("OTHER", "same date, another name"),
    ]
    assert found[0].person == people["SAME"]


async def test_without_a_name_everybody_born_near_it(
    record: SqlRecord, finding: Finding, office: Staff
) -> None:
    people = await _people(record)
    found = await finding.by_born(BORN, by=office, reason="on the phone")
    assert {each.person.code for each in found} == set(people) - {"FAR"}
    assert await finding.by_born(date(1950, 1, 1), by=office, reason="on the phone") == []


async def test_only_those_whom_they_may_see(record: SqlRecord, finding: Finding) -> None:
    people = await _people(record)
    dawn = await _staff(record, "dawn", Role.PRACTITIONER)
    other = await _staff(record, "rowan", Role.REVIEWER)
    mine = CaseloadEntry(IDS.new(), dawn.id, people["DIGIT"].id, START)
    await record.save(Work(put=[mine], audit=[entry(mine.subject)]))

    found = await finding.by_born(BORN, "Robin Example", by=dawn, reason="on the phone")
    assert [each.person.code for each in found] == ["DIGIT"]
    assert await finding.by_born(BORN, by=other, reason="on the phone") == []


async def test_the_look_is_in_the_audit_without_what_was_asked(
    record: SqlRecord, finding: Finding, office: Staff
) -> None:
    await _people(record)
    await finding.by_born(BORN, "Robin", by=office, reason=f"  {'x' * 300}")
    noted = (await record.audit_of(SERVICE_CHAIN))[-1]

    assert (noted.by, noted.action, noted.thing) == ("staff:office", "find", "person")
    assert noted.details == {"field": "born", "found": "5", "shown": "5", "reason": "x" * 200}
    for secret in ("1990", "Robin", "robin"):
        assert secret not in str(noted)
    assert await record.verify_chain(SERVICE_CHAIN) == []


@pytest.mark.parametrize("typed", [NHS_NUMBER, "943 476 5919", "943-476-5919"])
async def test_an_nhs_number(
    record: SqlRecord, finding: Finding, office: Staff, typed: str
) -> None:
    one = await add_person(record, nhs_number=NHS_NUMBER)
    await add_person(record)
    assert await finding.by_nhs_number(typed, by=office, reason="on the phone") == [one]
    noted = (await record.audit_of(SERVICE_CHAIN))[-1]
    assert noted.details["field"] == "nhs_number"
    assert NHS_NUMBER not in str(noted)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("9434765918", "one is mistyped"),
        ("9434756919", "one is mistyped"),
        ("943476591", "ten digits"),
        ("94347659199", "ten digits"),
        ("943476591O", "ten digits"),
        ("", "ten digits"),
    ],
)
async def test_a_number_that_is_none_is_said_to_be(
    record: SqlRecord, finding: Finding, office: Staff, typed: str, words: str
) -> None:
    before = len(await record.audit_of(SERVICE_CHAIN))
    with pytest.raises(BadInput, match=words):
        await finding.by_nhs_number(typed, by=office, reason="on the phone")
    assert len(await record.audit_of(SERVICE_CHAIN)) == before


async def test_who_looks_says_why(finding: Finding, office: Staff) -> None:
    with pytest.raises(BadInput, match="why"):
        await finding.by_born(BORN, by=office, reason=" ")
    with pytest.raises(BadInput, match="why"):
        await finding.by_nhs_number(NHS_NUMBER, by=office, reason="")
