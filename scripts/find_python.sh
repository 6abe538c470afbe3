#!/usr/bin/env bash
# Prints the path of a Python >= 3.11 that can make environments. PYTHON names one to use.
set -euo pipefail

for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
  if "$candidate" -c '
import sys
if sys.version_info < (3, 11):
    sys.exit(1)
import ensurepip, venv
print(sys.executable)
' 2>/dev/null; then
    exit 0
  fi
done
cat >&2 <<'MESSAGE'
No Python 3.11 or newer that can make virtual environments was found.
Set PYTHON to one, or install it: on Debian, apt-get install python3 python3-venv
MESSAGE
exit 78
