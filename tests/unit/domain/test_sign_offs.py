"""A sign-off is bound to a file as it was: a changed file is unsigned again."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.content import ContentItem
from bot.domain.sign_offs import SignOff, unsigned

AT = datetime(2026, 3, 2, tzinfo=UTC)

STOP = ContentItem("dbt/stop.yml", "skills", "aaa", needed_live=False)
REPLIES = ContentItem("safety/replies.yml", "safety", "bbb", needed_live=True)


def signed(path: str, digest: str) -> SignOff:
    return SignOff("o1", path, digest, "s1", AT)


def test_what_nobody_signed_is_unsigned_in_its_order() -> None:
    assert unsigned([REPLIES, STOP], []) == [REPLIES, STOP]
    assert unsigned([], [signed("dbt/stop.yml", "aaa")]) == []


def test_a_signed_file_is_signed_whoever_else_signed_it() -> None:
    sign_offs = [signed("dbt/stop.yml", "aaa"), signed("dbt/stop.yml", "aaa")]
    assert unsigned([REPLIES, STOP], sign_offs) == [REPLIES]


def test_a_changed_file_is_unsigned_again() -> None:
    assert unsigned([STOP], [signed("dbt/stop.yml", "before")]) == [STOP]


def test_a_file_that_is_changed_back_is_signed_as_it_was() -> None:
    sign_offs = [signed("dbt/stop.yml", "aaa"), signed("dbt/stop.yml", "later")]
    assert unsigned([STOP], sign_offs) == []


def test_the_same_words_in_another_file_are_not_signed_with_it() -> None:
    assert unsigned([STOP], [signed("scm/stop.yml", "aaa")]) == [STOP]
