"""The hazard log is signed before a live start, and again after each change."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.settings import Settings
from tests.functional.system.home import PROJECT
from tests.functional.system.ready_home import ready_home

UNSIGNED = 4
LOG = PROJECT / Settings.model_fields["companion_hazards"].default


def test_live_mode_refuses_an_unsigned_hazard_log(tmp_path: Path) -> None:
    ours = Path(shutil.copy(LOG, tmp_path / "hazards.yml"))
    home = ready_home(tmp_path / "home", ()).home.with_settings(COMPANION_HAZARDS=str(ours))
    never_signed = home.companion("serve")
    assert (never_signed.code, str(ours) in never_signed.err) == (UNSIGNED, True)

    home.companion("content", "sign", str(ours), "--by", "rowan").well()
    listed = home.companion("content", "list", "--json").well().json
    assert [each["signed"] for each in listed if each["path"] == str(ours)] == [True]

    ours.write_text(ours.read_text("utf-8") + "# One more line.\n", "utf-8")
    changed = home.companion("serve")
    assert (changed.code, str(ours) in changed.err) == (UNSIGNED, True)
    assert "joining_messages.yml" not in changed.err, "only what changed"
