"""Make the README's pictures from a real demonstration, in a home that is thrown away.

CHROMIUM names another Chromium than the system's.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

CHECKOUT = Path(__file__).resolve().parents[1]
COMPANION = CHECKOUT / ".venv" / "bin" / "companion"
PICTURES = CHECKOUT / "docs" / "pictures"
LARGEST = 300_000
"""Bytes of a picture at most."""

WIDTH, TALLEST, SCALE = 1000, 2800, 0.8
"""Of the page, in its own pixels, and of its picture."""

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PERSON = "DEMO-1"
PRACTITIONER = "practitioner"
PERIOD = "Last 3 months"

TAP = "tap: "
"""Begins a line that taps the first button whose label begins with the rest."""

CONVERSATION = (
    "i'm at a 7 and about to shout at my mum",
    "tap: STOP",
    "tap: I've stopped",
    "tap: I've stepped back",
    "tap: I've looked",
    "tap: I know what I'll do",
    "4",
    "tap: It helped",
    "can i see what we put in my plan",
)

RASA_STARTS_WITHIN = 240
"""Seconds, with training."""

PAGE = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 24px; background: #e8edee; display: flex; gap: 24px;
  align-items: flex-start; width: max-content; font: 15px/1.4 arial, sans-serif; color: #212b32; }
.phone { width: 370px; background: #f7f9fa; border: 1px solid #aeb7bd; border-radius: 18px;
  overflow: hidden; }
.phone header { background: #005eb8; color: #fff; padding: 12px 16px; font-weight: bold; }
.phone header span { display: block; font-weight: normal; font-size: 12px; }
.talk { padding: 12px; display: flex; flex-direction: column; gap: 8px; }
.said, .heard { max-width: 84%; padding: 8px 12px; border-radius: 14px; white-space: pre-line;
  overflow-wrap: break-word; }
.said { align-self: flex-end; background: #cfe6fb; border-bottom-right-radius: 3px; }
.heard { align-self: flex-start; background: #fff; border: 1px solid #d8dde0;
  border-bottom-left-radius: 3px; }
.buttons { display: flex; flex-wrap: wrap; gap: 6px; }
.buttons span { border: 1px solid #005eb8; color: #005eb8; background: #fff; border-radius: 14px;
  padding: 4px 11px; font-size: 13px; }
</style>"""


def main() -> None:
    """Start a demonstration, talk, take the pictures, end it."""
    with (
        tempfile.TemporaryDirectory() as home,
        demonstration(Path(home)) as (environment, demo),
        sync_playwright() as playwright,
    ):
        turns = talk(environment, PERSON, CONVERSATION)
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=list(CHROMIUM_FLAGS),
        )
        try:
            take_conversation(browser, turns)
            take_page(browser, demo)
        finally:
            browser.close()
    for picture in sorted(PICTURES.glob("*.png")):
        size = picture.stat().st_size
        sys.stdout.write(f"{picture.relative_to(CHECKOUT)}: {size:,} bytes\n")
        if size > LARGEST:
            raise SystemExit(f"{picture.name} is larger than {LARGEST:,} bytes.")


