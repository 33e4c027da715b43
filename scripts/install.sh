#!/bin/sh
# Installs the packages of package-lock.json, once per lock file. Node 24 is one of them.
set -eu
cd "$(dirname "$0")/.."
command -v npm >/dev/null || { echo "npm is missing: install Node.js (any version with npm), then run this again." >&2; exit 1; }
stamp=node_modules/.installed-lock
if ! cmp -s package-lock.json "$stamp" 2>/dev/null; then
  npm ci --no-fund --no-audit --loglevel=error
  cp package-lock.json "$stamp"
fi
