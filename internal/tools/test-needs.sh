#!/usr/bin/env bash
# test-needs.sh: installs what the tests need and is missing: PostgreSQL's server programs, which the tests start
# themselves, a C compiler, which the race detector needs, and where Node is, a Chromium for the tests of the console. It
# installs only as root on Debian and its relatives; elsewhere it says what to install.
set -euo pipefail

# Debian keeps the server programs off PATH, under its major version.
has_postgres() {
  local program
  for program in /usr/lib/postgresql/*/bin/initdb; do
    if [ -x "$program" ]; then
      return 0
    fi
  done
  command -v initdb >/dev/null && command -v postgres >/dev/null
}

has_compiler() {
  command -v "$(go env CC)" >/dev/null
}

# Without Node the console's tests are left out, and so is their browser.
has_browser() {
  ! command -v npm >/dev/null || [ -x "${TILLPOST_CHROMIUM:-/usr/bin/chromium}" ] || [ -x /usr/bin/google-chrome ]
}

missing=()
has_postgres || missing+=(postgresql)
has_compiler || missing+=(gcc libc6-dev)
has_browser || missing+=(chromium)
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "the tests need ${missing[*]} (Debian's names): install them, for instance with sudo apt-get install ${missing[*]}" >&2
  exit 1
fi

echo "installing ${missing[*]}"
# The tests make their own servers; the package's ready-made one would only sit there.
mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/tillpost-tests.conf
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update -q && apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "could not install ${missing[*]}; install them by hand and run make test again" >&2
  exit 1
fi
