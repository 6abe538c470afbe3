#!/usr/bin/env bash
# The browser tests need Chromium and fonts from the system: installed as root, asked for otherwise.
# CHROMIUM names another Chromium; then nothing is installed.
set -euo pipefail

if [ -n "${CHROMIUM:-}" ]; then
  "$CHROMIUM" --version >/dev/null
  exit 0
fi

fonts=/usr/share/fonts/truetype
missing=()
[ -x /usr/bin/chromium ] || missing+=(chromium)
[ -d "$fonts/liberation" ] || missing+=(fonts-liberation)
[ -f "$fonts/noto/NotoColorEmoji.ttf" ] || missing+=(fonts-noto-color-emoji)
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

install=(apt-get install --yes --no-install-recommends "${missing[@]}")
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  cat >&2 <<MESSAGE
The browser tests need packages of the system. Run this once, then try again:
  sudo ${install[*]}
Or set CHROMIUM to the path of a Chromium that is already here.
MESSAGE
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
"${install[@]}" -qq
