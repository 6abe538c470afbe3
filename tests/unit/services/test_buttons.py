"""Signed button tokens: what goes in comes out, for its own subject alone."""

from __future__ import annotations

from base64 import urlsafe_b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.keys import KeyRing
from bot.domain.errors import BadInput
from bot.domain.messages import Press, SubjectId
from bot.services.buttons import LONGEST, seal, unseal

ASHA = SubjectId("01JD0ASHA0000000000000ASHA")
BEN = SubjectId("01JD0BEN00000000000000BEN0")
RUN = "01JD3S0RZ4Q8V7T6M5N4K3J2H1"

names = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=20)
presses = st.one_of(
    st.builds(
        Press,
        st.just("step"),
        names.map(lambda name: name[:16]),
        names.map(lambda step: f"{RUN}:{step}"),
    ),
    st.builds(Press, st.sampled_from(["ask", "concern"]), names, st.just(RUN)),
    st.builds(Press, st.sampled_from(["command", "skill"]), names),
)


SECRETS = KeyRing("k1", {"k1": b"m" * 32}, b"one index key".ljust(32))
OLDER = KeyRing("k1", {"k1": b"m" * 32}, b"an older one".ljust(32))


@given(presses)
def test_a_press_comes_back_from_at_most_sixty_four_bytes(press: Press) -> None:
    token = seal(press, ASHA, SECRETS)
    assert len(token.encode()) <= LONGEST
    back = unseal(token, ASHA, SECRETS)
    assert back is not None
    assert (back.to, back.value) == (press.to, press.value)
    assert press.ref.endswith(back.ref)


def test_the_longest_step_press_fits() -> None:
    press = Press("step", "v" * 16, f"{RUN}:{'s' * 20}")
    back = unseal(seal(press, ASHA, SECRETS), ASHA, SECRETS)
    assert back == Press("step", "v" * 16, f"{RUN[-8:]}:{'s' * 20}")


def test_an_id_without_a_step_is_carried_whole() -> None:
    press = Press("concern", "cannot_ring", RUN)
    assert unseal(seal(press, ASHA, SECRETS), ASHA, SECRETS) == press


def test_another_subjects_token_says_nothing() -> None:
    assert unseal(seal(Press("command", "plan"), ASHA, SECRETS), BEN, SECRETS) is None


def test_a_token_of_another_key_says_nothing() -> None:
    token = seal(Press("command", "plan"), ASHA, OLDER)
    assert unseal(token, ASHA, SECRETS) is None


@given(press=presses, at=st.integers(0, 63), put=st.characters(exclude_categories=["Cs"]))
def test_one_changed_character_says_nothing(press: Press, at: int, put: str) -> None:
    token = seal(press, ASHA, SECRETS)
    at %= len(token)
    changed = token[:at] + put + token[at + 1 :]
    assert changed == token or unseal(changed, ASHA, SECRETS) is None


@given(st.text(max_size=80))
def test_made_up_tokens_say_nothing(token: str) -> None:
    assert unseal(token, ASHA, SECRETS) is None


def test_eight_bytes_of_signature_guard_it() -> None:
    token = seal(Press("command", "plan"), ASHA, SECRETS)
    signed = f"{ASHA}\ncplan|".encode()
    assert urlsafe_b64decode(token[:11] + "=") == SECRETS.sign("button", signed, 8)


@pytest.mark.parametrize(
    "press",
    [
        Press("somewhere", "plan"),
        Press("command", "v" * 60),
        Press("command", "a|b"),
        Press("command", "two words"),
        Press("command", "café"),
        Press("step", "yes", "run|id:step"),
    ],
)
def test_a_press_that_cannot_be_carried_is_refused(press: Press) -> None:
    with pytest.raises(BadInput):
        seal(press, ASHA, SECRETS)
