"""Names, numbers, plans and messages: in no file of a home that serves, however it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.functional.system.conftest import Served
from tests.functional.system.home import plan_file
from tests.integration.records.searching import files_holding

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("system")]

NAME, CALLED, IN_PLAN, WRITTEN = "Periwinkle", "Bartholomea", "dandelionclock", "marzipanlantern"
NHS_NUMBER = "9434765919"


@pytest.mark.long
def test_in_no_file_of_the_home(served: Served, tmp_path: Path) -> None:
    run = served.home.companion
    told = ("--name", f"{NAME} Example", "--chosen-name", CALLED, "--nhs-number", NHS_NUMBER)
    run("people", "add", "--code", "P-7", *told, "--born", "1987-11-23", "--by", "dawn").well()
    plan: dict[str, Any] = plan_file("P-7")
    plan["plan"]["early_signs"] = [f"I look for the {IN_PLAN}."]
    file = tmp_path / "plan.yml"
    file.write_text(yaml.safe_dump(plan), "utf-8")
    run("plan", "import", str(file), "--by", "dawn").well()
    why = ("--by", "dawn", "--reason", "on the phone", "--json")
    found = [
        run("people", "find", "--born", "1987-11-23", "--name", NAME, *why).well().json,
        run("people", "find", "--nhs-number", NHS_NUMBER, *why).well().json,
        run("people", "find", "--born", "23/11/1978", "--name", f"{CALLED}e", *why).well().json,
    ]
    assert [[each["code"] for each in one["found"]] for one in found] == [["P-7"], ["P-7"], []]
    wrong = run("people", "find", "--nhs-number", "9434765918", *why)
    assert (wrong.code, "one is mistyped" in wrong.err) == (2, True)
    somebody = served.meets("Somebody")
    code = run("invite", "P-7", "--by", "dawn", "--json").well().json["code"]
    somebody.joins(code)
    assert IN_PLAN in somebody.says("plan").text
    assert somebody.says(f"the {WRITTEN} keeps me awake").answered_by
    run("keys", "rotate", "--retire").well()
    assert IN_PLAN in somebody.says("plan").text

    home = served.home.path
    folders = [home, *(home.with_name(f"{home.name}.{each}") for each in ("stderr", "stdout"))]
    names = {each.name for each in home.rglob("*")}
    assert {"companion.sqlite", "companion.sqlite-wal", "companion.sqlite-shm", "rasa"} <= names
    assert "companion.sqlite" in files_holding(folders, "P-7"), "what is not sealed is found"
    for words in (NAME, CALLED, IN_PLAN, WRITTEN, NHS_NUMBER, "1987-11-23"):
        assert files_holding(folders, words) == set(), words
        assert files_holding(folders, words.lower()) == set(), words
