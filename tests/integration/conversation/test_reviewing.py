"""What is kept of the net's word, who reviews it, and what they see of it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import structlog

from bot.domain.audit import AuditEntry
from bot.domain.content import Content
from bot.domain.errors import BadInput, NotAllowedNow, NotFound, NotPermitted
from bot.domain.looks import looks
from bot.domain.people import Role, Staff
from bot.domain.safety_net import SafetyNet
from bot.domain.safety_review import Reviewed, ReviewItem, ReviewStatus
from bot.domain.safety_sampling import Rates
from tests.integration.conversation.talk import Talk, begin

DANGER = "Asha here, I want to kill myself tonight, dont tell Jo Marker or ring 07700 900123"
CHECK = "I can't see the point of anything any more"
ALL = Rates(1, 1, 1, 1, 1)
NEVER = Rates(*(10**12 for _ in range(5)))


async def _items(talk: Talk) -> list[ReviewItem]:
    found: list[ReviewItem] = await talk.record.find(ReviewItem, order="at")
    return found


def _drawing(talk: Talk, rates: Rates, *, told: bool = True) -> None:
    review = talk.desk.content.review
    told_by = review.told_by if told else frozenset({"0" * 64})
    review = replace(review, rates=rates, told_by=told_by)
    talk.desk = replace(talk.desk, content=replace(talk.desk.content, review=review))


async def _reviewer(talk: Talk, role: Role = Role.SAFETY_REVIEWER) -> Staff:
    return await talk.companion.staff.add(
        username="sal",
        name="Sal Reviewer",
        role=role,
        team="peak",
        password="a long pass word",
        by=None,
    )


async def _audit(talk: Talk) -> list[AuditEntry]:
    found: list[AuditEntry] = await talk.record.audit_of(await talk.subject())
    return found


@pytest.fixture
async def reviewed(asha: Talk) -> tuple[Talk, Staff, str]:
    """Asha, who wrote of danger, its reviewer, and the item's id."""
    _drawing(asha, NEVER)
    await asha.says("hello there")
    await asha.says(DANGER)
    (item,) = await _items(asha)
    return asha, await _reviewer(asha), item.id


async def test_a_verdict_is_kept_without_a_word_of_the_message(asha: Talk) -> None:
    with structlog.testing.capture_logs() as logs:
        await asha.says(DANGER)
    kept = [each for each in await _audit(asha) if each.thing == "message"][-1]
    assert set(kept.details) == {"act", "answered_by", "tier", "rules", "spans", "versions"}
    assert kept.details["tier"] == "immediate_crisis"
    assert kept.details["rules"]
    start, end = map(int, kept.details["spans"].split()[0].split("-"))
    assert "kill" in DANGER[start:end]
    assert kept.details["versions"] == asha.desk.net.version
    (line,) = [each for each in logs if each["event"] == "judged"]
    for name in ("act", "tier", "rules", "spans", "versions"):
        assert line[name] == kept.details[name]
    written = repr([asdict(each) for each in await _audit(asha)]) + repr(logs)
    for word in ("tonight", "Marker", "07700"):
        assert word not in written


def test_the_version_names_rules_and_model(loaded: tuple[Content, SafetyNet]) -> None:
    net = loaded[1]
    assert net.version.startswith("rules:")
    assert len(net.version) == len("rules:") + 12
    scored = net.scored_by(lambda _, __: 0.0, net._thresholds, "abc")
    assert scored.version == f"{net.version} model:abc"


async def test_the_joining_text_that_is_shown_says_so_and_its_hash_is_listed(asha: Talk) -> None:
    content = asha.companion.content
    say = content.texts["joining_text"].say
    assert "a named person reads some messages" in say[0]
    assert hashlib.sha256("\0".join(say).encode()).hexdigest() in content.review.told_by, (
        "the joining text was changed: put its new hash into skills_content/safety/review.yml"
    )


