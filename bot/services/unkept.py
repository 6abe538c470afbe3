"""Danger that could not be written down: the person is told all the same, without the record."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.domain.contact_places import ENGLAND, to_show
from bot.domain.errors import CompanionError
from bot.domain.messages import Act, ActKind, Reply, ReplyKind, Said
from bot.domain.people import Address
from bot.domain.safety_net import SafetyNet, Tier
from bot.domain.wording import filled
from bot.services.delivery import Sender
from bot.services.ports import Clock, ContentSource, Record

REMEMBERED = 500
"""Acts that were kept and are not answered yet, and acts that were told of, at most."""

AGAIN_AFTER = timedelta(seconds=20)
"""Whoever was told less than this ago has it on their screen."""

log = structlog.get_logger(__name__)

_WORDS = frozenset({ActKind.TEXT, ActKind.EDITED, ActKind.PICTURE, ActKind.VOICE, ActKind.OTHER})


@dataclass
class Unkept:
    """What the channels and the workers of one process turn to when the store fails.

    ``net`` judges by rules. Nothing of this outlives the process, and nothing of it is logged.
    """

    content: ContentSource
    net: SafetyNet
    clock: Clock
    region: str = ENGLAND
    senders: dict[str, Sender] = field(default_factory=dict)
    _waiting: OrderedDict[str, Said] = field(default_factory=OrderedDict)
    _told: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)
    _last: OrderedDict[tuple[str, str], datetime] = field(default_factory=OrderedDict)
    _times: OrderedDict[tuple[str, str], int] = field(default_factory=OrderedDict)

    def sends(self, channel: str, sender: Sender) -> None:
        """Let ``sender`` carry what has to be said on a channel."""
        self.senders[channel] = sender

    def kept(self, act_id: str, said: Said) -> None:
        """An act was put in the inbox: it waits for its answer."""
        self._waiting[act_id] = said
        _bound(self._waiting)

    def answered(self, act_id: str) -> None:
        """An act was answered, and that was saved."""
        self._waiting.pop(act_id, None)

    async def not_kept(self, said: Said) -> bool:
        """An act could not even be put in the inbox. Returns whether the person was told."""
        return self._is_due(said) and await self._tell(said)

    async def not_saved(self, act: Act, record: Record, *, is_safety: bool) -> None:
        """An act's answer could not be saved. ``is_safety``: it was the safety net's.

        Whose it is stands in the record where another process took it in.
        """
        said = self._waiting.get(act.id)
        if said is None and act.kind is not ActKind.TIMER:
            with suppress(CompanionError):
                address = await record.get(Address, act.address_id)
                said = _as_said(act, address) if address else None
        if said is not None and (is_safety or self._is_due(said)):
            await self._tell(said)

    async def nothing_saved(self) -> None:
        """The inbox itself cannot be worked on: tell whoever waits for an answer to danger."""
        for said in tuple(self._waiting.values()):
            if self._is_due(said):
                await self._tell(said)

    def _is_due(self, said: Said) -> bool:
        """Words that the net would answer, or a button of a safety reply."""
        if said.kind is ActKind.BUTTON:
            return said.text in set(self._labels())
        if said.kind not in _WORDS or not said.text.strip():
            return False
        try:
            return self.net.judge_by_rules(said.text).tier is not Tier.NONE
        except Exception as problem:
            log.error("safety_net_failed", problem=type(problem).__name__)
            return True

    def _labels(self) -> Iterator[str]:
        content = self.content.current()
        yield from (label for shown in content.closings.values() for label, _, _ in shown)
        yield from content.relay_labels.values()

    async def _tell(self, said: Said) -> bool:
        sender = self.senders.get(said.channel)
        key, address = (said.channel, said.provider_id), (said.channel, said.address)
        if sender is None or key in self._told:
            return False
        last = self._last.get(address)
        if last is not None and self.clock.now() - last < AGAIN_AFTER:
            self._told[key] = None
            _bound(self._told)
            return False
        try:
            await sender.send(said.address, Reply(self._text(said), kind=ReplyKind.SAFETY), [])
        except Exception as problem:
            log.error("not_told", channel=said.channel, problem=type(problem).__name__)
            return False
        log.error("told_without_record", channel=said.channel)
        self._told[key] = None
        self._last[address] = self.clock.now()
        _bound(self._told)
        _bound(self._last)
        return True

    def _text(self, said: Said) -> str:
        """The next wording for this address, and national numbers: nothing is known of anybody."""
        content = self.content.current()
        say = content.texts["safety.could_not_save"].say
        address = (said.channel, said.address)
        times = self._times[address] = self._times.get(address, -1) + 1
        _bound(self._times)
        ways = {name: forms["say"] for name, forms in content.ways.items()}
        numbers = to_show(
            content.contacts,
            now=self.clock.now(),
            region=self.region,
            age=None,
            purposes=("crisis",),
        )
        lines = "\n".join(f"{each.name}: {each.reach} ({each.hours_text})" for each in numbers)
        return f"{filled(say[times % len(say)], ways)}\n{lines}"


def _as_said(act: Act, address: Address) -> Said:
    return Said(act.channel, address.value, act.id, act.kind, act.sent_at, act.text, act.token)


def _bound(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
