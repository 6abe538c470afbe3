"""The hazard log names controls that are there and tests that exist."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.write_hazards import LOG, PAGE, page

PROJECT = Path(__file__).parents[2]

SEED = {
    "missed-risk",
    "urge-missed",
    "alert-unread",
    "too-many-alerts",
    "old-plan",
    "wrong-person",
    "wrong-number",
    "unsafe-skill",
    "seen-by-others",
    "used-against",
    "learns-to-hide",
    "cold-reply",
    "contact-when-away",
    "outage",
    "lost-or-doubled",
    "silence-as-wellness",
    "over-reliance",
    "misread-translation",
}
"""Hazards that were known before the first line was written. None may leave the log."""

SAID = ("hazard", "effect", "remains", "owner")
JUDGED = {"severity", "likelihood", "after_controls", "accepted_by"}


def _log() -> dict[str, Any]:
    log = yaml.safe_load(LOG.read_text("utf-8"))
    assert isinstance(log, dict)
    return log


HAZARDS: list[dict[str, Any]] = _log()["hazards"]


@cache
def _tests_of(file: str) -> frozenset[str]:
    """The tests of a file as pytest names them, those of a class with its name in front."""
    path = PROJECT / file
    if not (path.is_file() and path.name.startswith("test_")):
        return frozenset()
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found |= {f"{node.name}::{name}" for name in _functions(node.body)}
    return frozenset(found | _functions(ast.parse(path.read_text("utf-8")).body))


def _functions(body: list[ast.stmt]) -> set[str]:
    return {
        node.name
        for node in body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }


def _exists(name: str) -> bool:
    file, _, test = name.partition("::")
    return test.partition("[")[0] in _tests_of(file)


def _faults(hazard: dict[str, Any]) -> list[str]:
    """All that is wrong with one hazard of the log."""
    faults = [f"'{part}' is empty" for part in SAID if not str(hazard.get(part) or "").strip()]
    if not hazard.get("causes"):
        faults.append("no cause")
    if set(hazard.get("judged") or {}) != JUDGED:
        faults.append(f"'judged' has to leave room for {', '.join(sorted(JUDGED))}")
    controls = hazard.get("controls") or []
    if not controls:
        faults.append("no control")
    for control in controls:
        named = control.get("tests") or []
        if not control.get("do"):
            faults.append("a control that says nothing")
        if not named and not control.get("untested"):
            faults.append(f"no test and no reason why not: {control.get('do')}")
        if unknown := set(control) - {"do", "tests", "untested"}:
            faults.append(f"unknown: {', '.join(sorted(unknown))}")
        faults += [f"there is no test {name}" for name in named if not _exists(name)]
    return faults


@pytest.mark.parametrize(
    "hazard", [pytest.param(each, id=f"{n}-{each['id']}") for n, each in enumerate(HAZARDS, 1)]
)
def test_a_hazard_is_whole_and_its_tests_exist(hazard: dict[str, Any]) -> None:
    assert not _faults(hazard)


def test_no_id_stands_twice() -> None:
    ids = Counter(each["id"] for each in HAZARDS)
    assert not {name for name, often in ids.items() if often > 1}


def test_no_hazard_of_the_beginning_is_lost() -> None:
    assert not SEED - {each["id"] for each in HAZARDS}


def test_it_can_be_signed_like_content() -> None:
    log = _log()
    assert log["id"] == "hazards"
    assert isinstance(log["version"], int)
    assert log["author"]


def test_the_page_is_the_log() -> None:
    assert PAGE.read_text("utf-8") == page(), "run scripts/write_hazards.py"


SOUND = {
    "id": "made-up",
    "hazard": "Something.",
    "causes": ["A cause."],
    "effect": "Harm.",
    "controls": [{"do": "This.", "tests": ["tests/safety/test_traps.py::test_a_trap"]}],
    "remains": "Little.",
    "owner": "somebody",
    "judged": dict.fromkeys(JUDGED, ""),
}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"controls": []}, "no control"),
        ({"controls": [{"do": "This."}]}, "no test and no reason why not: This."),
        (
            {"controls": [{"do": "This.", "tests": ["tests/safety/test_traps.py::test_gone"]}]},
            "there is no test tests/safety/test_traps.py::test_gone",
        ),
        (
            {"controls": [{"do": "This.", "tests": ["tests/safety/conftest.py::net"]}]},
            "there is no test tests/safety/conftest.py::net",
        ),
        ({"causes": []}, "no cause"),
        ({"remains": " "}, "'remains' is empty"),
    ],
)
def test_what_is_missing_is_named(change: dict[str, Any], fault: str) -> None:
    assert not _faults(SOUND)
    assert _faults(SOUND | change) == [fault]


def test_a_reason_or_one_case_of_a_test_will_do() -> None:
    one_case = "tests/safety/test_traps.py::test_a_trap[one]"
    assert not _faults(SOUND | {"controls": [{"do": "This.", "untested": "A policy."}]})
    assert not _faults(SOUND | {"controls": [{"do": "This.", "tests": [one_case]}]})
