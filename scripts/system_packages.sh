#!/usr/bin/env bash
# Tests need Chromium and fonts, and 7-Zip to open a person's copy as they would: installed as root,
# asked for otherwise. CHROMIUM names another Chromium.
set -euo pipefail

fonts=/usr/share/fonts/truetype
missing=()
if [ -n "${CHROMIUM:-}" ]; then
  "$CHROMIUM" --version >/dev/null
elif [ ! -x /usr/bin/chromium ]; then
  missing+=(chromium)
fi
command -v 7zz >/dev/null || command -v 7z >/dev/null || missing+=(7zip)
[ -d "$fonts/liberation" ] || missing+=(fonts-liberation)
[ -f "$fonts/noto/NotoColorEmoji.ttf" ] || missing+=(fonts-noto-color-emoji)
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

install=(apt-get install --yes --no-install-recommends "${missing[@]}")
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  cat >&2 <<MESSAGE
The tests need packages of the system. Run this once, then try again:
  sudo ${install[*]}
CHROMIUM can be set to the path of a Chromium that is already here.
MESSAGE
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
"${install[@]}" -qq
