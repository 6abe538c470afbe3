"""What has to be true of a record whatever was killed: each check returns its faults in words.

``check`` looks at a record as it lies on disk and, where it is told, at what the other side of the
channel saw: what people wrote, and what came to them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.adapters.identifiers import SystemIds
from bot.adapters.keys import KeyRing
from bot.adapters.records import open_record
from tests.functional.system.kept import Act, Kept, Reply, read_kept

OVER = frozenset({"sent", "withheld", "failed"})
"""Where a reply ends."""

DONE = frozenset({"handled", "failed"})

_JOINED = ("join", "person")


@dataclass(frozen=True)
class Outside:
    """What one person's side of the channel knows: their words and what came, each in order.

    ``marker`` is a word that only their own answers may hold.
    """

    wrote: Sequence[str]
    heard: Sequence[str]
    marker: str = ""


@dataclass
class Found:
    """What a check found: faults (none where all is well), and counts."""

    faults: list[str] = field(default_factory=list)
    acts: int = 0
    handled: int = 0
    waiting: int = 0
    given_up: int = 0
    replies: int = 0
    plan_versions: int = 0
    entries: int = 0
    doubled: Counter[str] = field(default_factory=Counter)


async def check(
    url: str,
    key_file: Path,
    *,
    outside: Mapping[str, Outside] | None = None,
    kills: int = 0,
    at_rest: bool = True,
    seals: Path | None = None,
) -> Found:
    """Check the record at a database's address.

    ``outside`` is what people saw, by their address on the channel; ``kills`` how often the
    program was killed; ``at_rest`` says that nothing may wait any more; ``seals`` is the file of
    seals outside the database.
    """
    kept = read_kept(url, key_file)
    found = Found()
    for faults in (
        [f"unreadable: {each}" for each in kept.unreadable],
        _acts(kept, at_rest=at_rest),
        _replies(kept, at_rest=at_rest),
        _order(kept),
        _plans(kept),
        _concerns(kept),
        _outside(kept, outside or {}, kills, found),
        await _audit(url, key_file, seals),
    ):
        found.faults += faults
    said = [each for each in kept.acts if each.kind != "timer"]
    found.acts = len(said)
    found.handled = sum(each.state == "handled" for each in said)
    found.waiting = sum(each.state == "waiting" for each in said)
    found.given_up = sum(each.state == "failed" for each in said)
    found.replies, found.plan_versions = len(kept.replies), len(kept.plans)
    found.entries = len(kept.entries)
    return found


def _acts(kept: Kept, *, at_rest: bool) -> Iterator[str]:
    """Every act is handled once, with its one entry in the audit; else it waits, untouched."""
    entries = Counter(
        each.details["act"]
        for each in kept.entries
        if each.thing == "message" and each.action in {"answered", "reminded", "give_up"}
    )
    answered = {each.in_reply_to for each in kept.replies}
    for act in kept.acts:
        if act.state == "waiting":
            if at_rest and act.kind != "timer":
                yield f"act {act.id} still waits"
            if entries[act.id] or act.id in answered or act.handled_at or act.answered_by:
                yield f"act {act.id} waits though it was handled"
        elif act.state in DONE:
            if entries[act.id] != 1:
                yield f"act {act.id} has {entries[act.id]} entries in the audit"
            if act.handled_at is None:
                yield f"act {act.id} was handled at no time"
    yield from (
        f"the audit names act {each}, which is not there"
        for each in _told(kept) - {act.id for act in kept.acts}
    )


def _told(kept: Kept) -> set[str]:
    """The acts that were answered by the audit's word, those left out that had to be forgotten.

    A guest who joins, or whose time is over, leaves nothing behind but their chain; the tap that
    joined them stands in the chain of the person whom they became.
    """
    joined = {
        each.chain for each in kept.entries if (each.action, each.thing) == ("join", "person")
    }
    told: set[str] = set()
    for entry in kept.entries:
        if entry.action != "answered" or entry.chain not in kept.subjects:
            continue
        if entry.chain in joined:
            joined.remove(entry.chain)
            continue
        told.add(entry.details["act"])
    return told


def _replies(kept: Kept, *, at_rest: bool) -> Iterator[str]:
    """Every handled act of a person's has its replies, numbered through, and each has its end."""
    places: dict[str, list[int]] = defaultdict(list)
    for reply in kept.replies:
        if reply.in_reply_to:
            places[reply.in_reply_to].append(reply.place)
        if at_rest and reply.state not in OVER:
            yield f"reply {reply.id} is {reply.state}"
    for act in kept.acts:
        its = sorted(places[act.id])
        if act.state in DONE and act.kind != "timer" and not its:
            yield f"act {act.id} has lost its reply"
        if its != list(range(len(its))):
            yield f"act {act.id} has the replies {its}"


def _order(kept: Kept) -> Iterator[str]:
    """Acts are handled, and answered, in the order in which they came.

    The order of handling is that of the audit's chain, which no clock can change. The companion's
    own timers are in nobody's order.
    """
    seq = {act.id: act.seq for act in kept.acts if act.kind != "timer"}
    handled: dict[str, list[int]] = defaultdict(list)
    for entry in kept.entries:
        if entry.action in {"answered", "give_up"} and entry.details.get("act") in seq:
            handled[entry.chain].append(seq[entry.details["act"]])
    answered: dict[str, list[int]] = defaultdict(list)
    for reply in kept.replies:
        if reply.in_reply_to in seq:
            answered[reply.address].append(seq[reply.in_reply_to])
    for subject, order in handled.items():
        if any(before >= after for before, after in pairwise(order)):
            yield f"acts of {subject} were not handled in their order"
    for address, order in answered.items():
        if any(before > after for before, after in pairwise(order)):
            yield f"replies to {address} are not in the order of their acts"


