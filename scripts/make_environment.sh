#!/usr/bin/env bash
# Makes .venv/ with the locked packages and the `companion` command.
# Usage: make_environment.sh run|dev
set -euo pipefail

python=.venv/bin/python
# Made anew when its Python is gone, or when the folder was moved: its commands hold the old path.
if ! { "$python" -c '' && head -n 1 .venv/bin/companion | grep -qF "$PWD/$python"; } 2>/dev/null; then
  base=$(scripts/find_python.sh)
  .tools/bin/uv venv --quiet --clear --python "$base" .venv
fi
case $1 in
  # Adds to what is there, so that `make run` after `make test` keeps the test tools.
  run) .tools/bin/uv pip install --quiet --python "$python" --require-hashes -r requirements.lock ;;
  dev) .tools/bin/uv pip sync --quiet --python "$python" --require-hashes requirements-dev.lock ;;
esac
.tools/bin/uv pip install --quiet --python "$python" --offline --no-deps --editable .
