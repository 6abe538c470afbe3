#!/usr/bin/env bash
# Builds the look of both webs into bot/web/static/built/, with the system's Node or a packaged one.
set -euo pipefail

built=bot/web/static/built
package=node_modules/nhsuk-frontend/dist/nhsuk

new_enough='const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
if ! { command -v npm && node -e "$new_enough"; } >/dev/null 2>&1; then
  .tools/bin/uv pip install --quiet --python .tools/bin/python --require-hashes -r requirements-node.lock
  PATH=$PWD/.tools/bin:$PATH
fi

npm ci --omit=optional --no-audit --no-fund --loglevel=error >/dev/null
rm -rf "$built"
npm run --silent build
cp "$package/nhsuk-frontend.min.js" "$built/"

# Only the icons that the style sheet names: the folder beside them holds the NHS logo.
mkdir "$built/images"
grep -o 'images/[a-z-]*\.svg' "$built/companion.css" | sort -u | while read -r icon; do
  cp "$package/assets/$icon" "$built/images/"
done
