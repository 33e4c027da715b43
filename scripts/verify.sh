#!/bin/sh
# Installs everything and runs every suite: checks, unit, the integration in Python, simulated home, bundle, browser, real Home Assistant Core.
# A suite that cannot run says why and is skipped; with REQUIRE_SUITES=1 that is a failure.
set -eu
cd "$(dirname "$0")/.."
sh scripts/install.sh
sh scripts/install-browser.sh || [ "${REQUIRE_SUITES:-}" != 1 ]
sh scripts/install-debian.sh || [ "${REQUIRE_SUITES:-}" != 1 ]
bash tests/core/ha-core.sh setup || [ "${REQUIRE_SUITES:-}" != 1 ]
HA_VERSION=2026.3.4 bash tests/core/ha-core.sh setup || [ "${REQUIRE_SUITES:-}" != 1 ]
PATH="$PWD/node_modules/.bin:$PATH"
npm run --silent check
npm run --silent build
npm run --silent test
npm run --silent test:integration
npm run --silent test:system
npm run --silent test:core
