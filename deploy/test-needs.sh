#!/usr/bin/env bash
# Makes sure that redis-server and a browser are there for the tests. Installs them where it may (root on a system with
# apt-get); elsewhere it says plainly what to install and lets the tests skip what they cannot do.
set -euo pipefail

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v gcc >/dev/null || missing+=(gcc libc6-dev) # the race detector links with it
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "Installing for the tests: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" fonts-liberation >/dev/null
else
  echo "The tests also want: ${missing[*]}. Please install them (on Debian or Ubuntu: sudo apt-get install ${missing[*]})."
  echo "Without them, the tests that need them are skipped and say so."
fi