async def test_danger_is_always_put_up_for_review(asha: Talk) -> None:
    _drawing(asha, NEVER)
    await asha.says("hello there")
    await asha.says(DANGER)
    (item,) = await _items(asha)
    assert (item.tier, item.stratum, item.status) == (
        "immediate_crisis", "all 1/1", ReviewStatus.WAITING,
    )  # fmt: skip
    assert item.family == "plan_or_means"
    assert item.subject == await asha.subject()
    messages = await asha.record.messages_of(item.subject)
    assert next(each for each in messages if each.id == item.act_id).words == DANGER


async def test_a_typed_yes_to_the_direct_question_is_put_up_too(asha: Talk) -> None:
    _drawing(asha, NEVER)
    await asha.says(CHECK)
    assert asha.last.tier == "check"
    await asha.says("yes i think so")
    assert [each.tier for each in await _items(asha)] == ["immediate_crisis"]


async def test_others_are_drawn_at_their_rates(asha: Talk) -> None:
    _drawing(asha, replace(NEVER, check=1))
    await asha.says("hello there")
    await asha.says(CHECK)
    assert [each.tier for each in await _items(asha)] == ["check"]
    _drawing(asha, ALL)
    await asha.says("hello again")
    assert [each.tier for each in await _items(asha)] == ["check", "none"]
    assert (await _items(asha))[-1].stratum.endswith(" 1/1")


async def test_a_tap_or_a_standing_word_is_no_message_to_review(asha: Talk) -> None:
    _drawing(asha, ALL)
    await asha.says("plan")
    await asha.says("contacts")
    await asha.says(DANGER)
    await asha.taps("I can't ring")
    assert [each.tier for each in await _items(asha)] == ["immediate_crisis"]


async def test_nobody_is_reviewed_who_was_not_told(asha: Talk) -> None:
    _drawing(asha, ALL, told=False)
    await asha.says(DANGER)
    await asha.says("hello")
    assert await _items(asha) == []


async def test_a_guest_is_never_reviewed(talk: Talk) -> None:
    _drawing(talk, ALL)
    await talk.says(DANGER)
    await talk.says("hello")
    assert await _items(talk) == []


async def test_a_reviewer_reads_it_without_names_and_the_person_can_see_who(
    reviewed: tuple[Talk, Staff, str],
) -> None:
    talk, sal, item_id = reviewed
    talk.clock.go(minutes=1)
    shown = await talk.companion.safety_reviews.show(item_id, by=sal)
    assert shown.words == (
        "[name] here, I want to kill myself tonight, dont tell [name] or ring [number]"
    )
    assert (shown.before, shown.after) == ((), ())
    look = looks(await _audit(talk))[0]
    assert (look.staff_id, look.did) == (
        sal.id, "read a message of yours, with names taken out, to check on me",
    )  # fmt: skip
    assert "Sal Reviewer read a message of yours" in (await talk.says("who has seen my plan?")).text


async def test_messages_around_it_are_shown_for_a_reason_alone(
    reviewed: tuple[Talk, Staff, str],
) -> None:
    talk, sal, item_id = reviewed
    reviews = talk.companion.safety_reviews
    with pytest.raises(BadInput):
        await reviews.show(item_id, by=sal, around=True, reason=" ")
    shown = await reviews.show(item_id, by=sal, around=True, reason="unclear who is meant")
    assert len(shown.before) == 3
    assert any(each.words == "hello there" for each in shown.before)
    assert len(shown.after) >= 1
    assert not any(each.is_theirs for each in shown.after)
    everything = " ".join(each.words or "" for each in (*shown.before, *shown.after))
    for name in ("Asha", "Jo ", "Marker", "07700 900555"):
        assert name not in everything
    entry = (await _audit(talk))[-1]
    assert (entry.action, entry.thing) == ("see", "reviewed_message")
    assert entry.details["reason"] == "unclear who is meant"


