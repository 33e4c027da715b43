#!/bin/sh
# Runs a program as a container of the image would: the image's layers over Debian's, its own processes, the program the
# first of them. Needs root, and `unshare --mount --pid --fork` around it.
#   in-root.sh DEBIAN IMAGE DATA HOMEASSISTANT ENVIRONMENT_FILE [TRACE] -- PROGRAM...
set -eu
debian=$1 image=$2 data=$3 homeassistant=$4 environment=$5
shift 5
trace=""
[ "$1" = -- ] || { trace=$1; shift; }
shift
mount --make-rprivate /
layers=$(mktemp -d)
mount -t tmpfs layers "$layers"
mkdir "$layers/upper" "$layers/work" "$layers/root"
mount -t overlay image -o "lowerdir=$image:$debian,upperdir=$layers/upper,workdir=$layers/work" "$layers/root"
cd "$layers/root"
mkdir -p data homeassistant
mount --bind "$data" data
mount --bind "$homeassistant" homeassistant
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
printf '127.0.0.1 localhost\n' >etc/hosts
: >etc/resolv.conf
set -- chroot . env -i $(cat "$environment") "$@"
[ -z "$trace" ] || exec strace -f -qq -y -s 4096 -o "$trace" \
  -e trace=%file,fcntl,flock,mmap,connect,bind,fchmod,ftruncate "$@"
exec "$@"
