#!/usr/bin/env bash
# Runs a set-up step, unless it was done before in this folder with the same inputs.
# Usage: stamped.sh STAMP INPUT... -- SCRIPT [ARGUMENT...]
set -euo pipefail

stamp=$1
shift
inputs=()
while [ "$1" != -- ]; do
  inputs+=("$1")
  shift
done
shift

# Two `make`s at once must not build the same environment twice over each other.
exec 9<"${BASH_SOURCE[0]}"
flock 9

wanted=$(printf '%s\n' "$PWD" "$*" && sha256sum -- "${inputs[@]}" "$1")
if [ -f "$stamp" ] && [ "$(<"$stamp")" = "$wanted" ]; then
  exit 0
fi

printf 'Setting up: %s\n' "$*" >&2
rm -f -- "$stamp"

# A process group of its own, so that ending this script ends the whole step.
set -m
"$@" 9<&- &
step=$!
trap 'kill -TERM -- "-$step" 2>/dev/null; exit 143' TERM
trap 'kill -TERM -- "-$step" 2>/dev/null; exit 130' INT HUP
wait "$step" && status=0 || status=$?
if [ "$status" -eq 0 ]; then
  printf '%s\n' "$wanted" >"$stamp"
  exit 0
fi

# A step that named its own remedy ends with this code (EX_CONFIG of sysexits.h).
explained=78
if [ "$status" -ne "$explained" ]; then
  cat >&2 <<MESSAGE
Set-up stopped at: $*
Behind a private certificate authority set SSL_CERT_FILE (uv) and NODE_EXTRA_CA_CERTS (npm);
behind a mirror set UV_DEFAULT_INDEX: uv does not read pip's settings.
MESSAGE
fi
exit 1
