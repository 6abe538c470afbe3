"""People's rights by the command line, as the person who decides about them uses it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import pyzipper

from tests.functional.bot_api import BotApiServer
from tests.functional.system.conftest import on_telegram
from tests.functional.system.home import Home, Made
from tests.functional.system.serving import Serving
from tests.functional.system.talking import Talking

pytestmark = pytest.mark.xdist_group("system")

GIVEN, PERMISSION, NOT_THERE = 2, 5, 6
PASSPHRASE = "lantern meadow copper"


@pytest.fixture
def home(fresh: Made) -> Home:
    """A home with somebody who decides about rights."""
    named = ("--name", "Pru Made-Up", "--role", "privacy", "--team", "peak")
    fresh.home.companion("staff", "add", "pru", *named).well()
    return fresh.home


def privacy(home: Home, *words: str, by: str = "pru", code: int = 0) -> object:
    """Run ``companion privacy``; what it prints for programs, or what it says of a refusal."""
    ran = home.companion("privacy", *words, "--by", by, "--json")
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err
    return ran.json if code == 0 else ran.err


def test_a_copy_from_asking_to_the_zip(home: Home, tmp_path: Path) -> None:
    why = ("--reason", "asked at our meeting")
    drafted = privacy(home, "export", "P-2", *why, by="dawn")
    assert isinstance(drafted, dict)
    assert (drafted["status"], drafted["for"]) == ("drafted", "pru")
    request, file = str(drafted["request"]), tmp_path / "copy.zip"
    locked = home.with_settings(COMPANION_EXPORT_PASSPHRASE=PASSPHRASE)

    refused = privacy(locked, "release", request, "--to", str(file), code=PERMISSION)
    assert "Nobody has gone through this draft" in str(refused)
    assert not file.exists()
    listed = privacy(home, "review", request)
    assert isinstance(listed, dict)
    (plan,) = [each["id"] for each in listed["items"] if each["kind"] == "plan"]
    shown = privacy(home, "review", request, "--show", plan)
    assert "The allotment." in json.dumps(shown)
    invitation = next(each["id"] for each in listed["items"] if each["kind"] == "invitation")
    privacy(home, "withhold", request, invitation, "--because", "third_party")
    short = home.with_settings(COMPANION_EXPORT_PASSPHRASE="short")
    privacy(short, "release", request, "--to", str(file), code=GIVEN)
    privacy(locked, "release", request, "--to", str(file))

    with pyzipper.AESZipFile(file) as archive:
        archive.setpassword(PASSPHRASE.encode())
        page = archive.read("your-record.html").decode()
        body = json.loads(archive.read("your-record.json"))
    assert "The allotment." in page
    assert "Ben Marker" in page
    ids = [item["id"] for section in body["sections"] for item in section["items"]]
    assert plan in ids
    assert invitation not in ids
    assert "Asha" not in page
    privacy(locked, "release", request, "--to", str(file), code=GIVEN)
    assert [each.name for each in tmp_path.glob("copy*")] == ["copy.zip"]


@pytest.mark.long
def test_only_who_may(home: Home) -> None:
    asked = privacy(
        home, "ask", "P-2", "--kind", "erasure", "--reason", "they wrote to us", by="dawn"
    )
    assert isinstance(asked, dict)
    request = str(asked["request"])
    because = ("--because", "asked")
    privacy(home, "erase", request, *because, by="dawn", code=PERMISSION)
    privacy(home, "requests", by="dawn", code=PERMISSION)
    privacy(home, "hold", "P-2", *because, by="dawn", code=PERMISSION)
    privacy(home, "retention", "--dry-run", by="dawn", code=PERMISSION)
    privacy(home, "ask", "P-9", "--kind", "access", "--reason", "x", by="dawn", code=NOT_THERE)
    privacy(home, "retention", code=GIVEN)


@pytest.mark.long
def test_erased_after_a_hold(home: Home) -> None:
    asked = privacy(
        home, "ask", "P-2", "--kind", "erasure", "--reason", "they wrote to us", by="dawn"
    )
    assert isinstance(asked, dict)
    words = ("erase", str(asked["request"]), "--because", "asked")
    despite = ("--despite-retention", "a court order")
    assert "health record is kept" in str(privacy(home, *words, code=PERMISSION))
    privacy(home, "hold", "P-2", "--because", "inquest")
    assert "legal hold" in str(privacy(home, *words, *despite, code=PERMISSION))
    privacy(home, "lift", "P-2")
    privacy(home, *words, *despite)

    privacy(home, "export", "P-2", "--reason", "again", by="dawn", code=NOT_THERE)
    held = b"".join(each.read_bytes() for each in home.path.glob("companion.sqlite*"))
    for marker in (b"Ben", b"allotment", b"P-2", b"court order"):
        assert marker not in held
    assert (home.path / "erasures.log").read_text("ascii").count("\n") == 1


@pytest.mark.long
def test_retention_by_its_mark(home: Home) -> None:
    report = privacy(home, "retention", "--dry-run")
    assert isinstance(report, dict)
    assert report["records"] == []
    applied = privacy(home, "retention", "--apply", str(report["mark"]))
    assert isinstance(applied, dict)
    assert applied["erased"] == []
    assert "dry run" in str(privacy(home, "retention", "--apply", "x", code=PERMISSION))


@pytest.mark.long
def test_corrected(home: Home) -> None:
    def correct(field: str, to: str, code: int = 0) -> None:
        words = ("--field", field, "--to", to, "--reason", "misheard")
        privacy(home, "correct", "P-1", *words, by="dawn", code=code)

    def found(number: str) -> list[tuple[str, str, str]]:
        why = ("--by", "dawn", "--reason", "asked", "--json")
        people = home.companion("people", "find", "--nhs-number", number, *why).well().json["found"]
        return [(each["code"], each["name"], each["chosen_name"]) for each in people]

    assert found("943 476 5919") == []
    correct("nhs_number", "943 476 5919")
    assert found("943 476 5919") == [("P-1", "Asha Marker", "Asha")]
    correct("chosen_name", "Ash")
    correct("nhs_number", "1234567890", code=GIVEN)
    assert found("943 476 5919") == [("P-1", "Asha Marker", "Ash")]


@pytest.mark.long
def test_erased_beside_a_running_companion(
    fresh: Made, home: Home, telegram: BotApiServer, start: Callable[[Home], Serving]
) -> None:
    served = start(on_telegram(home, telegram))
    ben = Talking("Ben", telegram, served)
    ben.joins(fresh.codes["P-2"])
    assert "back step" in ben.says("plan").text
    asked = privacy(home, "ask", "P-2", "--kind", "erasure", "--reason", "he wrote", by="dawn")
    assert isinstance(asked, dict)
    words = ("--because", "asked", "--despite-retention", "a court order")
    privacy(home, "erase", str(asked["request"]), *words)

    heard = ben.says("plan")
    assert heard.text
    assert "back step" not in heard.text
    assert "Ben" not in heard.text
    served.end()
    audit = home.audit()
    assert not audit.get("faults"), audit
