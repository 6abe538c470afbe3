#!/usr/bin/env bash
# Writes package-lock.json with hashes and no addresses: npm would add where to fund each package.
set -euo pipefail

npm install --package-lock-only --loglevel=error
python=.tools/bin/python
"$python" - <<'PROGRAM'
import json
import pathlib

path = pathlib.Path("package-lock.json")
lock = json.loads(path.read_text("utf-8"))
for package in lock["packages"].values():
    package.pop("funding", None)
path.write_text(json.dumps(lock, indent=2) + "\n", "utf-8")
PROGRAM