@contextmanager
def demonstration(home: Path) -> Iterator[tuple[Mapping[str, str], Mapping[str, Any]]]:
    """A served demonstration with Rasa ready: its environment, and what it said of itself."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "LANG": "C.UTF-8",
        "COMPANION_HOME": str(home),
        "COMPANION_CONTENT": str(CHECKOUT / "skills_content"),
        "WEB_PORT": str(free_port()),
    }
    served = subprocess.Popen(
        [COMPANION, "demo", "--json"],
        env=environment,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if served.stdout is None or not (line := served.stdout.readline()):
            raise SystemExit("The demonstration did not start.")
        demo = json.loads(line)
        wait_for_rasa(demo["url"], served)
        yield environment, demo
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(30)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_rasa(url: str, served: subprocess.Popen[str]) -> None:
    """Return once health says that Rasa is ready. Raises ``SystemExit`` when it does not come."""
    for _ in range(RASA_STARTS_WITHIN):
        try:
            with urlopen(f"{url}/health/ready", timeout=5) as answer:  # noqa: S310 - our own
                if json.load(answer)["rasa"] == "ready":
                    return
        except URLError:
            pass
        try:
            served.wait(1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise SystemExit("Rasa did not get ready.")


def talk(environment: Mapping[str, str], code: str, lines: Sequence[str]) -> list[dict[str, Any]]:
    """What the companion answered to each line."""
    turns: list[dict[str, Any]] = []
    with subprocess.Popen(
        [COMPANION, "chat", "--as", code, "--json"],
        env=environment,
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as chat:
        if chat.stdin is None or chat.stdout is None:
            raise SystemExit("The chat did not start.")
        for line in lines:
            chat.stdin.write(f"{tapped(line, turns)}\n")
            if not (answer := chat.stdout.readline()):
                raise SystemExit("The chat ended; above is why.")
            turns.append(json.loads(answer))
    return turns


def tapped(line: str, turns: Sequence[Mapping[str, Any]]) -> str:
    """The line, or the whole label of the button that it taps. ``SystemExit`` without one."""
    if not line.startswith(TAP):
        return line
    start = line.removeprefix(TAP)
    shown = [label for each in turns[-1]["out"] for label in each["buttons"]]
    for label in shown:
        if label.startswith(start):
            return str(label)
    raise SystemExit(f"No button begins with {start}: there is {', '.join(shown)}.")


def take_conversation(browser: Browser, turns: Sequence[Mapping[str, Any]]) -> None:
    """The conversation on two phones side by side."""
    middle = split(turns)
    phones = "".join(phone(part) for part in (turns[:middle], turns[middle:]))
    page = browser.new_page(viewport={"width": 870, "height": 600})
    page.set_content(PAGE + phones)
    page.locator("body").screenshot(path=PICTURES / "conversation.png")
    page.close()


def split(turns: Sequence[Mapping[str, Any]]) -> int:
    """Where to go on to the second phone, so that both are about as long."""
    lengths = [len(json.dumps(turn["out"])) + 60 * len(turn["out"]) for turn in turns]
    return min(
        range(1, len(turns)),
        key=lambda place: abs(sum(lengths[:place]) - sum(lengths[place:])),
    )


def phone(turns: Sequence[Mapping[str, Any]]) -> str:
    """A phone's screen, as HTML."""
    said = "".join(spoken(turn) for turn in turns)
    title = "Companion<span>demonstration with a made-up person</span>"
    return f'<div class="phone"><header>{title}</header><div class="talk">{said}</div></div>'


def spoken(turn: Mapping[str, Any]) -> str:
    """One line and its answers, as HTML."""
    parts = [f'<div class="said">{escape(turn["in"])}</div>']
    for each in turn["out"]:
        parts.append(f'<div class="heard">{escape(each["text"])}</div>')
        if each["buttons"]:
            labels = "".join(f"<span>{escape(label)}</span>" for label in each["buttons"])
            parts.append(f'<div class="buttons">{labels}</div>')
    return "".join(parts)


def take_page(browser: Browser, demo: Mapping[str, Any]) -> None:
    """The person's page, as the practitioner sees it after signing in."""
    member = next(each for each in demo["staff"] if each["role"] == PRACTITIONER)
    page = browser.new_page(viewport={"width": WIDTH, "height": 800}, device_scale_factor=SCALE)
    page.goto(f"{demo['url']}/sign-in")
    page.fill("#username", member["username"])
    page.fill("#password", member["password"])
    page.click("form button")
    page.goto(f"{demo['url']}/people/{PERSON}")
    page.click(f"text={PERIOD}")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.screenshot(
        path=PICTURES / "practitioner_page.png",
        full_page=True,
        clip={"x": 0, "y": 0, "width": WIDTH, "height": min(height, TALLEST)},
    )
    page.close()


if __name__ == "__main__":
    main()
