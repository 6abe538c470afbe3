"""The zip: ordinary programs open it with the passphrase, and nothing without."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pyzipper

from bot.adapters.access_copies import JSON_NAME, PAGE_NAME, new_passphrase, write_copy
from bot.domain.access_copy import AccessCopy, Item, Line, Section
from bot.domain.errors import AlreadyThere, BadInput

AES_256 = 3
"""As the format writes it."""

PASSPHRASE = "kettle-moss-forty-two"
AT = datetime(2030, 3, 1, 12, tzinfo=UTC)
ITEM = Item("wrote:1", Section.MESSAGES, AT, "You wrote", (Line("", "<b>moss</b> & fern"),))
COPY = AccessCopy("P-1", "Ash", AT, AT, (ITEM,))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "copy.zip"
    write_copy(COPY, path, PASSPHRASE)
    return path


def test_it_opens_with_the_passphrase(written: Path) -> None:
    with pyzipper.AESZipFile(written) as archive:
        archive.setpassword(PASSPHRASE.encode())
        assert archive.namelist() == [PAGE_NAME, JSON_NAME]
        html = archive.read(PAGE_NAME).decode()
        body = json.loads(archive.read(JSON_NAME))
        strengths = {each.wz_aes_strength for each in archive.infolist()}
    assert strengths == {AES_256}
    assert "&lt;b&gt;moss&lt;/b&gt; &amp; fern" in html
    assert "<b>moss" not in html
    (messages,) = [each for each in body["sections"] if each["id"] == "messages"]
    assert messages["items"][0]["details"] == [{"label": "", "words": "<b>moss</b> & fern"}]
    assert (body["format"], body["version"]) == ("companion-record", 1)


def test_not_with_another_nor_by_a_program_that_knows_no_aes(written: Path) -> None:
    with pyzipper.AESZipFile(written) as archive:
        archive.setpassword(b"kettle-moss-forty-three")
        with pytest.raises(RuntimeError, match="password"):
            archive.read(PAGE_NAME)
    with zipfile.ZipFile(written) as plain, pytest.raises((NotImplementedError, RuntimeError)):
        plain.read(PAGE_NAME)


def test_nothing_readable_is_in_the_file(written: Path) -> None:
    held = written.read_bytes()
    for words in (b"moss", b"P-1", b"<html", b"companion-record", PASSPHRASE.encode()):
        assert words not in held
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert [each.name for each in written.parent.iterdir()] == ["copy.zip"]


def test_nothing_is_overwritten(written: Path) -> None:
    before = written.read_bytes()
    with pytest.raises(AlreadyThere):
        write_copy(COPY, written, PASSPHRASE)
    assert written.read_bytes() == before


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="12"):
        write_copy(COPY, tmp_path / "copy.zip", "kettle-moss")
    assert list(tmp_path.iterdir()) == []


def test_a_made_passphrase_is_long_and_never_the_same() -> None:
    made = {new_passphrase() for _ in range(50)}
    assert len(made) == 50
    assert all(len(each.replace("-", "")) == 20 for each in made)


def test_seven_zip_opens_it(written: Path) -> None:
    program = shutil.which("7zz") or shutil.which("7z")
    assert program, "scripts/system_packages.sh installs it"
    out = written.parent / "out"
    words = [program, "x", f"-p{PASSPHRASE}", f"-o{out}", str(written)]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
    assert sorted(each.name for each in out.iterdir()) == sorted([PAGE_NAME, JSON_NAME])
    wrong = [program, "t", "-pnot-this-one-at-all", str(written)]
    assert subprocess.run(wrong, capture_output=True, check=False).returncode != 0
