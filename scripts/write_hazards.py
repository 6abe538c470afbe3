"""Write docs/clinical-safety/hazards.md from hazards.yml beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LOG = Path(__file__).parents[1] / "docs" / "clinical-safety" / "hazards.yml"
PAGE = LOG.with_suffix(".md")

HEAD = """# The hazard log

Written from `hazards.yml` by `scripts/write_hazards.py`; a test keeps the two alike. Change the
`.yml`, then have it signed again (`companion content sign`): live mode does not start without that.

**Status: {status}.** Version {version}, by the {author}. What each control names are automated
tests; that a test passes shows that the control does what it says, not that it is enough. *To be
judged*: by the clinical safety group of the service, by its own matrix of severity and likelihood.
Nothing here has been accepted by anybody.

| hazard | | owner | controls | tests |
|---|---|---|---|---|
"""

TO_JUDGE = {
    "severity": "severity",
    "likelihood": "likelihood",
    "after_controls": "after controls",
    "accepted_by": "accepted by",
}


def page() -> str:
    """The page's text."""
    log = yaml.safe_load(LOG.read_text("utf-8"))
    hazards = log["hazards"]
    head = HEAD.format(status=log["status"], version=log["version"], author=log["author"])
    rows = "\n".join(_row(each) for each in hazards)
    return head + rows + "\n" + "".join(_part(each) for each in hazards)


def _row(hazard: dict[str, Any]) -> str:
    controls = hazard["controls"]
    tests = sum(len(each.get("tests", ())) for each in controls)
    name = hazard["id"]
    told = [f"[{name}](#{name})", hazard["hazard"], hazard["owner"], str(len(controls)), str(tests)]
    return f"| {' | '.join(told)} |"


def _part(hazard: dict[str, Any]) -> str:
    lines = [
        f"\n## {hazard['id']}\n",
        f"**Hazard.** {hazard['hazard']}\n",
        "**Causes.** " + " ".join(hazard["causes"]) + "\n",
        f"**Effect.** {hazard['effect']}\n",
        "**Controls.**\n",
    ]
    for control in hazard["controls"]:
        lines.append(f"- {control['do']}")
        lines += [f"  - `{name}`" for name in control.get("tests", ())]
        if "untested" in control:
            lines.append(f"  - no test: {control['untested']}")
    judged = " · ".join(
        f"{words}: {hazard['judged'][name] or '________'}" for name, words in TO_JUDGE.items()
    )
    lines += [
        f"\n**What remains.** {hazard['remains']}\n",
        f"**Owner.** {hazard['owner']}. **To be judged.** {judged}\n",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
