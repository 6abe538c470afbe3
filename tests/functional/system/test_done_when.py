"""From an empty home to a skill practised, a plan read, and a summary on the page."""

from __future__ import annotations

import pytest

from tests.functional.system.conftest import Served
from tests.functional.system.home import Made
from tests.functional.system.visiting import Visit

pytestmark = pytest.mark.xdist_group("system")

SENTENCE = "I'm at a 7 and about to shout at my mum"


def test_live_mode_refuses_while_words_are_unsigned(made: Made) -> None:
    assert made.refused.code == 4
    assert "unsigned" in made.refused.err
    for path in ("safety/replies.yml", "contacts/derbyshire.yml", "joining_messages.yml"):
        assert path in made.refused.err
        assert path in made.signed
    assert "Traceback" not in made.refused.err
    assert made.refused.out == ""


@pytest.mark.rasa
def test_the_first_whole_conversation(served: Served) -> None:
    asha = served.meets("Asha")

    welcome = asha.says(f"/start {served.made.codes['P-1']}")
    assert welcome.text.startswith("Hello Asha. Please read this first.")
    assert welcome.buttons == ("Join", "Not now")
    assert "Where do you live?" in asha.taps("Join").text
    for answer, next_question in (
        ("Derby city", "How old are you?"),
        ("18 to 34", "Does anyone else see this phone?"),
        ("No", "When is it safe for me to write to you first?"),
        ("In the evening", "seven quick questions about your health"),
        ("Go on", "heart trouble"),
        ("No", "faint"),
        ("No", "asthma"),
        ("No", "cold"),
        ("No", "water"),
        ("No", "eating disorder"),
        ("Not sure", "pregnant"),
        ("No", "That's everything."),
    ):
        assert next_question in asha.taps(answer).text

    offer = asha.says(SENTENCE)
    assert (offer.answered_by, offer.tier) == ("rasa", "none")
    skills = [label for label in offer.buttons if label.endswith(" min")]
    assert "STOP · 1 min" in skills
    first = asha.taps("STOP · 1 min")
    assert "stop" in first.text
    assert "0 to 10" not in first.text, "the 7 was said already"
    asha.taps("I've stopped")
    asha.taps("I've stepped back")
    asha.taps("I've looked")
    after = asha.taps("I know what I'll do")
    assert "10" in after.text
    assert "make things worse" in asha.says("6").text
    worse = asha.taps("It made things worse")
    assert "You did nothing wrong" in worse.text
    assert "note" in worse.text

    plan = asha.says("plan")
    assert plan.answered_by == "command"
    for words in ("Put the big light on.", "STOP on the back step.", "Jo Next-Door", "allotment"):
        assert words in plan.text

    _the_practitioner_sees_it(served)
    _the_report_says_the_same(served)


def _the_practitioner_sees_it(served: Served) -> None:
    with Visit(served.serving.url) as visit:
        visit.opens("/people/P-1")
        assert visit.path == "/sign-in", "nobody sees it signed out"
        today = visit.signs_in("dawn", served.made.passwords["dawn"])
        assert visit.path == "/today"
        assert "Asha" in today
        page = visit.opens("/people/P-1")
        assert visit.status == 200
    assert "STOP\n" in page
    assert "distress before 7 → , after 6" in page
    assert "made things worse (once)" in page
    assert "Asha said that this made things worse" in page
    assert "Opened their plan\nonce" in page
    assert "Put the big light on." in page
    assert "Agreed by Asha" in page
    assert "shout" not in page, "what she wrote is not on the page"


def _the_report_says_the_same(served: Served) -> None:
    report = served.home.report("P-1")
    assert report["plan"]["status"] == "agreed"
    assert len(report["plan_opened"]) == 1
    assert len(report["days_with_contact"]) in {1, 2}
    (skill,) = report["skills"]
    assert (skill["skill"], skill["times"], skill["worse"]) == ("STOP", 1, 1)
    (practice,) = skill["practices"]
    assert (practice["before"], practice["after"]) == (7, 6)
    assert (practice["result"], practice["finished"]) == ("worse", True)
    assert report["concerns"] == []
