"""What would tell whose message it is goes; what was said stays readable."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.names_removed import Known, without_names

KNOWN = Known(
    names=(
        "Asha Marker",
        "Ash",
        "Zoë Smith-Jones",
        "Siobhán O'Brien",
        "Jo Bracken (sister)",
        "My key worker Dr Lee Moss",
        "Mum",
        "Crisis team",
    ),
    others=("Will Hargreaves", "Priya Nair"),
    codes=("P-1", "943 476 5919"),
    born=date(1990, 2, 3),
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Asha", "[name]"),
        ("i told asha marker everything", "i told [name] everything"),
        ("MARKER", "[name]"),
        ("Asha's tablets", "[name] tablets"),
        ("ashas tablets", "[name] tablets"),
        ("ASHA’S tablets", "[name] tablets"),
        ("the Brackens' house", "the [name] house"),
        ("ashaaaa please", "[name] please"),
        ("it's ash x", "it's [name] x"),
        ("zoe hates me", "[name] hates me"),
        ("ZOË", "[name]"),
        ("Zoe\u0308 too", "[name] too"),
        ("A\u200bsha", "[name]"),
        ("smith jones", "[name]"),
        ("smithjones", "[name]"),
        ("Jones", "[name]"),
        ("siobhan obrien", "[name]"),
        ("o brien", "[name]"),
        ("O’Brien", "[name]"),
        ("(jo)", "([name])"),
        ("jo,lee and moss", "[name],[name] and [name]"),
        ("jo-lee", "[name]-[name]"),
        ("_asha_ asha2", "_[name]_ [name]2"),
        ("\uff21\uff53\uff48\uff41", "[name]"),
        ("priya said so", "[name] said so"),
        ("will hargreaves said so", "[name] said so"),
    ],
)
def test_names_in_any_spelling_go(written: str, shown: str) -> None:
    assert without_names(written, KNOWN) == shown


@pytest.mark.parametrize(
    "written",
    [
        "I will kill myself",
        "my mum, the crisis team and my sister know",
        "I ate ashes. The cashier had a marketing job",
        "took 30 20 10 and 5 tablets at 10.30",
        "I've been low since 2019, 24/7",
        "5 minutes down the road",
        "nair said so, m8, gr8, b4 2nite",
        "one in 3/4 of the days",
        "",
    ],
)
def test_what_tells_nobody_stays(written: str) -> None:
    assert without_names(written, KNOWN) == written


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ring 07700 900123 now", "ring [number] now"),
        ("+44 7700 900 123", "[number]"),
        ("0044 7700900123", "[number]"),
        ("(0115) 496 0000", "[number]"),
        ("07700-900-123.", "[number]."),
        ("nhs 943 476 5919", "nhs [number]"),
        ("9434765919", "[number]"),
        ("943-476-5919", "[number]"),
        ("account 12345678", "account [number]"),
        ("asha.marker@mail.example.co.uk", "[e-mail]"),
        ("see https://example.org/asha?x=1 ok", "see [address] ok"),
        ("i'm @asha_m there", "i'm [address] there"),
        ("DE1 2AB", "[postcode]"),
        ("at de12ab now", "at [postcode] now"),
        ("sw1a 1aa", "[postcode]"),
        ("born 03/02/1990", "born [date]"),
        ("3.2.90", "[date]"),
        ("1990-02-03", "[date]"),
        ("3rd of February 1990", "[date]"),
        ("Feb 3, 1990", "[date]"),
        ("my birthday is 3 feb", "my birthday is [date]"),
        ("on february the 3rd", "on [date]"),
        ("3/2 is my day", "[date] is my day"),
        ("14 Mill Lane", "[address]"),
        ("flat 2, 14b old mill road", "[address]"),
        ("I am p-1", "I am [number]"),
    ],
)
def test_ways_to_somebody_go(written: str, shown: str) -> None:
    assert without_names(written, KNOWN) == shown


def test_several_at_once_and_nothing_between_them_is_lost() -> None:
    text = "Asha, ring Jo on 07700 900123 before 3 Feb 1990 — I can't go on. asha"
    assert without_names(text, KNOWN) == (
        "[name], ring [name] on [number] before [date] — I can't go on. [name]"
    )


def test_without_a_record_what_looks_like_a_way_still_goes() -> None:
    assert without_names("Asha 07700 900123", Known()) == "Asha [number]"


def test_a_name_that_is_a_word_goes_where_it_is_somebodys_near() -> None:
    assert without_names("I will", Known(names=("Will Day",))) == "I [name]"


def test_long_text_is_done_soon() -> None:
    text = "jo " * 20_000
    assert without_names(text, KNOWN) == "[name] " * 20_000
