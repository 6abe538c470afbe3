"""A home on disk, and the ``companion`` command run in it as an operator does."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.domain.opening_hours import LOCAL

PROJECT = Path(__file__).resolve().parents[3]
COMPANION = Path(sys.executable).with_name("companion")

PASSES = 120.0
"""Seconds that a command may take on a busy machine."""

NO_RASA = "http://127.0.0.1:9"
"""What RASA_URL names where no Rasa is wanted: nobody listens there."""

NO_MAIL = "smtp://127.0.0.1:9?tls=none"
"""What SMTP_URL names where no alert has to arrive: nobody listens there."""

ALERTS = {
    "SMTP_URL": NO_MAIL,
    "SMTP_FROM": "alerts@trust.example",
}
"""What live homes need set before they start."""

PEOPLE = {"P-1": "Asha", "P-2": "Ben"}
"""What those in the home want to be called, by their code."""

PLAN: dict[str, Any] = {
    "early_signs": ["I stop answering Jo."],
    "steps": [
        "Put the big light on.",
        {"text": "STOP on the back step.", "skill": "stop", "gets_in_the_way": "I forget I can"},
    ],
    "people": [{"name": "Jo Next-Door", "reach": "07700 900555", "helps_by": "comes round"}],
    "making_safer": ["Jo keeps the spare tablets."],
    "matters_to_me": ["The allotment."],
}


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed for programs."""
        return json.loads(self.out)

    def well(self) -> Ran:
        """Itself, once it is sure that the command did what it was for."""
        assert self.code == 0, f"ended with {self.code}: {self.err}"
        return self


@dataclass(frozen=True)
class Home:
    """A folder that ``COMPANION_HOME`` names; ``settings`` are further environment variables."""

    path: Path
    settings: dict[str, str] = field(default_factory=dict)

    def with_settings(self, **settings: str) -> Home:
        """The same folder with other settings."""
        return replace(self, settings=self.settings | settings)

    def environment(self) -> dict[str, str]:
        """All that a command is given: nothing of the developer's own settings."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path.parent),
            "LANG": "C.UTF-8",
            "COMPANION_HOME": str(self.path),
            **self.settings,
        }

    def companion(self, *words: str, typed: bytes = b"", within: float = PASSES) -> Ran:
        """Run ``companion WORDS`` to its end."""
        done = subprocess.run(
            [str(COMPANION), *words],
            input=typed,
            capture_output=True,
            env=self.environment(),
            cwd=PROJECT,
            timeout=within,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def report(self, code: str, *, by: str = "dawn") -> Any:
        """The engagement summary of these days, as the command line gives it to programs."""
        today = datetime.now(LOCAL).date()
        days = ("--from", str(today - timedelta(days=2)), "--to", str(today))
        why = ("--by", by, "--reason", "supervision", "--json")
        return self.companion("report", code, *days, *why).well().json

    def audit(self) -> Any:
        """What ``doctor`` finds of the audit: how many chains, and every fault."""
        return self.companion("doctor", "--json").well().json["audit"]

    def copied_to(self, path: Path) -> Home:
        """The same home elsewhere, as from a copy that was made while nothing ran."""
        shutil.copytree(self.path, path)
        return replace(self, path=path)


@dataclass(frozen=True)
class Made:
    """A home made by the command line, one-time codes by person, passwords by username.

    ``refused`` is what ``serve`` said while nothing was signed, ``signed`` what was signed then.
    """

    home: Home
    codes: dict[str, str]
    passwords: dict[str, str]
    refused: Ran
    signed: list[str]

    def copied_to(self, path: Path) -> Made:
        """The same somewhere else."""
        return replace(self, home=self.home.copied_to(path))


def make_home(path: Path) -> Made:
    """A live home with a practitioner, a reviewer, and people with agreed plans, step by step."""
    home = Home(path, {"WEB_PORT": str(free_port()), **ALERTS})
    run = home.companion
    run("keys", "create").well()
    passwords = {
        name: run("staff", "add", name, "--name", full, "--role", role, "--team", "peak", "--json")
        .well()
        .json["password"]
        for name, full, role in (
            ("dawn", "Dawn Made-Up", "practitioner"),
            ("rowan", "Rowan Made-Up", "reviewer"),
            ("mona", "Mona Made-Up", "manager"),
        )
    }
    refused = run("serve")
    signed = run("content", "sign", "--all", "--by", "rowan", "--json").well().json["signed"]
    run("duty", "point", "add", "email", "dawn@trust.example", "--staff", "dawn").well()
    run("night-route", "sign", "peak", "--all", "--nobody", "--by", "mona").well()
    codes = {}
    for code, name in PEOPLE.items():
        called = ("--name", f"{name} Marker", "--chosen-name", name)
        run("people", "add", "--code", code, *called, "--by", "dawn").well()
        file = path.with_name(f"{code}.yml")
        file.write_text(yaml.safe_dump(plan_file(code)), "utf-8")
        run("plan", "import", str(file), "--by", "dawn").well()
        codes[code] = run("invite", code, "--by", "dawn", "--json").well().json["code"]
    return Made(home, codes, passwords, refused, signed)


def plan_file(code: str) -> dict[str, Any]:
    """A plan as it was agreed on paper a week ago."""
    agreed = datetime.now(LOCAL).date() - timedelta(days=7)
    return {
        "person": code,
        "status": "agreed",
        "agreed": {
            "person_on": agreed,
            "practitioner_on": agreed,
            "practitioner": "Dawn Made-Up",
            "how": "on paper",
        },
        "review_due": agreed + timedelta(days=90),
        "plan": PLAN,
    }


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
