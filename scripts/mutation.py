"""Change the code that must not be wrong, one small thing at a time: the tests have to notice.

`python -m scripts.mutation [FILE …]` runs mutmut on each file of [tool.mutmut], with its own tests
and in a copy of the tree, and prints how many changes were noticed, and those that were not. The
table of permissions is text, which mutmut leaves alone: its words are changed here. Fails under
90% for any file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from mutmut.stats import status_by_exit_code

from bot.domain.people import Role
from bot.domain.permissions import TABLE
from tests.unit.domain.expected_permissions import is_noticed, mutants, reviewed_of

ENOUGH = 0.9
NOTICED = {"killed", "timeout", "segfault", "caught by type check"}
COPIED = ("bot", "tests", "scripts", "skills_content")
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Outcome:
    """How many changes of a file were made and noticed, and what was not, as it was changed."""

    file: str
    made: int
    noticed: int
    survivors: tuple[str, ...]

    @property
    def is_enough(self) -> bool:
        """Whether there were any, and nearly all were noticed."""
        return self.made > 0 and self.noticed >= ENOUGH * self.made

    def __str__(self) -> str:
        share = f"{100 * self.noticed / self.made:5.1f}%" if self.made else "  none"
        return f"{share}  {self.noticed:5} of {self.made:5}  {self.file}"


def run(file: str, tests: Sequence[str], workers: int) -> Outcome:
    """Mutate one file, or the files of one folder ("folder/*"), and run its tests."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as place:
        folder = Path(place)
        for each in COPIED:
            shutil.copytree(ROOT / each, folder / each, symlinks=True, ignore=_BUILT)
        own = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        (folder / "pyproject.toml").write_text(_only(own, file, tests), encoding="utf-8")
        mutmut = [sys.executable, "-m", "mutmut"]
        done = subprocess.run(
            [*mutmut, "run", "--max-children", str(workers)], cwd=folder, text=True, stdout=-1
        )
        if done.returncode:
            said = re.sub(r"[\u2800-\u28ff] .*\n?", "", done.stdout)[-4000:]
            sys.exit(f"{file}: mutmut ended with {done.returncode}.\n{said}")
        codes = _codes(folder, file)
        survivors = sorted(name for name, code in codes.items() if not _is_noticed(code))
        shown = [
            subprocess.check_output([*mutmut, "show", name], cwd=folder, text=True)
            for name in survivors
        ]
    return Outcome(file, len(codes), len(codes) - len(shown), tuple(map(_changed_lines, shown)))


def run_table() -> Outcome:
    """Every word taken out of the table of permissions, and every word put into each cell."""
    survivors = []
    made = 0
    for role in Role:
        reviewed = reviewed_of(role)
        for each in mutants(TABLE, role):
            made += 1
            if not is_noticed(each, reviewed):
                survivors.append(each)
    return Outcome("the table of permissions", made, made - len(survivors), tuple(survivors))


_BUILT = shutil.ignore_patterns("__pycache__", "built")


def _only(pyproject: str, file: str, tests: Sequence[str]) -> str:
    """The project's settings, for one file and its tests."""
    lines = {
        "source_paths": ["bot"],
        "only_mutate": [file],
        "pytest_add_cli_args_test_selection": list(tests),
        "also_copy": ["skills_content", "scripts"],
    }
    own = re.sub(r"(?ms)^\[tool\.mutmut.*?(?=^\[(?!tool\.mutmut)|\Z)", "", pyproject)
    return "\n".join([own, "[tool.mutmut]", *(f"{k} = {json.dumps(v)}" for k, v in lines.items())])


def _codes(folder: Path, file: str) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for each in sorted((folder / "mutants").glob(f"{file}.meta")):
        found |= json.loads(each.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def _is_noticed(code: int | None) -> bool:
    return status_by_exit_code[code] in NOTICED


def _changed_lines(diff: str) -> str:
    kept = [line for line in diff.splitlines() if re.match(r"[-+#](?![-+]{2})", line)]
    return "\n".join(f"    {line}" for line in kept)


def _tests_of(file: str, tests: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The tests of a file, or of the folder that is listed with it."""
    for listed, own in tests.items():
        if fnmatch(file, listed):
            return own
    sys.exit(f"Not in [tool.mutmut.tests]: {file}")


def _say(*lines: object) -> None:
    sys.stdout.write("".join(f"{each}\n" for each in lines))
    sys.stdout.flush()


def main(wanted: Sequence[str]) -> int:
    """Run those files, or all; how the program ends."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tests: Mapping[str, Sequence[str]] = settings["tool"]["mutmut"]["tests"]
    chosen = {file: _tests_of(file, tests) for file in wanted or tests}
    workers = int(os.environ.get("WORKERS", "2"))
    outcomes = [run_table()] if "bot/domain/permissions.py" in chosen else []
    for file, own in chosen.items():
        outcomes.append(run(file, own, workers))
        _say(outcomes[-1], *outcomes[-1].survivors)
    _say("", *outcomes)
    return 0 if all(each.is_enough for each in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
