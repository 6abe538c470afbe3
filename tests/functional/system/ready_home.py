"""A live home made in this process, in a second or two: staff, signed content, plans."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.adapters.clock import SystemClock
from bot.adapters.keys import KeyRing
from bot.bootstrap import Companion, open_companion
from bot.domain.ladder import CONCERN_FAMILIES
from bot.domain.night_route import NightPickup
from bot.domain.on_call import PointChannel
from bot.domain.people import Role
from bot.settings import Settings
from tests.functional.system.home import ALERTS, NO_RASA, PROJECT, Home, free_port, plan_file

PASSWORD = "made-up words for tests"


STAFF = (("dawn", Role.PRACTITIONER), ("rowan", Role.REVIEWER), ("mona", Role.MANAGER))


@dataclass(frozen=True)
class Ready:
    """A home, and the one-time codes of those in it."""

    home: Home
    codes: dict[str, str]

    def copied_to(self, path: Path) -> Ready:
        """The same elsewhere, on a port of its own."""
        copy = self.home.copied_to(path).with_settings(WEB_PORT=str(free_port()))
        return replace(self, home=copy)


def ready_home(path: Path, people: Sequence[str], database_url: str = "") -> Ready:
    """Make a home; on SQLite unless a database's address is given. No Rasa is looked for."""
    path.mkdir(mode=0o700)
    KeyRing.create(path / "master.key", SystemClock().now())
    more = {"DATABASE_URL": database_url} if database_url else {}
    home = Home(path, {"WEB_PORT": str(free_port()), "RASA_URL": NO_RASA, **ALERTS, **more})
    return Ready(home, asyncio.run(_fill(home, people)))


def opened(home: Home) -> Companion:
    """The home, opened in this process."""
    address = home.settings.get("DATABASE_URL")
    return open_companion(
        Settings(
            companion_home=home.path,
            database_url=SecretStr(address) if address else None,
            companion_content=PROJECT / "skills_content",
        )
    )


async def _fill(home: Home, people: Sequence[str]) -> dict[str, str]:
    companion = opened(home)
    codes = {}
    try:
        for name, role in STAFF:
            await companion.staff.add(
                username=name,
                name=f"{name.title()} Made-Up",
                role=role,
                team="peak",
                password=PASSWORD,
                by=None,
            )
        await companion.sign_offs.sign(by=await companion.staff.named("rowan"))
        dawn = await companion.staff.named("dawn")
        await settle_alerts(companion)
        for code in people:
            await companion.enrolment.add(code=code, name=f"{code} Marker", team="peak", by=dawn)
            await companion.plans.bring_in(marked_plan(code, "v1"), by=dawn)
            codes[code] = await companion.enrolment.invite(code, by=dawn)
    finally:
        await companion.aclose()
    return codes


async def settle_alerts(companion: Companion, team: str = "peak") -> None:
    """All that a live start asks for: Dawn can be reached, and Mona has signed the nights."""
    alerting, dawn = companion.alerting, await companion.staff.named("dawn")
    mona = await companion.staff.named("mona")
    await alerting.points.add_of_staff(dawn, PointChannel.EMAIL, "dawn@trust.example", by=dawn)
    await alerting.night_routes.sign(team, CONCERN_FAMILIES, NightPickup.NOBODY, by=mona)


def marker_of(code: str) -> str:
    """The word that stands in one person's plan alone."""
    return f"{code.replace('-', '')}mark"


TAGGED_PARTS = 4
"""How often a version's tag stands in its plan."""


def marked_plan(code: str, tag: str) -> dict[str, Any]:
    """A plan in which a person's marker and a version's tag stand in every part."""
    words = f"{marker_of(code)} {tag} ."
    plan = {
        "early_signs": [f"I go quiet {words}"],
        "steps": [f"Put the big light on {words}"],
        "people": [{"name": f"Jo {words}"}],
        "making_safer": [f"Jo keeps the tablets {words}"],
    }
    return plan_file(code) | {"plan": plan}
