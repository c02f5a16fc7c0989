#!/bin/sh
# Installs what the benchmark compares against: Debian's pflogsumm, and time(1) where it is missing. Nothing else.
# Running it again changes nothing.
set -eu

missing=''
command -v pflogsumm >/dev/null 2>&1 || missing="$missing pflogsumm"
[ -x /usr/bin/time ] || missing="$missing time"

if [ -z "$missing" ]; then
  echo "nothing to install: $(pflogsumm --version 2>&1 | head -n 1)"
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "needs root to install:$missing" >&2
  exit 1
fi
apt-get update -q
# shellcheck disable=SC2086 # a list of words
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
