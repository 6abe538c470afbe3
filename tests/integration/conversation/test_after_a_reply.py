"""What follows a safety reply: buttons and words for them, other ways, silence, saying it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.audit import AuditEntry
from bot.domain.content import Content
from bot.domain.messages import ActKind
from bot.domain.on_call import TeamTimes
from bot.domain.safety_net import SafetyNet
from bot.services.ports import Work
from tests.integration.conversation.talk import Talk, begin

INTENT = "i want to kill myself"
ABUSE = "my husband hits me"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("ive rung them", "rung"),
        ("I rang samaritans", "rung"),
        ("yeah ive texted shout now", "rung"),
        ("my mum's here", "with_someone"),
        ("im with my sister", "with_someone"),
        ("cant ring", "cannot_ring"),
        ("I can't ring anyone", "cannot_ring"),
        ("they didn't answer", "cannot_ring"),
        ("not now", "not_now"),
    ],
)
async def test_words_are_taken_for_the_button_they_mean(asha: Talk, words: str, key: str) -> None:
    await asha.says(INTENT)
    answer = await asha.says(words)
    say = asha.companion.content.texts[f"safety.closing_{key}"].say
    if key == "cannot_ring":
        assert answer.text.split("\n\n")[0] in say
    else:
        assert "{" not in answer.text
        assert answer.text[:20] in {each[:20] for each in say}
    assert asha.rasa.heard == []
    (concern,) = await asha.concerns()
    assert concern.notes[-1].words == words


@pytest.mark.parametrize("words", ["i havent rung them", "mum rang about tea", "can you ring me"])
async def test_other_words_are_not(asha: Talk, words: str) -> None:
    await asha.says(INTENT)
    answer = await asha.says(words)
    closings = [
        text[:20]
        for key, each in asha.companion.content.texts.items()
        if key.startswith("safety.closing")
        for text in each.say
    ]
    assert answer.text[:20] not in closings


async def test_danger_in_the_words_comes_before_the_button_they_mean(asha: Talk) -> None:
    await asha.says(INTENT)
    answer = await asha.says("my mum is here but ive taken all my tablets")
    assert answer.tier.startswith("immediate")


async def test_the_same_words_mean_nothing_an_hour_later_or_out_of_the_blue(asha: Talk) -> None:
    await asha.says("my mums here")
    assert asha.rasa.heard
    await asha.says(INTENT)
    await asha.says("plan")
    await asha.says("my mums here")
    assert len(asha.rasa.heard) == 1, "taken, though the plan was shown in between"
    asha.clock.go(hours=2)
    await asha.says("my mums here")
    assert len(asha.rasa.heard) == 2


async def test_other_ways_come_one_at_a_time_and_in_their_order(asha: Talk) -> None:
    await asha.says(INTENT)
    said = [(await asha.taps("I can't ring")).text]
    said += [(await asha.taps("Another way")).text for _ in range(4)]
    ways = ["Jo Marker", "85258", "for me", "A&E", "999bsl.co.uk"]
    for place, (text, own) in enumerate(zip(said, ways, strict=True)):
        assert own in text, text
        assert not any(other in text for other in ways[place + 1 :] if other != "for me"), text
    assert len(set(said)) == len(said)
    assert "Jo Marker" in (await asha.taps("Another way")).text, "and round again"


async def test_somebody_on_the_plan_is_not_named_where_others_see_the_phone(talk: Talk) -> None:
    await talk.joins(others_see_phone="yes")
    first = await talk.says(INTENT)
    assert "Jo Marker" not in first.text
    assert "people" in first.text
    way = await talk.taps("I can't ring")
    assert "on your plan" in way.text
    assert "Jo Marker" not in way.text


async def test_said_again_it_gets_graver_and_names_a_person(asha: Talk) -> None:
    content = asha.companion.content
    first, second, third = [await asha.says(INTENT) for _ in range(3)]
    assert first.text.split("\n\n")[0][:30] in [
        each[:30] for each in content.replies["intent"].opening
    ]
    assert second.text.split("\n\n")[0] != first.text.split("\n\n")[0]
    assert "Jo Marker" not in second.text.split("\n\n")[0]
    assert "Jo Marker" in third.text.split("\n\n")[0]
    fourth = await asha.says(INTENT)
    assert "Jo Marker" in fourth.text.split("\n\n")[0]
    assert fourth.text.split("\n\n")[0] != third.text.split("\n\n")[0]


async def test_answers_to_a_reply_are_not_the_danger_said_again(asha: Talk) -> None:
    await asha.says(INTENT)
    for _ in range(3):
        await asha.says("cant ring")
    second = await asha.says(INTENT)
    assert "Jo Marker" not in second.text.split("\n\n")[0]


async def test_not_being_heard_counts_as_saying_it_again(asha: Talk) -> None:
    await asha.says(INTENT)
    answer = await asha.says("you're not listening")
    assert answer.tier == "immediate_crisis"
    assert "Jo Marker" in answer.text.split("\n\n")[1]


async def test_no_text_comes_twice_running_after_a_restart(
    tmp_path: Path, loaded: tuple[Content, SafetyNet]
) -> None:
    from bot.bootstrap import open_companion

    talk = await begin(tmp_path, loaded)
    await talk.joins(others_see_phone="no")
    first = await talk.says(INTENT)
    talk.clock.go(days=1)
    settings = talk.companion.settings
    await talk.companion.aclose()
    again = open_companion(settings, talk.clock, loaded=loaded)
    other = Talk(again, talk.clock, await again.desk(talk.rasa), talk.rasa)
    other._count = 100
    second = await other.says(INTENT)
    assert second.text.split("\n\n")[0] != first.text.split("\n\n")[0]
    assert second.text.split("\n\n")[-1] != first.text.split("\n\n")[-1]
    await again.aclose()


async def test_after_abuse_nothing_is_sent_unasked(asha: Talk) -> None:
    answer = await asha.says(ABUSE)
    assert answer.tier == "safeguarding"
    assert "0808 2000 247" not in answer.text, "not before it is safe to write"
    assert await _safety_sent(asha, minutes=20) == []
    assert "0808 2000 247" in (await asha.says("he's out")).text
    assert await _safety_sent(asha, hours=5) == []


async def test_intent_on_the_day_of_such_a_disclosure_is_not_written_after_either(
    asha: Talk,
) -> None:
    await asha.says(INTENT)
    await asha.says(ABUSE)
    await asha.says(INTENT)
    assert await _safety_sent(asha, minutes=20) == []
    await asha.says("cant do this")
    assert await _safety_sent(asha, minutes=20) == []


async def test_abuse_told_again_names_nobody(asha: Talk) -> None:
    for _ in range(3):
        answer = await asha.says(ABUSE)
        assert "Jo Marker" not in answer.text
        assert "999" in answer.text


async def _safety_sent(talk: Talk, **length: float) -> list[str]:
    later = await talk.after(**length)
    return [each.text for each in later.replies if each.kind.value == "safety"]


async def test_danger_to_somebody_else_gets_numbers_and_not_the_own_plan(asha: Talk) -> None:
    urgent = await asha.says("my friend says she is going to kill herself tonight")
    assert urgent.tier == "immediate_crisis"
    assert "Put the big light on." not in urgent.text, "the plan is not about them"
    assert "116 123" in urgent.text


async def test_a_check_for_a_request_comes_once_a_day(asha: Talk) -> None:
    line = "show me my crisis plan"
    first = await asha.says(line)
    assert "Put the big light on." in first.replies[0].text
    assert "Yes" in first.replies[-1].buttons[0].label
    await asha.says("no")
    second = await asha.says(line)
    assert second.replies, "answered all the same"
    assert "Yes" not in second.buttons
    asha.clock.go(days=1)
    assert "Yes" in (await asha.says(line)).buttons


async def test_good_news_is_met_first_and_never_with_silence(asha: Talk) -> None:
    line = "100 days without self harm today"
    first = await asha.says(line)
    opening = asha.companion.content.replies["good_news"].opening
    assert first.text.split("\n\n")[0] in opening
    await asha.says("no")
    again = await asha.says(line)
    assert again.replies


async def test_talk_about_practice_is_answered_before_the_question(asha: Talk) -> None:
    line = "how do i fill in urges to die 0 to 5 on my diary card"
    answer = await asha.says(line)
    assert len(answer.replies) == 2
    assert answer.replies[1].text in asha.companion.content.replies["practice_talk"].ask


async def test_a_no_that_was_sent_before_the_question_does_not_answer_it(asha: Talk) -> None:
    await asha.says("cant do this")
    await asha.does(ActKind.TEXT, text="no", sent_ago=timedelta(minutes=30))
    assert len((await asha.after(minutes=16)).replies) == 1, "it is still asked"


async def test_the_task_waits_as_long_as_the_team_has_set(asha: Talk) -> None:
    person = await asha.person()
    times = TeamTimes(person.team, ask_minutes=5)
    entry = AuditEntry(person.id, asha.clock.now(), "program", "set", "times")
    await asha.record.save(Work(put=[times], audit=[entry]))
    await asha.says("cant do this")
    await asha.after(minutes=16)
    assert await asha.tasks() == []
    await asha.after(minutes=6)
    assert len(await asha.tasks()) == 1


async def test_some_of_it_on_purpose_is_an_overdose(asha: Talk) -> None:
    await asha.says("I took two of my tablets by mistake")
    answer = await asha.says("some of it was on purpose")
    assert answer.tier == "immediate_crisis"
    assert "packets" in answer.text
    assert "I can't ring" in answer.buttons


async def test_rules_that_break_on_requests_do_not_silence_danger(
    asha: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: SafetyNet, text: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(SafetyNet, "requests", broken)
    monkeypatch.setattr(SafetyNet, "answer_to_ask", broken)
    answer = await asha.says(INTENT)
    assert "999" in answer.text
    assert (await asha.says("cant do this")).buttons
    assert (await asha.says("no")).replies


async def test_the_team_is_told_from_its_own_times_and_bank_holidays(asha: Talk) -> None:
    asha.desk = replace(asha.desk, is_holiday=lambda day: day.isoformat() == "2026-03-03")
    assert "after 9am on Wednesday" in (await asha.says(INTENT)).text
