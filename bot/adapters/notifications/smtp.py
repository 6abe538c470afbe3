"""E-mail by a mail server: smtplib in a thread, with TLS as the address says."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit

from bot.adapters.notifications.aside import aside
from bot.domain.errors import SendingRefused, SendingUnavailable, SettingsError
from bot.domain.on_call import AlertPoint
from bot.services.ports import AlertText

TIMEOUT = 15.0
"""Seconds for each step of the talk with the server."""

SENDS_WITHIN = 40.0
"""Seconds for the whole of one e-mail: a server that hangs keeps no other alert waiting."""

_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """Where and how. ``tls``: "starttls", "implicit" or "none"."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)


def mail_server(address: str) -> MailServer:
    """The server that ``smtp://user:password@host:587`` (with STARTTLS), ``smtps://…`` or
    ``smtp://host:25?tls=none`` names. Raises ``SettingsError``.
    """
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise SettingsError("SMTP_URL is not an address.") from None
    tls = parse_qs(parts.query).get("tls", ["starttls"])[-1]
    if parts.scheme not in _PORTS or not parts.hostname or tls not in {"starttls", "none"}:
        raise SettingsError("SMTP_URL is as smtps://user:password@host:465 or smtp://host:587.")
    return MailServer(
        parts.hostname,
        port or _PORTS[parts.scheme],
        "implicit" if parts.scheme == "smtps" else tls,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


@dataclass(frozen=True)
class Smtp:
    """Sends by a mail server. ``sender`` is the envelope's sender, and the letter's."""

    server: MailServer
    sender: str
    timeout: float = TIMEOUT

    async def send(self, point: AlertPoint, text: AlertText, notice_id: str) -> str:
        """Hand one e-mail to the server; its Message-ID, the same for the same alert."""
        message = EmailMessage()
        domain = self.sender.rpartition("@")[2]
        message["From"], message["To"] = self.sender, point.address
        message["Subject"], message["Date"] = text.subject, formatdate()
        message["Message-ID"] = f"<{notice_id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text.text)
        try:
            async with asyncio.timeout(SENDS_WITHIN):
                await aside(partial(self._send, message, point.address))
        except smtplib.SMTPRecipientsRefused as refused:
            raise _problem([code for code, _ in refused.recipients.values()]) from None
        except smtplib.SMTPDataError as refused:
            raise _problem([refused.smtp_code]) from None
        except (OSError, ValueError, smtplib.SMTPException) as problem:
            # A wrong password or sender too: somebody mends the setting, and it goes out then. What
            # the server said may hold the address: kind only. TimeoutError is an OSError.
            raise SendingUnavailable(type(problem).__name__) from None
        return str(message["Message-ID"])

    async def delivered(self, reference: str) -> bool | None:
        """A mail server does not say."""
        return None

    def _send(self, message: EmailMessage, to: str) -> None:
        server = self.server
        context = ssl.create_default_context()
        open_one = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=self.timeout, context=context)
            if server.tls == "implicit"
            else smtplib.SMTP(server.host, server.port, timeout=self.timeout)
        )
        with open_one as talk:
            if server.tls == "starttls":
                talk.starttls(context=context)
            if server.user:
                talk.login(server.user, server.password)
            talk.send_message(message, self.sender, [to])


def _problem(codes: list[int]) -> SendingRefused | SendingUnavailable:
    """5xx is for good, 4xx for now (RFC 5321, 4.2.1)."""
    said = " ".join(map(str, codes))
    for_good = all(500 <= each < 600 for each in codes)
    return SendingRefused(said) if for_good else SendingUnavailable(said)
