#!/usr/bin/env bash
# Makes .tools/ with uv, pinned and checked by its hash.
set -euo pipefail

python=$(scripts/find_python.sh)
rm -rf .tools
"$python" -m venv .tools
.tools/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
  --require-hashes -r requirements-tools.lock
