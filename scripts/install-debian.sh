#!/bin/sh
# Makes a clean Debian root in the cache, holding what the image's base holds beside s6 (and AppArmor's compiler), for
# the suite that runs the image's layout in it; and installs strace, which tells what is opened. From the mirror that
# this machine's apt uses.
set -eu
suite=trixie
packages=apparmor,ca-certificates,curl,tzdata
cache=${HA_INGESTOR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ha-ingestor}
root=$cache/debian-$suite-$(uname -m)

fail() { echo "$*" >&2; exit 1; }
command -v apt-get >/dev/null || fail "no Debian root: this machine has no apt, which knows a Debian mirror."
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
[ -z "$as_root" ] || $as_root true 2>/dev/null || fail "no Debian root: debootstrap and chroot need root, or sudo without a password."
if ! command -v debootstrap >/dev/null || ! command -v strace >/dev/null; then
  $as_root apt-get -qq update && $as_root apt-get -qq install -y debootstrap strace >/dev/null ||
    fail "no Debian root: apt cannot install debootstrap and strace."
fi
[ "$(cat "$root/.complete" 2>/dev/null)" != "$packages" ] || exit 0

mirror=$(apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian|//p' | head -n 1)
[ -n "$mirror" ] || fail "no Debian root: this machine's apt knows no Debian mirror."
proxy=$(apt-config shell proxy Acquire::http::Proxy | sed -n "s/^proxy='\(.*\)'$/\1/p")
[ -z "$proxy" ] || export http_proxy="$proxy"
mkdir -p "$cache"
making=$(mktemp -d "$cache/making.XXXXXX")
$as_root env PATH="$PATH:/usr/sbin:/sbin" ${http_proxy:+http_proxy="$http_proxy"} debootstrap --variant=minbase \
  --include="$packages" "$suite" "$making" "$mirror" >"$cache/debootstrap.log" 2>&1 || {
  $as_root rm -rf "$making"
  fail "no Debian root: debootstrap failed: $(tail -n 1 "$cache/debootstrap.log")"
}
$as_root chmod 755 "$making"
echo "$packages" | $as_root tee "$making/.complete" >/dev/null
$as_root rm -rf "$root"
$as_root mv -T "$making" "$root"
