"""Fail on what must not be committed: addresses in lock files, and paths of one machine."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LOCK_FILES = re.compile(r"(\.lock|lock\.json|requirements[\w-]*\.txt|\.npmrc|pip\.conf)$")
ADDRESS = re.compile(r"://|^\s*--(extra-)?index-url|^\s*--find-links")
HOME_FOLDER = re.compile(r"(?<![\w.])/(root|home/[a-z_][\w-]*|Users/[A-Za-z][\w-]*)/")


def repository_files() -> list[Path]:
    """Every file that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(
        path for name in listed.stdout.split("\0") if name and (path := Path(name)).is_file()
    )


def faults(path: Path, checkout: str) -> Iterator[str]:
    """One line for each fault in a file; files that are not text have none."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        return
    is_lock = LOCK_FILES.search(path.name) is not None
    for number, line in enumerate(lines, 1):
        if is_lock and ADDRESS.search(line):
            yield f"{path}:{number}: an address in a lock file"
        if HOME_FOLDER.search(line) or checkout in line:
            yield f"{path}:{number}: a path of one machine"


def main() -> int:
    """Print every fault; exit code 1 when there is one."""
    checkout = f"{Path.cwd()}/"
    found = [fault for path in repository_files() for fault in faults(path, checkout)]
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