def _plans(kept: Kept) -> Iterator[str]:
    """Versions without a gap, each whole, one of them agreed, each with its entry."""
    versions: dict[str, list[int]] = defaultdict(list)
    agreed: Counter[str] = Counter()
    imported = Counter(
        (each.chain, int(each.details["version"]))
        for each in kept.entries
        if each.thing == "crisis_plan" and each.action == "import"
    )
    for plan in kept.plans:
        versions[plan.subject].append(plan.version)
        agreed[plan.subject] += plan.status == "agreed"
        if plan.contents is None:
            yield f"plan {plan.version} of {plan.subject} is not whole"
        if imported[plan.subject, plan.version] != 1:
            yield f"plan {plan.version} of {plan.subject} is not in the audit once"
    for subject, numbers in versions.items():
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"plans of {subject} are {numbers}"
        if agreed[subject] != 1:
            yield f"{agreed[subject]} plans of {subject} are agreed"
    kept_versions = {(each.subject, each.version) for each in kept.plans}
    yield from (
        f"the audit names plan {version} of {subject}, which is not there"
        for subject, version in imported.keys() - kept_versions
    )


def _concerns(kept: Kept) -> Iterator[str]:
    """Each concern has the entry of its opening, and each such entry its concern."""
    opened = Counter(
        each.chain for each in kept.entries if (each.action, each.thing) == ("open", "concern")
    )
    for subject in opened.keys() | kept.concerns.keys():
        there = len(kept.concerns.get(subject, []))
        if opened[subject] != there:
            yield f"{there} concerns of {subject}, {opened[subject]} in the audit"


def _outside(kept: Kept, outside: Mapping[str, Outside], kills: int, found: Found) -> Iterator[str]:
    """What each person wrote is there; what came to them is what was sent, and theirs.

    What a guest wrote before they joined is not looked at: it is forgotten, sooner or later.
    """
    ids = {value: address_id for address_id, value in kept.addresses.items()}
    acts, replies = _acts_by_address(kept), _replies_by_address(kept)
    markers = {each.marker for each in outside.values()} - {""}
    for address, person in outside.items():
        its = ids.get(address, "")
        was_kept = [each.words for each in acts[its]]
        if was_kept != list(person.wrote):
            yield (
                f"what {address} wrote is not what was kept:"
                f" {len(person.wrote)} and {len(was_kept)},"
                f" differing from the {_same(person.wrote, was_kept) + 1}. on"
            )
        sent = [each.words for each in replies[its] if each.state == "sent"]
        doubled = _doubled(sent, person.heard)
        if doubled is None:
            yield (
                f"what came to {address} is not what was sent: differing from the"
                f" {_same(sent, person.heard) + 1}. on; {len(sent)} and {len(person.heard)}"
            )
        elif doubled:
            found.doubled[address] = doubled
            if doubled > kills:
                yield f"{doubled} replies to {address} came twice in {kills} kills"
        foreign = markers - {person.marker}
        words = [*person.heard, *(each.words for each in replies[its])]
        if any(marker in each for marker in foreign for each in words):
            yield f"{address} was answered with another's words"


def _acts_by_address(kept: Kept) -> Mapping[str, list[Act]]:
    found: dict[str, list[Act]] = defaultdict(list)
    for act in kept.acts:
        if act.kind != "timer" and act.subject == kept.owners.get(act.address):
            found[act.address].append(act)
    return found


def _replies_by_address(kept: Kept) -> Mapping[str, list[Reply]]:
    found: dict[str, list[Reply]] = defaultdict(list)
    for reply in kept.replies:
        if reply.subject == kept.owners.get(reply.address):
            found[reply.address].append(reply)
    return found


def _same(one: Sequence[object], other: Sequence[object]) -> int:
    """How far two sequences are alike."""
    pairs = zip(one, other, strict=False)
    alike = takewhile(lambda pair: pair[0] == pair[1], pairs)
    return sum(1 for _ in alike)


def _doubled(sent: Sequence[str], heard: Iterable[str]) -> int | None:
    """How many of ``heard`` came once more right after themselves; None where the rest differ."""
    place = doubled = 0
    for words in heard:
        if place < len(sent) and words == sent[place].strip():
            place += 1
        elif place and words == sent[place - 1].strip():
            doubled += 1
        else:
            return None
    return doubled if place == len(sent) else None


async def _audit(url: str, key_file: Path, seals: Path | None) -> list[str]:
    """Every chain is whole to its head; every seal is borne out, in the database and outside."""
    clock = SystemClock()
    record = open_record(url, KeyRing.load(key_file), clock, SystemIds(clock))
    try:
        faults = [
            f"the chain of {chain}: {each}"
            for chain in await record.chains()
            for each in await record.verify_chain(chain)
        ]
        if seals is not None and seals.exists():
            faults += [f"seal in line {each}" for each in await record.verify_seals(seals)]
    finally:
        await record.aclose()
    return faults
