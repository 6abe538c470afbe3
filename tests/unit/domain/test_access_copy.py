"""What a copy is made of: items in their order, what may be left out, plain words for codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access_copy import (
    Because,
    Item,
    Line,
    Section,
    in_order,
    item_of,
    without,
    written_out,
)
from bot.domain.access_copy_items import items_of
from bot.domain.access_copy_words import HEADINGS, LEFT_OUT, moment, plain
from bot.domain.activities import RunStatus
from bot.domain.concerns import ConcernStatus, TaskKind
from bot.domain.crisis_plan import (
    Agreement,
    CrisisPlan,
    PlanContents,
    PlanPerson,
    PlanStatus,
    PlanStep,
)
from bot.domain.engagement import EventKind
from bot.domain.errors import NotFound
from bot.domain.held import Held
from bot.domain.kept_messages import KeptMessage
from bot.domain.messages import SubjectId
from bot.domain.people import COMMUNICATION_NEEDS, Person, PersonState
from bot.domain.rights import RequestKind, RequestStatus

AT = datetime(2030, 7, 1, 12, tzinfo=UTC)
ROBIN = Person(SubjectId("s-1"), "P-1", PersonState.ACTIVE, "north", AT, "Robin Example")


def item(name: str, section: Section = Section.EVENTS, at: datetime | None = AT) -> Item:
    return Item(f"event:{name}", section, at, name, (Line("Said", name),))


def test_items_come_by_section_then_by_time() -> None:
    later = item("b", at=AT + timedelta(days=1))
    first, about = item("z"), item("y", Section.YOU)
    assert in_order([later, first, about]) == (about, first, later)


def test_a_message_comes_before_its_answer() -> None:
    answer = Item("answer:1", Section.MESSAGES, AT, "The companion wrote")
    wrote = Item("wrote:2", Section.MESSAGES, AT, "You wrote")
    assert in_order([answer, wrote]) == (wrote, answer)


@given(
    st.permutations([item(each, at=AT + timedelta(days=n % 2)) for n, each in enumerate("abcd")])
)
def test_the_order_does_not_hang_on_how_rows_were_read(items: list[Item]) -> None:
    assert written_out(in_order(items)) == written_out(in_order(reversed(items)))


@given(st.text(), st.text())
def test_a_changed_word_is_a_changed_text(one: str, other: str) -> None:
    texts = [written_out([Item("a:1", Section.YOU, AT, "t", (Line("", w),))]) for w in (one, other)]
    assert (texts[0] == texts[1]) is (one == other)


def test_what_is_withheld_is_out_and_the_rest_is_in() -> None:
    kept = without([item("a"), item("b")], [("event:a", Because.THIRD_PARTY.value)])
    assert [each.id for each in kept] == ["event:b"]


def test_an_item_that_is_not_there() -> None:
    assert item_of([item("a")], "event:a").title == "a"
    with pytest.raises(NotFound):
        item_of([item("a")], "event:b")


def test_what_was_added_to_came_after() -> None:
    touched = Item("c:1", Section.CONCERNS, AT, "t", changed_at=AT + timedelta(hours=2))
    assert touched.came_after(AT + timedelta(hours=1))
    assert not touched.came_after(AT + timedelta(hours=2))
    assert not Item("t:1", Section.TASKS, None, "t").came_after(AT)


def test_every_section_and_reason_has_words() -> None:
    assert set(HEADINGS) == set(Section)
    assert set(LEFT_OUT) == set(Because)


KINDS = (
    PersonState,
    EventKind,
    TaskKind,
    RunStatus,
    PlanStatus,
    ConcernStatus,
    RequestKind,
    RequestStatus,
)
CODES = {each.value for kind in KINDS for each in kind} | set(COMMUNICATION_NEEDS)


@pytest.mark.parametrize("code", sorted(CODES))
def test_no_code_is_shown_as_it_is_stored(code: str) -> None:
    assert "_" not in plain(code)


def test_times_are_local() -> None:
    assert moment(AT) == "1 July 2030, 13:00"


def test_every_field_of_a_plan_is_in_its_item() -> None:
    words = {name: f"words of {name}" for name in PlanContents.__dataclass_fields__}
    lists: dict[str, object] = {
        name: (words[name],)
        for name, field in PlanContents.__dataclass_fields__.items()
        if field.default == ()
    }
    step = PlanStep(words["steps"], "stop", "the hill")
    someone = PlanPerson(words["people"], "07700 900000", "comes round")
    other = PlanPerson(words["professionals"])
    contents = PlanContents(
        **{**words, **lists, "steps": (step,), "people": (someone,), "professionals": (other,)}  # type: ignore[arg-type]
    )
    plan = CrisisPlan(
        "p-1", ROBIN.id, 1, PlanStatus.AGREED, "dawn", AT, None, Agreement(), contents
    )
    (shown,) = [e for e in items_of(Held(ROBIN, plans=(plan,))) if e.section is Section.PLANS]
    said = " ".join(line.words for line in shown.lines)
    for each in (*words.values(), "the hill", "07700 900000", "comes round"):
        assert each in said


def test_a_message_without_words_says_so() -> None:
    gone = KeptMessage("m-1", True, AT, "telegram", "text", "handled", None)
    shown = item_of(items_of(Held(ROBIN, messages=(gone,))), "wrote:m-1")
    assert shown.lines[0].words == "(The words are no longer kept.)"


def test_somebody_who_has_left_is_not_an_id() -> None:
    assert Held(ROBIN, names={"dawn": "Dawn"}).name("staff:dawn") == "Dawn"
    assert Held(ROBIN).name("staff:01h") == "somebody who has left"
    assert Held(ROBIN).name("person") == "you"
