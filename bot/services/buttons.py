"""What a button carries: a short signed reference to what it answers.

A token is at most 64 bytes, the most that Telegram keeps with a button (Bot API,
InlineKeyboardButton.callback_data). It is eleven characters of signature, one for where the press
goes, the value, "|" and the reference. A reference "RUNID:STEP" carries only the last eight
characters of the run's id, so whoever receives a press compares ids with ``endswith``; a
reference without a step is carried whole.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode

from bot.domain.errors import BadInput
from bot.domain.messages import Press, SubjectId
from bot.services.ports import Secrets

LONGEST = 64
"""Bytes in a token at most."""

RUN_ID_KEPT = 8
"""Characters of a run's id that a token carries: its last ones, where ids of one minute differ."""

_SIGNATURE_BYTES = 8
_SIGNATURE_LENGTH = 11
_TARGETS = {"c": "command", "s": "skill", "t": "step", "a": "ask", "o": "concern", "f": "after"}
_LETTERS = {target: letter for letter, target in _TARGETS.items()}
_PLAIN = re.compile(r"[\x21-\x7b\x7d\x7e]*")


def seal(press: Press, subject: SubjectId, secrets: Secrets) -> str:
    """A token for one press, good for one subject only.

    Raises ``BadInput`` where the press does not fit: an unknown target, characters other than
    printable ASCII, or value and reference together over 51 characters.
    """
    letter = _LETTERS.get(press.to)
    body = f"{letter}{press.value}|{_shortened(press.ref)}"
    fits = len(body) + _SIGNATURE_LENGTH <= LONGEST
    plain = _PLAIN.fullmatch(press.value) and _PLAIN.fullmatch(press.ref)
    if letter is None or not fits or not plain:
        raise BadInput(f"A button cannot carry {press.to} {press.value}.")
    return _signature(body, subject, secrets) + body


def unseal(token: str, subject: SubjectId, secrets: Secrets) -> Press | None:
    """The press in a token, or None: forged, another subject's, or of another key or form."""
    signature, body = token[:_SIGNATURE_LENGTH], token[_SIGNATURE_LENGTH:]
    if not body.isascii() or not signature.isascii():
        return None
    if not hmac.compare_digest(signature, _signature(body, subject, secrets)):
        return None
    target = _TARGETS.get(body[:1])
    value, bar, ref = body[1:].partition("|")
    return Press(target, value, ref) if target and bar else None


def _shortened(ref: str) -> str:
    run, colon, step = ref.partition(":")
    return f"{run[-RUN_ID_KEPT:]}:{step}" if colon else ref


def _signature(body: str, subject: SubjectId, secrets: Secrets) -> str:
    signed = secrets.sign("button", f"{subject}\n{body}".encode(), _SIGNATURE_BYTES)
    return urlsafe_b64encode(signed).rstrip(b"=").decode()
