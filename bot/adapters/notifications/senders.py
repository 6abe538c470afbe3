"""Which sender takes what: the mail server e-mails, Notify SMS, and e-mails where it alone is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.adapters.notifications.notify import Notify, NotifyTemplates
from bot.adapters.notifications.smtp import Smtp, mail_server
from bot.domain.errors import SendingRefused, SettingsError
from bot.domain.on_call import AlertPoint, PointChannel
from bot.services.ports import AlertText, Notifications


@dataclass(frozen=True)
class ByChannel:
    """A sender for each channel."""

    senders: Mapping[PointChannel, Notifications]

    async def send(self, point: AlertPoint, text: AlertText, notice_id: str) -> str:
        """Hand it to the channel's sender. ``SendingRefused`` where there is none."""
        sender = self.senders.get(point.channel)
        if sender is None:
            raise SendingRefused(f"Nothing sends by {point.channel}.")
        reference = await sender.send(point, text, notice_id)
        return f"{point.channel}:{reference}"

    async def delivered(self, reference: str) -> bool | None:
        """Ask the sender that took it."""
        channel, _, own = reference.partition(":")
        known = {each.value: sender for each, sender in self.senders.items()}
        return await known[channel].delivered(own) if channel in known else None


def by_channel(
    *,
    smtp_url: str,
    smtp_from: str,
    notify_key: str,
    notify_templates: NotifyTemplates,
    notify_url: str,
) -> ByChannel | None:
    """The senders that are set; None where none is. Raises ``SettingsError`` for half of one.

    E-mail goes by the mail server where one is set, else by GOV.UK Notify; SMS by Notify.
    """
    senders: dict[PointChannel, Notifications] = {}
    if notify_key:
        notify = Notify(notify_key, notify_templates, notify_url)
        if notify_templates.email:
            senders[PointChannel.EMAIL] = notify
        if notify_templates.sms:
            senders[PointChannel.SMS] = notify
        if not senders:
            raise SettingsError(
                "NOTIFY_API_KEY needs NOTIFY_EMAIL_TEMPLATE or NOTIFY_SMS_TEMPLATE."
            )
    if smtp_url:
        if not smtp_from:
            raise SettingsError("SMTP_URL needs SMTP_FROM, the sender's address.")
        senders[PointChannel.EMAIL] = Smtp(mail_server(smtp_url), smtp_from)
    return ByChannel(senders) if senders else None
