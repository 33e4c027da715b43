#!/bin/sh
# Installs what the hub needs, builds it and starts it. With HA_URL and HA_TOKEN it records that home, without them
# the simulated one.
set -eu
cd "$(dirname "$0")/.."
sh scripts/install.sh
npm run --silent build
NODE=node_modules/.bin/node exec dist/start.sh dist/main.js