async def test_words_that_have_gone_make_it_gone(reviewed: tuple[Talk, Staff, str]) -> None:
    talk, sal, item_id = reviewed
    reviews = talk.companion.safety_reviews
    (concern,) = await talk.concerns()
    dawn = await talk.companion.staff.named("dawn")
    await talk.companion.alerts.take("P-1", concern.id, by=dawn)
    await talk.companion.alerts.close("P-1", concern.id, by=dawn, note="Rang")
    talk.clock.go(days=89)
    await talk.record.shorten_messages(talk.clock.now())
    assert (await reviews.show(item_id, by=sal)).words is not None
    talk.clock.go(days=2)
    await talk.record.shorten_messages(talk.clock.now())
    assert await reviews.next(by=sal) is None
    shown = await reviews.show(item_id, by=sal)
    assert (shown.words, shown.item.status) == (None, ReviewStatus.GONE)
    assert await reviews.waiting(by=sal) == []
    with pytest.raises(NotAllowedNow):
        await reviews.decide(item_id, Reviewed.RIGHT, by=sal)


async def test_a_finding_is_kept_and_the_item_waits_no_more(
    reviewed: tuple[Talk, Staff, str],
) -> None:
    talk, sal, item_id = reviewed
    reviews = talk.companion.safety_reviews
    first = await reviews.next(by=sal)
    assert first is not None
    assert first.item.id == item_id
    with pytest.raises(BadInput):
        await reviews.decide(item_id, Reviewed.NOT_YET, by=sal)
    await reviews.decide(item_id, Reviewed.OTHER_FAMILY, by=sal, note="a plan, not intent")
    (kept,) = await _items(talk)
    assert (kept.status, kept.finding, kept.reviewer, kept.note) == (
        ReviewStatus.REVIEWED, Reviewed.OTHER_FAMILY, sal.id, "a plan, not intent",
    )  # fmt: skip
    assert kept.reviewed_at == talk.clock.now()
    assert await reviews.next(by=sal) is None
    assert "a plan, not intent" not in repr(await _audit(talk))
    assert (await reviews.findings(by=sal)).findings["other_family"] == 1
    assert (await reviews.findings(by=sal, since=talk.clock.now())).counts["reviewed"] == 1
    assert (await reviews.findings(by=sal, until=kept.at)).counts["reviewed"] == 0


async def test_the_gravest_comes_first(asha: Talk) -> None:
    _drawing(asha, ALL)
    for words in ("hello there", CHECK, DANGER):
        await asha.says(words)
    found = await asha.companion.safety_reviews.waiting(by=await _reviewer(asha))
    assert [each.tier for each in found] == ["immediate_crisis", "check", "none"]


@pytest.mark.parametrize("role", [each for each in Role if each not in {
    Role.SAFETY_REVIEWER, Role.SERVICE_USER, Role.CARER}])  # fmt: skip
async def test_nobody_else_may(
    tmp_path: Path, loaded: tuple[Content, SafetyNet], role: Role
) -> None:
    talk = await begin(tmp_path, loaded, plan=None)
    await talk.joins()
    await talk.says(DANGER)
    (item,) = await _items(talk)
    staff, reviews = await _reviewer(talk, role), talk.companion.safety_reviews
    before = await _audit(talk)
    for refused in (
        reviews.waiting(by=staff),
        reviews.next(by=staff),
        reviews.show(item.id, by=staff),
        reviews.decide(item.id, Reviewed.RIGHT, by=staff),
        reviews.findings(by=staff),
    ):
        with pytest.raises(NotPermitted):
            await refused
    assert await _audit(talk) == before
    await talk.companion.aclose()


async def test_an_unknown_item_is_not_found(reviewed: tuple[Talk, Staff, str]) -> None:
    talk, sal, _ = reviewed
    with pytest.raises(NotFound):
        await talk.companion.safety_reviews.show("nothing", by=sal)
