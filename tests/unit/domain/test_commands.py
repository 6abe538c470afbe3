"""What Rasa may ask for: strictly one of a closed set, with slots that are words or not there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands import SLOTS, Command, CommandName, parse_command


@pytest.mark.parametrize("name", list(CommandName))
def test_every_command_is_known_by_its_name(name: CommandName) -> None:
    assert parse_command({"command": name.value}) == Command(name)


def test_filled_slots_come_along_as_words() -> None:
    payload = {"command": "find_skill", "distress": "7", "emotion": "anger", "person": "mum"}
    assert parse_command(payload) == Command(
        CommandName.FIND_SKILL, {"distress": "7", "emotion": "anger", "person": "mum"}
    )


@pytest.mark.parametrize("slot", sorted(SLOTS))
@pytest.mark.parametrize(
    "value", ["None", "", "  ", " None ", None, "{slot}", "the {emotion} one"], ids=repr
)
def test_a_slot_that_is_not_filled_is_left_out(slot: str, value: str | None) -> None:
    assert parse_command({"command": "find_skill", slot: value}) == Command(CommandName.FIND_SKILL)


@pytest.mark.parametrize("value", ["none of them", "no one", "null", "0"])
def test_words_that_only_look_unfilled_are_kept(value: str) -> None:
    assert parse_command({"command": "find_skill", "topic": value}) == Command(
        CommandName.FIND_SKILL, {"topic": value}
    )


@pytest.mark.parametrize(
    "name",
    ["", "None", "{command}", "FIND_SKILL", "find skill", "delete", None, 7, True, [], {}],
    ids=repr,
)
def test_an_unknown_command_is_none(name: Any) -> None:
    assert parse_command({"command": name}) is None


@pytest.mark.parametrize(
    "payload", [None, "find_skill", 7, [], ["find_skill"], {}, {"distress": "7"}], ids=repr
)
def test_what_is_no_payload_is_none(payload: Any) -> None:
    assert parse_command(payload) is None


@pytest.mark.parametrize("slot", ["", "name", "Distress", "commands", "plan.steps"])
def test_an_unknown_slot_spoils_the_whole_payload(slot: str) -> None:
    assert parse_command({"command": "find_skill", "emotion": "anger", slot: "x"}) is None


@pytest.mark.parametrize(
    "value", [7, 7.5, True, False, ["7"], {"value": "7"}, {"command": "stop"}], ids=repr
)
def test_a_slot_that_holds_anything_but_words_spoils_the_whole_payload(value: Any) -> None:
    assert parse_command({"command": "find_skill", "distress": value}) is None


def test_a_nested_command_is_not_taken_out_of_its_wrapping() -> None:
    assert parse_command({"custom": {"command": "stop"}}) is None
    assert parse_command({"command": {"command": "stop"}}) is None


def test_a_huge_value_is_cut_short() -> None:
    found = parse_command({"command": "find_skill", "topic": "x" * 100_000})
    assert found is not None
    assert found.slots == {"topic": "x" * 80}


@pytest.mark.parametrize(
    ("said", "distress"),
    [("7", 7), ("0", 0), ("10", 10), ("seven", 7), ("7/10", 7), ("about 6 now", 6)],
)
def test_the_distress_is_read_as_a_number(said: str, distress: int) -> None:
    assert Command(CommandName.FIND_SKILL, {"distress": said}).distress == distress


@pytest.mark.parametrize("said", ["11", "-1", "a lot", "7.5", "None", "", "9" * 5000])
def test_what_is_no_distress_from_0_to_10_is_none(said: str) -> None:
    assert Command(CommandName.FIND_SKILL, {"distress": said}).distress is None
    assert Command(CommandName.FIND_SKILL).distress is None


def test_a_command_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Command(CommandName.STOP).name = CommandName.AFFIRM  # type: ignore[misc]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
slots = st.dictionaries(st.sampled_from([*sorted(SLOTS), "other"]), json_values, max_size=4)


@given(
    json_values
    | st.builds(lambda name, more: {"command": name, **more}, st.sampled_from(CommandName), slots)
)
def test_no_json_at_all_gives_anything_but_a_sound_command(payload: Any) -> None:
    found = parse_command(json.loads(json.dumps(payload)))
    if found is None:
        return
    assert found.name in CommandName
    assert set(found.slots) <= SLOTS
    assert all(0 < len(each) <= 80 for each in found.slots.values())
    assert found.distress is None or 0 <= found.distress <= 10
