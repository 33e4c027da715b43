#!/bin/sh
# Makes sure that a Chromium is there for the browser suite: the one named by CHROMIUM, one on the PATH, or Debian's.
set -eu
[ -n "${CHROMIUM:-}" ] && exit 0
for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null && exit 0; done
command -v apt-get >/dev/null || { echo "No Chromium found, and no apt-get to install one: set CHROMIUM to a browser's path." >&2; exit 1; }
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
$as_root apt-get -qq update && $as_root apt-get -qq install -y chromium >/dev/null
