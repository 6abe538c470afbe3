"""Alerts off the screen: by mail server, or by GOV.UK Notify."""

from __future__ import annotations

from bot.adapters.notifications.notify import Notify, NotifyTemplates
from bot.adapters.notifications.senders import ByChannel, by_channel
from bot.adapters.notifications.smtp import MailServer, Smtp, mail_server

__all__ = [
    "ByChannel",
    "MailServer",
    "Notify",
    "NotifyTemplates",
    "Smtp",
    "by_channel",
    "mail_server",
]
