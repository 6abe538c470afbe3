#!/usr/bin/env bash
# Makes rasa_project/.venv: Python 3.10 and Rasa, apart from everything else.
# RASA_PYTHON names the Python; else pyenv's, else the system's, else one that uv downloads.
set -euo pipefail

find_python() {
  local found=3.10
  for candidate in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10.*/bin/python3.10; do
    if [ -x "$candidate" ]; then
      found=$candidate
    fi
  done
  printf '%s\n' "${RASA_PYTHON:-$found}"
}

explain() {
  cat >&2 <<'MESSAGE'
Rasa 3.6 needs Python 3.10, and none was found or could be downloaded. One of:
  set RASA_PYTHON to the path of a Python 3.10;
  install one with pyenv (pyenv install 3.10) or from the system's packages;
  set UV_PYTHON_INSTALL_MIRROR to a place that uv can download Python from.
MESSAGE
  exit 78
}

environment=rasa_project/.venv
python=$environment/bin/python
# Made anew when its Python is gone, or when the folder was moved: its commands hold the old path.
if ! { "$python" -c '' && head -n 1 "$environment/bin/rasa" | grep -qF "$PWD/$python"; } 2>/dev/null; then
  .tools/bin/uv venv --quiet --clear --python "$(find_python)" "$environment" || explain
fi
UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-180} .tools/bin/uv pip sync --quiet \
  --python "$python" --require-hashes rasa_project/requirements.lock
