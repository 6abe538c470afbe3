"""A message as somebody may read it who must not know whose it is.

What the record knows goes, in any case and spelling that reads as it: names with their parts,
numbers, dates. What only looks like a way to somebody (a phone number, an address) goes as well.
Better a word too many than a name: somebody called Will takes every "will" with him.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

NAME = "[name]"
NUMBER = "[number]"
E_MAIL = "[e-mail]"
POSTCODE = "[postcode]"
DATE = "[date]"
ADDRESS = "[address]"

_NO_NAMES = frozenset(
    re.findall(
        r"\w+",
        """
    a an and at by for from in my of on or our the their to with your i me you he she they we it
    dr doctor mr mrs ms miss mx prof professor sir nurse gp key worker workers social care
    coordinator psychologist psychiatrist therapist practitioner manager midwife officer staff
    mum mam mom mummy mother dad daddy father parent parents sister brother son daughter child
    children aunt auntie uncle cousin nan nana gran grandma grandad grandmother grandfather niece
    nephew wife husband partner girlfriend boyfriend ex friend friends best neighbour flatmate
    team crisis line helpline samaritans shout nhs hospital ward centre clinic surgery duty out
    hours home house number phone next door old new one two first
    """,
    )
)
"""Words in a name's field that are no name: whom "my sister" is does not stand there."""

_ORDINARY = frozenset(
    re.findall(
        r"\w+",
        """
    will mark may hope grace joy faith rose dawn bill rich art pat sue drew jack rob nick frank
    grant guy dean chase max june april august summer sunny heather holly ivy iris violet olive
    daisy lily ruby pearl amber jade crystal angel star sky rain robin jay dale glen heath cliff
    miles price page lane penny cherry ginger sandy misty melody harmony patience charity verity
    """,
    )
)
"""First names that are words too: those of people far from this person stay."""

_LETTER = r"[^\W\d_]"
_ENDS = r"(?:['’`]?s['’`]?|['’`])?"
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_STREET = "street|road|lane|avenue|drive|crescent|terrace|gardens|grove|mews|rd|ave"
_NOT_A_STREET = r"(?!(?:the|a|my|this|that|minutes?|mins?|miles?|hours?|days?|years?|down|up)\b)"

_LOOKS = (
    (E_MAIL, r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"),
    (ADDRESS, r"(?:https?://|www\.)\S+|(?<!\S)@\w{3,}"),
    (DATE, r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)"),
    (DATE, r"(?<!\d)\d{4}[./-]\d{1,2}[./-]\d{1,2}(?!\d)"),
    (DATE, rf"\b{_DAY}(?:\s+of)?\s+(?:{_MONTH}),?\s+\d{{2,4}}\b"),
    (DATE, rf"\b(?:{_MONTH})\s+(?:the\s+)?{_DAY},?\s+\d{{4}}\b"),
    (NUMBER, r"(?<![\w+])(?:\+|00)\d(?:[\s().-]{0,2}\d){7,14}(?!\d)"),
    (NUMBER, r"(?<!\w)\(?0\d(?:[\s().-]{0,2}\d){8,9}(?!\d)"),
    (NUMBER, r"(?<!\d)\d{3}[\s.-]?\d{3}[\s.-]?\d{4}(?!\d)"),
    (NUMBER, r"\d{7,}"),
    (POSTCODE, r"\b(?:gir\s?0aa|[a-z]{1,2}\d[a-z\d]?\s{0,2}\d[a-z]{2})\b"),
    (
        ADDRESS,
        rf"\b(?:flat\s+\d+[a-z]?,?\s+)?\d+[a-z]?,?\s+(?:{_NOT_A_STREET}{_LETTER}+\s+){{1,2}}"
        rf"(?:{_STREET})\b",
    ),
)


@dataclass(frozen=True)
class Known:
    """What the record knows that a message could give away.

    ``names``: of the person and of those around them, of which every part goes. ``others``: of
    whom the whole name goes, and the first one unless it is an ordinary word. ``codes``: ids and
    numbers as they are written. ``born``: the person's date of birth.
    """

    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    born: date | None = None


def without_names(text: str, known: Known) -> str:
    """The text with what would tell who it is about replaced by what kind of thing it was."""
    plain, places = _folded(text)
    places.append(len(text))
    taken = bytearray(len(plain))
    found: list[tuple[int, int, str]] = []
    for kind, pattern in _patterns(known):
        for each in re.finditer(pattern, plain):
            start, end = each.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append((start, end, kind))
    parts, done = [], 0
    for start, end, kind in sorted(found):
        parts += [text[done : places[start]], kind]
        done = max(places[end], places[end - 1] + 1)
    return "".join((*parts, text[done:]))


def _patterns(known: Known) -> Iterator[tuple[str, str]]:
    for code in known.codes:
        if code.strip():
            yield NUMBER, rf"(?<!\w){re.escape(_folded(code.strip())[0])}(?!\w)"
    yield from _LOOKS
    if known.born is not None:
        yield from ((DATE, each) for each in _birthday(known.born))
    words = sorted(_words(known), key=lambda each: (-len(each), each))
    if words:
        spelt = "|".join(_spelt(each) for each in words)
        yield NAME, rf"(?<!{_LETTER})(?:{spelt}){_ENDS}(?!{_LETTER})"


def _birthday(born: date) -> Iterator[str]:
    """The day without its year."""
    month = rf"{_MONTHS[born.month - 1]}[a-z]*"
    day = rf"0?{born.day}(?:st|nd|rd|th)?"
    yield rf"\b{day}(?:\s+of)?\s+{month}\b"
    yield rf"\b{month}\s+(?:the\s+)?{day}\b"
    yield rf"(?<![\d/.-])0?{born.day}[./-]0?{born.month}(?![\d/.-])"


def _words(known: Known) -> set[str]:
    found: set[str] = set()
    for name in known.names:
        whole, parts = _parts(name)
        found |= {whole, *parts} if parts else set()
    for name in known.others:
        whole, parts = _parts(name)
        if len(parts) > 1:
            found.add(whole)
        if parts and parts[0] not in _ORDINARY:
            found.add(parts[0])
    return found


def _parts(name: str) -> tuple[str, list[str]]:
    """A name as a whole and its parts of two letters or more; what stands in brackets is none."""
    plain = _folded(re.sub(r"\([^)]*\)", " ", name))[0]
    words = re.findall(rf"{_LETTER}+(?:['’`]{_LETTER}+)*", plain)
    names = [each for each in words if each not in _NO_NAMES]
    doubled = re.findall(rf"{_LETTER}+-{_LETTER}+", plain)
    parts = [each for each in names if len(each) > 1]
    return " ".join(names), parts + [each.replace("-", " ") for each in doubled if parts]


def _spelt(name: str) -> str:
    """Its letters, each once or drawn out; a gap, a hyphen or nothing between its words."""
    letters = [
        r"[\s'’`.-]{0,2}" if each in " '’`" else re.escape(each) + ("+" if each.isalpha() else "")
        for each in name
    ]
    return "".join(letters)


def _folded(text: str) -> tuple[str, list[int]]:
    """Small letters without accents or invisible characters, and where each came from."""
    plain, places = [], []
    for place, character in enumerate(text):
        for each in unicodedata.normalize("NFKD", character).lower():
            if not unicodedata.combining(each) and unicodedata.category(each) != "Cf":
                plain.append(each)
                places.append(place)
    return "".join(plain), places
