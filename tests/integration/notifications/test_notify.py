"""Alerts by GOV.UK Notify: its real client, against its API on loopback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.adapters.notifications import ByChannel, Notify, NotifyTemplates, by_channel
from bot.domain.errors import SendingRefused, SendingUnavailable, SettingsError
from bot.domain.on_call import PointChannel
from tests.integration.notifications.notify_api import API_KEY, NotifyApi, notify_api
from tests.integration.notifications.test_smtp import POINT, TEXT

TEMPLATES = NotifyTemplates("template-mail", "template-sms")
MOBILE = replace(POINT, channel=PointChannel.SMS, address="+447700900123")


@pytest.fixture
def api() -> Iterator[NotifyApi]:
    with notify_api() as server:
        yield server


@pytest.fixture
def notify(api: NotifyApi) -> Notify:
    return Notify(API_KEY, TEMPLATES, api.url, timeout=2)


async def test_email_and_sms_go_by_their_templates(api: NotifyApi, notify: Notify) -> None:
    mail = await notify.send(POINT, TEXT, "notice-1")
    sms = await notify.send(MOBILE, TEXT, "notice-2")
    assert api.sent[mail] == {
        "path": "/v2/notifications/email",
        "email_address": "dawn@trust.example",
        "template_id": "template-mail",
        "personalisation": {"subject": TEXT.subject, "text": TEXT.text},
        "reference": "notice-1",
    }
    assert api.sent[sms] == {
        "path": "/v2/notifications/sms",
        "phone_number": "+447700900123",
        "template_id": "template-sms",
        "personalisation": {"text": "short"},
        "reference": "notice-2",
    }


@pytest.mark.parametrize(
    ("status", "arrived"),
    [
        ("created", None),
        ("sending", None),
        ("delivered", True),
        ("permanent-failure", False),
        ("temporary-failure", False),
        ("technical-failure", False),
    ],
)
async def test_what_notify_says_became_of_it(
    api: NotifyApi, notify: Notify, status: str, arrived: bool | None
) -> None:
    reference = await notify.send(POINT, TEXT, "n")
    api.statuses[reference] = status
    assert await notify.delivered(reference) is arrived


async def test_what_will_be_refused_again(api: NotifyApi, notify: Notify) -> None:
    api.fails = 400
    with pytest.raises(SendingRefused) as refused:
        await notify.send(POINT, TEXT, "n")
    assert "dawn" not in str(refused.value)


@pytest.mark.parametrize("code", [403, 404, 429, 500, 503])
async def test_what_may_be_taken_later(api: NotifyApi, notify: Notify, code: int) -> None:
    api.fails = code
    with pytest.raises(SendingUnavailable):
        await notify.send(POINT, TEXT, "n")
    with pytest.raises(SendingUnavailable):
        await notify.delivered("any")


async def test_an_answer_that_is_none_is_tried_again(api: NotifyApi, notify: Notify) -> None:
    api.says_nonsense = True
    with pytest.raises(SendingUnavailable):
        await notify.send(POINT, TEXT, "n")


async def test_nobody_there(notify: Notify) -> None:
    with pytest.raises(SendingUnavailable):
        await replace(notify, url="http://127.0.0.1:9").send(POINT, TEXT, "n")


async def test_no_address_and_no_key_reaches_a_log(
    api: NotifyApi, notify: Notify, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api.fails = 400
    with pytest.raises(SendingRefused):
        await notify.send(POINT, TEXT, "n")
    assert "dawn" not in caplog.text
    assert API_KEY[-36:] not in caplog.text + repr(notify)


def test_a_key_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(SettingsError):
        Notify("hello", TEMPLATES)


async def test_each_channel_has_its_sender(api: NotifyApi, notify: Notify) -> None:
    both = ByChannel({PointChannel.SMS: notify})
    reference = await both.send(MOBILE, TEXT, "n")
    api.statuses[reference.partition(":")[2]] = "delivered"
    assert await both.delivered(reference) is True
    assert await both.delivered("email:<n@b>") is None
    with pytest.raises(SendingRefused):
        await both.send(POINT, TEXT, "n")


SET: dict[str, Any] = {
    "smtp_url": "",
    "smtp_from": "",
    "notify_key": "",
    "notify_templates": NotifyTemplates(),
    "notify_url": "http://127.0.0.1:9",
}


@pytest.mark.parametrize(
    ("given", "channels"),
    [
        ({"smtp_url": "smtp://mail.example", "smtp_from": "a@b.example"}, {"email"}),
        ({"notify_key": API_KEY, "notify_templates": TEMPLATES}, {"email", "sms"}),
        ({"notify_key": API_KEY, "notify_templates": NotifyTemplates(sms="t")}, {"sms"}),
    ],
)
def test_what_is_set_says_what_is_sent_by(given: dict[str, Any], channels: set[str]) -> None:
    made = by_channel(**SET | given)
    assert made is not None
    assert {each.value for each in made.senders} == channels


def test_nothing_set_sends_nothing() -> None:
    assert by_channel(**SET) is None


@pytest.mark.parametrize(
    "given", [{"smtp_url": "smtp://mail.example"}, {"notify_key": API_KEY}, {"notify_key": "x"}]
)
def test_half_of_a_sender_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        by_channel(**SET | given)
