"""The content loader: what it reads, and the clear word it has for each way a file can break."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
import yaml

from bot.adapters.content_files import load_content
from bot.adapters.content_files.schema import schemas, write_schemas
from bot.domain.content import Content
from bot.domain.errors import ContentBroken

SHIPPED = Path(__file__).parents[3] / "skills_content"


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(SHIPPED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("rules", "schema")
    return shutil.copytree(SHIPPED, tmp_path / "content", ignore=ignored)


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


BREAKS = yaml.safe_load((Path(__file__).parent / "content_breaks.yml").read_text("utf-8"))


@pytest.mark.parametrize("way", BREAKS)
def test_a_broken_file_is_named_with_its_place_and_what_is_wrong(folder: Path, way: str) -> None:
    broken = BREAKS[way]
    change(folder, broken["file"], broken["old"], broken["new"])
    with pytest.raises(ContentBroken) as caught:
        load_content(folder)
    lines = str(caught.value).split("\n")
    line = next((each for each in lines if broken["what"] in each), lines[0])
    assert broken["what"] in line
    assert f"{broken['file']}, line " in line
    assert broken["place"] in line


def test_a_file_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "messages.yml").write_bytes(b"id: messages\nauthor: Zo\xeb\n")
    with pytest.raises(ContentBroken, match=r"messages\.yml, line 2: is not UTF-8"):
        load_content(folder)


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / "needs.yml").unlink()
    with pytest.raises(ContentBroken, match=r"needs\.yml: is missing"):
        load_content(folder)


def test_a_file_that_nothing_reads_is_named(folder: Path) -> None:
    shutil.copy(folder / "dbt/stop.yml", folder / "dbt/stop.yaml")
    with pytest.raises(ContentBroken, match=r"dbt/stop\.yaml: nothing reads"):
        load_content(folder)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentBroken, match="no such content folder"):
        load_content(tmp_path / "nowhere")


def test_everything_that_is_wrong_is_said_at_once(folder: Path) -> None:
    change(folder, "dbt/stop.yml", "minutes: 1", "minutes: soon")
    change(folder, "dbt/cold.yml", "kind: timer", "kind: clock")
    with pytest.raises(ContentBroken) as caught:
        load_content(folder)
    assert "dbt/stop.yml" in str(caught.value)
    assert "dbt/cold.yml" in str(caught.value)


def test_yes_no_and_on_are_words(content: Content) -> None:
    joining = content.activities["joining"].at("others_see_phone")
    assert joining is not None
    assert [each.value for each in joining.options] == ["no", "yes", "not_sure"]
    assert content.closings["ask"][0] == ("Yes", "ask", "yes")
    branch = content.activities["stop"].at("opening_known")
    assert branch is not None
    assert branch.on == "before"


def test_a_skill_has_what_opens_and_closes_every_skill_around_it(content: Content) -> None:
    ids = [each.id for each in content.skills["stop"].activity.steps]
    assert ids[0] == "opening_known"
    assert ids.index("opening_ready") + 1 == ids.index("freeze")
    assert ids.index("small_thing") + 1 == ids.index("closing_guest_or_not")


def test_needs_become_the_options_of_the_choice_that_asks_for_them(content: Content) -> None:
    need = content.activities["find_skill"].at("need")
    assert need is not None
    assert [each.value for each in need.options] == [*content.needs, "not_sure"]


def test_every_file_is_listed_for_sign_off_with_its_hash(content: Content) -> None:
    items = {each.path: each for each in content.items}
    paths = (path.relative_to(SHIPPED).as_posix() for path in SHIPPED.rglob("*.yml"))
    files = {path for path in paths if not path.startswith("safety/examples/")}
    assert set(items) == files
    for path, item in items.items():
        assert item.digest == hashlib.sha256((SHIPPED / path).read_bytes()).hexdigest()
    assert items["dbt/cold.yml"].digest == content.skills["cold"].digest
    live = {path for path, item in items.items() if item.needed_live}
    assert {"safety/replies.yml", "contacts/national.yml", "cautions.yml"} <= live
    assert {"activities/joining.yml", "joining_messages.yml"} <= live
    assert not live & {"messages.yml", "dbt/stop.yml", "activities/closing.yml"}


def test_rules_are_listed_and_left_to_the_safety_net(folder: Path) -> None:
    rules = folder / "safety/rules/an_example.yml"
    rules.parent.mkdir()
    rules.write_text("rules: {of: [another, shape]}\n", encoding="utf-8")
    item = next(each for each in load_content(folder).items if each.path.endswith("an_example.yml"))
    assert (item.group, item.needed_live) == ("safety", True)


def test_the_schema_files_are_in_step_with_the_models() -> None:
    written = {path.name: path.read_text("utf-8") for path in (SHIPPED / "schema").glob("*.json")}
    assert written == schemas(), "run scripts/write_schema.py"


def test_a_skill_that_the_program_names_cannot_be_left_out(folder: Path) -> None:
    (folder / "dbt/stop.yml").unlink()
    with pytest.raises(ContentBroken, match=r"dbt: the skill 'stop' is missing"):
        load_content(folder)


def test_the_schema_files_are_written_over(tmp_path: Path) -> None:
    (tmp_path / "skill.json").write_text("old", encoding="utf-8")
    write_schemas(tmp_path)
    written = {path.name: path.read_text("utf-8") for path in tmp_path.glob("*.json")}
    assert written == schemas()
