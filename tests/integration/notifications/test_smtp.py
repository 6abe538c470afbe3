"""E-mails by a real mail server, and every way in which one fails."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.notifications import MailServer, Smtp, mail_server
from bot.adapters.notifications import smtp as smtp_module
from bot.domain.errors import SendingRefused, SendingUnavailable, SettingsError
from bot.domain.on_call import AlertPoint, PointChannel, PointOf
from bot.services.ports import AlertText
from tests.integration.notifications.mail import (
    MailBox,
    certificate,
    mail_box,
    only_with_password,
    tls_of,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
POINT = AlertPoint("p-1", PointOf.STAFF, "s-1", PointChannel.EMAIL, "dawn@trust.example", NOW)
TEXT = AlertText("An alert needs you", "An alert needs you: open the companion.", "short")


def sender(box: MailBox, **more: object) -> Smtp:
    server = MailServer("127.0.0.1", box.port, "none")
    return Smtp(replace(server, **more), "alerts@trust.example", timeout=2)  # type: ignore[arg-type]


async def test_an_email_arrives_as_it_was_given() -> None:
    with mail_box() as box:
        reference = await sender(box).send(POINT, TEXT, "notice-1")
        assert await sender(box).delivered(reference) is None
    (letter,) = box.letters
    assert box.envelopes == [("alerts@trust.example", ["dawn@trust.example"])]
    assert letter["Subject"] == "An alert needs you"
    assert letter["Message-ID"] == reference == "<notice-1@trust.example>"
    body = letter.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().strip() == TEXT.text


async def test_a_refusal_for_good_and_one_for_now_are_told_apart() -> None:
    with mail_box() as box:
        box.answer = "550 No such user dawn@trust.example"
        with pytest.raises(SendingRefused) as refused:
            await sender(box).send(POINT, TEXT, "n")
        assert "dawn" not in str(refused.value)
        box.answer = "451 Later"
        with pytest.raises(SendingUnavailable):
            await sender(box).send(POINT, TEXT, "n")


async def test_a_server_that_is_not_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = MailServer("127.0.0.1", probe.getsockname()[1], "none")
        with pytest.raises(SendingUnavailable):
            await Smtp(nobody, "a@b.example", timeout=2).send(POINT, TEXT, "n")


async def test_a_server_that_hangs_costs_a_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_module, "SENDS_WITHIN", 0.5)
    with mail_box() as box:
        box.hangs.set()
        began = asyncio.get_running_loop().time()
        with pytest.raises(SendingUnavailable):
            await sender(box).send(POINT, TEXT, "n")
        assert asyncio.get_running_loop().time() - began < 2
    assert box.letters == []


@pytest.mark.parametrize("way", ["starttls", "implicit"])
async def test_tls_is_spoken_and_the_certificate_checked(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path)
    options = (
        {"ssl_context": tls_of(pem)}
        if way == "implicit"
        else {"tls_context": tls_of(pem), "require_starttls": True}
    )
    with mail_box(**options) as box:
        with pytest.raises(SendingUnavailable):
            await sender(box, tls=way).send(POINT, TEXT, "n")
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        await sender(box, tls=way).send(POINT, TEXT, "n")
    assert len(box.letters) == 1


async def test_without_tls_on_offer_nothing_is_sent_in_the_clear() -> None:
    with mail_box() as box, pytest.raises(SendingUnavailable):
        await sender(box, tls="starttls").send(POINT, TEXT, "n")
    assert box.letters == []


async def test_signing_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    options = {"authenticator": only_with_password, "tls_context": tls_of(pem)}
    with mail_box(auth_required=True, **options) as box:
        right = sender(box, tls="starttls", user="user", password="pass@word")
        await right.send(POINT, TEXT, "n")
        # Somebody mends the setting: until then it is tried again.
        wrong = sender(box, tls="starttls", user="user", password="wrong")
        with pytest.raises(SendingUnavailable):
            await wrong.send(POINT, TEXT, "n")
        assert "pass@word" not in repr(right)


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 587, "starttls")),
        ("smtps://mail.example", MailServer("mail.example", 465, "implicit")),
        ("smtp://127.0.0.1:25?tls=none", MailServer("127.0.0.1", 25, "none")),
        (
            "smtp://a%40b:p%2Fw@mail.example:2525",
            MailServer("mail.example", 2525, "starttls", "a@b", "p/w"),
        ),
    ],
)
def test_an_address_says_where_and_how(address: str, server: MailServer) -> None:
    assert mail_server(address) == server


@pytest.mark.parametrize(
    "address",
    ["mail.example", "http://mail.example", "smtp://", "smtp://m:x", "smtp://m?tls=maybe"],
)
def test_what_is_no_address_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(SettingsError) as refused:
        mail_server(address)
    assert "SMTP_URL" in str(refused.value)
