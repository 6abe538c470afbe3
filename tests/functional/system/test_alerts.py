"""A sign of danger leaves the screen: a real companion, a real mail server."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.bank_holidays import is_bank_holiday
from bot.domain.notices import Notice
from bot.domain.on_call import PointChannel, TeamTimes
from bot.domain.team_hours import next_opening
from tests.functional.bot_api import BotApiServer
from tests.functional.system.conftest import on_telegram
from tests.functional.system.home import Home
from tests.functional.system.ready_home import PASSWORD, Ready, opened, ready_home
from tests.functional.system.serving import Serving
from tests.functional.system.talking import Talking
from tests.functional.system.visiting import Visit
from tests.integration.notifications.mail import MailBox, mail_box

pytestmark = pytest.mark.xdist_group("faults")

ALERT = "An alert needs you"
DAILY = "Daily check of the alert line: nothing to do"
WORDS = "I want to kill myself tonight, the blue rope"


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_box() as made:
        yield made


@pytest.fixture
def ready(tmp_path: Path) -> Ready:
    made = ready_home(tmp_path / "home", ("P-1",))
    asyncio.run(_with_a_line(made.home))
    return made


async def _with_a_line(home: Home) -> None:
    companion = opened(home)
    try:
        mona = await companion.staff.named("mona")
        points = companion.alerting.points
        await points.add_of_team("peak", PointChannel.EMAIL, "line@trust.example", by=mona)
    finally:
        await companion.aclose()


async def _notices(home: Home) -> list[Notice]:
    companion = opened(home)
    try:
        return await companion.record.find(Notice, order="due_at")
    finally:
        await companion.aclose()


def _at_ten(ahead: Path) -> None:
    """Set the clock to an hour after the team's next opening."""
    now = datetime.now(UTC)
    opens = next_opening(TeamTimes("peak"), now + timedelta(hours=12), is_bank_holiday)
    assert opens is not None
    ahead.write_text(str((opens + timedelta(hours=1) - now).total_seconds()), "ascii")


def _goes_on(ahead: Path, **length: float) -> None:
    seconds = float(ahead.read_text("ascii")) + timedelta(**length).total_seconds()
    new = ahead.with_suffix(".new")
    new.write_text(str(seconds), "ascii")
    new.replace(ahead)


def _until(holds: Callable[[], bool], within: float = 30) -> None:
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def _to(box: MailBox, subject: str = ALERT) -> list[str]:
    return [str(each["To"]) for each in box.letters if each["Subject"] == subject]


def _by(home: Home, ahead: Path) -> Serving:
    clocked = ("-m", "tests.functional.system.clocked", str(ahead))
    return Serving(home, program=(sys.executable, *clocked))


def test_danger_is_told_of_until_somebody_picks_it_up(
    ready: Ready, telegram: BotApiServer, box: MailBox, tmp_path: Path
) -> None:
    ahead = tmp_path / "ahead"
    _at_ten(ahead)
    mail = {"SMTP_URL": f"smtp://127.0.0.1:{box.port}?tls=none"}
    home = on_telegram(ready.home, telegram).with_settings(**mail)
    serving = _by(home, ahead)
    try:
        serving.until_ready()
        kit = Talking("Kit", telegram, serving)
        kit.joins(ready.codes["P-1"])
        assert "999" in kit.says(WORDS).text
        _until(lambda: _to(box) == ["dawn@trust.example"])
        _until(lambda: _to(box, DAILY) == ["line@trust.example"])
        serving.until(lambda: serving.health()["alerts"] == "ok", "well", 20)

        _goes_on(ahead, minutes=61)
        _until(lambda: _to(box) == ["dawn@trust.example", "line@trust.example"])

        with Visit(serving.url) as visit:
            visit.signs_in("dawn", PASSWORD)
            visit.opens("/alerts")
            assert visit.path == "/today"
            visit.opens("/people/P-1")
            visit.sends("/take")
            assert visit.status == 200
        _goes_on(ahead, hours=5)
        _until(lambda: all(n.status != "waiting" for n in asyncio.run(_notices(home))))
        assert len(_to(box)) == 2
    finally:
        serving.end()

    notices = {each.rung: each for each in asyncio.run(_notices(home)) if each.about}
    assert notices["owner"].status == "sent"
    assert notices["owner"].opened_at is not None
    assert notices["manager"].status == "not_needed"
    text = box.whole.lower()
    assert "/alerts" in text
    for personal in ("p-1", "p1mark", "marker", "kit", "peak", "kill", "rope", "intent", "crisis"):
        assert personal not in text, personal
    assert "rope" not in serving.said
    assert "trust.example" not in serving.said
    assert "Traceback" not in serving.said


def test_a_mail_server_that_is_down_is_tried_until_it_is_back(
    ready: Ready, telegram: BotApiServer, tmp_path: Path
) -> None:
    ahead = tmp_path / "ahead"
    _at_ten(ahead)
    with mail_box() as gone:
        port = gone.port
    home = on_telegram(ready.home, telegram).with_settings(
        SMTP_URL=f"smtp://127.0.0.1:{port}?tls=none"
    )
    serving = _by(home, ahead)
    try:
        serving.until_ready()
        kit = Talking("Kit", telegram, serving)
        kit.joins(ready.codes["P-1"])
        assert "999" in kit.says(WORDS).text
        _until(lambda: "alert_not_sent" in serving.said)
        serving.until(lambda: serving.health()["alerts"] == "degraded", "degraded", 20)
        serving.kill()
        serving = _by(home, ahead)
        serving.until_ready()
        with mail_box(port) as back:
            _goes_on(ahead, minutes=6)
            _until(lambda: "dawn@trust.example" in _to(back))
            serving.until(lambda: serving.health()["alerts_undelivered"] == 0, "sent", 30)
    finally:
        serving.end()
    assert "rope" not in serving.said


def test_live_mode_refuses_until_it_is_settled_who_is_told(tmp_path: Path) -> None:
    home = ready_home(tmp_path / "home", ("P-1",)).home
    bare = {"SMTP_URL": "", "SMTP_FROM": "", "COMPANION_HAZARDS": "nowhere.yml"}
    refused = home.with_settings(**bare).companion("serve")
    assert refused.code == 4
    assert "SMTP_URL or NOTIFY_API_KEY" in refused.err
    assert "nowhere.yml" in refused.err
    half = home.with_settings(SMTP_FROM="").companion("serve")
    assert (half.code, "SMTP_FROM" in half.err) == (2, True)
    home.companion("duty", "times", "set", "peak", "--days", "135", "--by", "mona").well()
    shown = home.companion("duty", "times", "show", "peak").well().out
    assert "weekdays 135" in shown
    routes = home.companion("night-route", "show", "peak", "--json").well().json["routes"]
    assert {each["pickup"] for each in routes} == {"nobody"}
    assert home.companion("night-route", "missing").well().out == "Nothing is missing.\n"
    (point,) = home.companion("duty", "point", "list", "--staff", "dawn", "--json").json["points"]
    home.companion("duty", "point", "end", point["id"], "--by", "dawn").well()
    assert "each key worker" in home.companion("night-route", "missing").well().out
    assert home.companion("serve").code == 4
