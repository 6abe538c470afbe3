"""Write skills_content/safety/rules/real_words.yml from a list of English words.

A message's unknown word is read as the word of the rules that it is one slip from. A real word is
no slip: these are the real words that stand so near. Run it when the rules have new words:

    .venv/bin/python -m scripts.write_real_words /usr/share/dict/british-english-small
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.adapters.rule_files import load_rules
from bot.domain.safety_net.spelling import Spelling

RULES = Path(__file__).parents[1] / "skills_content" / "safety" / "rules"
FILE = RULES / "real_words.yml"
WIDTH = 98

HEAD = """\
# Real words that are one letter from a word of the rules, and mean themselves.
# Written by scripts/write_real_words.py from Debian's wbritish-small (the word lists of SCOWL,
# copyright 2000-2011 by Kevin Atkinson, free to use and pass on with this notice).
kind: real_words
id: safety-real-words
version: "1"
author: companion project
words: >-
"""


def near_words(words: frozenset[str]) -> list[str]:
    """Those of the words that would otherwise be read as another one, in order."""
    rules = load_rules(RULES)
    wording = rules.book.wording
    known = {*rules.reader.known, *wording.stands_for, *wording.fillers}
    spelling = Spelling(known, (), (), ())
    return sorted(word for word in words - known if spelling.corrected(word))


def main() -> None:
    """Read the list that the command line names; write the file."""
    listed = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    words = frozenset(word.casefold() for word in listed if word.isascii() and word.isalpha())
    lines, line = [], " "
    for word in near_words(words):
        if len(line) + len(word) >= WIDTH:
            lines.append(line)
            line = " "
        line += f" {word}"
    FILE.write_text(HEAD + "\n".join([*lines, line]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
