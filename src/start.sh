#!/bin/sh
# Starts the hub: `start.sh main.js`, with NODE naming the node to use.
# A home's machine is short of memory before it is short of time: with a small young generation, an old one that is
# collected sooner and one malloc arena the hub needs about half as much (docs/benchmarks.md, P11). Smaller ones cost P7.
set -eu
export MALLOC_ARENA_MAX=1
exec "${NODE:-node}" --max-semi-space-size=8 --heap-growing-percent=100 "$@"
