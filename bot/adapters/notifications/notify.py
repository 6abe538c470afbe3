"""E-mail and SMS by GOV.UK Notify, through its own client, in a thread.

The templates are made on Notify's own pages, with the personalisations ``subject`` and ``text``.
Source: docs.notifications.service.gov.uk/python.html.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from bot.adapters.notifications.aside import aside
from bot.domain.errors import SendingRefused, SendingUnavailable, SettingsError
from bot.domain.on_call import AlertPoint, PointChannel
from bot.services.ports import AlertText

API_URL = "https://api.notifications.service.gov.uk"

TIMEOUT = 20
"""Seconds for one request."""

_ID = r"[0-9a-fA-F-]{36}"
_KEY = re.compile(rf".*{_ID}-{_ID}")

_ARRIVED = frozenset({"delivered"})
_WILL_NOT = frozenset({"permanent-failure", "temporary-failure", "technical-failure"})

# It would write the API's answers, with addresses in them, into the log.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class NotifyTemplates:
    """Ids of the templates. An empty one: Notify does not send by that channel."""

    email: str = ""
    sms: str = ""


@dataclass(frozen=True)
class Notify:
    """Sends by GOV.UK Notify."""

    api_key: str = field(repr=False)
    templates: NotifyTemplates
    url: str = API_URL
    timeout: int = TIMEOUT

    def __post_init__(self) -> None:
        """Raise ``SettingsError`` for a key that is none: the client would find out later."""
        if not _KEY.fullmatch(self.api_key):
            raise SettingsError("NOTIFY_API_KEY ends in two ids of 36 characters.")

    async def send(self, point: AlertPoint, text: AlertText, notice_id: str) -> str:
        """Hand one e-mail or SMS to Notify; Notify's id of it."""
        taken = await aside(partial(self._send, point, text, notice_id))
        reference = taken.get("id") if isinstance(taken, dict) else None
        if not isinstance(reference, str):
            raise SendingUnavailable("no id")
        return reference

    async def delivered(self, reference: str) -> bool | None:
        """What Notify says became of it."""
        found = await aside(partial(self._asked, reference))
        status = found.get("status") if isinstance(found, dict) else None
        if status in _ARRIVED:
            return True
        return False if status in _WILL_NOT else None

    def _send(self, point: AlertPoint, text: AlertText, notice_id: str) -> Any:
        client = self._client()
        try:
            if point.channel is PointChannel.SMS:
                return client.send_sms_notification(
                    point.address, self.templates.sms, {"text": text.short}, notice_id
                )
            words = {"subject": text.subject, "text": text.text}
            return client.send_email_notification(
                point.address, self.templates.email, words, notice_id
            )
        except APIError as error:
            raise _problem(error) from None

    def _asked(self, reference: str) -> Any:
        try:
            return self._client().get_notification_by_id(reference)
        except APIError as error:
            raise SendingUnavailable(str(error.status_code)) from None

    def _client(self) -> Any:
        # A client for each request: it is not safe to share between threads.
        make: Callable[..., Any] = NotificationsAPIClient
        return make(self.api_key, self.url, self.timeout)


def _problem(error: APIError) -> SendingRefused | SendingUnavailable:
    """400 is about this alert alone; a wrong key or template (403, 404) somebody mends."""
    code = str(error.status_code)
    return SendingRefused(code) if code == "400" else SendingUnavailable(code)
