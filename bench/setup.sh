#!/bin/sh
# Installs what the benchmark compares against: Debian's pflogsumm, eximstats and sma, and time(1) where it is missing.
# Nothing else, and nothing that listens: eximstats is a Perl script of the package exim4-base, which would bring the
# mail server, its user and its cron jobs along, so the package is only unpacked. Running it again changes nothing.
set -eu

eximstats="$(dirname "$0")/peers/eximstats"
missing=''
command -v pflogsumm >/dev/null 2>&1 || missing="$missing pflogsumm"
command -v sma >/dev/null 2>&1 || missing="$missing sma"
[ -x /usr/bin/time ] || missing="$missing time"

if [ -z "$missing" ] && [ -f "$eximstats" ]; then
  echo "nothing to install: $(pflogsumm --version 2>&1 | head -n 1), eximstats, sma"
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "needs root to install:$missing eximstats" >&2
  exit 1
fi
apt-get update -q
if [ -n "$missing" ]; then
  # shellcheck disable=SC2086 # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
fi
if [ ! -f "$eximstats" ]; then
  mkdir -p "$(dirname "$eximstats")"
  unpacked="$(mktemp -d)"
  (cd "$unpacked" && apt-get download -q -o APT::Sandbox::User=root exim4-base && dpkg-deb -x exim4-base_*.deb .)
  cp "$unpacked/usr/sbin/eximstats" "$eximstats"
  rm -rf "$unpacked"
fi
