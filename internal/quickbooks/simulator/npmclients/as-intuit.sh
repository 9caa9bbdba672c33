#!/usr/bin/env bash
# as-intuit.sh COMMAND...: runs a command in a network of its own, in which Intuit's host names lead to a simulator that
# serves HTTPS. Nothing leaves that network, and nothing outside of it changes. The command finds the CA to trust in
# NODE_EXTRA_CA_CERTS and SSL_CERT_FILE. TILLPOST_PROGRAM names the simulator's program, AS_INTUIT_FLAGS more flags for
# it. Linux only: as root, or as anybody where user namespaces are allowed.
#
# as-intuit.sh --check: only says whether this machine allows it.
set -euo pipefail

if [ -z "${AS_INTUIT_INSIDE:-}" ]; then
  namespaces=(unshare --mount --net)
  if [ "$(id -u)" -ne 0 ]; then
    namespaces+=(--map-root-user)
  fi
  AS_INTUIT_INSIDE=yes exec "${namespaces[@]}" -- "$0" "$@"
fi
unset AS_INTUIT_INSIDE

ip link set lo up
dir=$(mktemp -d)
simulator=
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
  if [ -n "$simulator" ]; then
    kill "$simulator" 2>/dev/null || true
    wait "$simulator" 2>/dev/null || true
  fi
  rm -rf "$dir"
}
trap clean_up EXIT

cat >"$dir/hosts" <<'HOSTS'
127.0.0.1 localhost appcenter.intuit.com developer.intuit.com developer.api.intuit.com
127.0.0.1 oauth.platform.intuit.com accounts.platform.intuit.com sandbox-accounts.platform.intuit.com
127.0.0.1 quickbooks.api.intuit.com sandbox-quickbooks.api.intuit.com
HOSTS
mount --bind "$dir/hosts" /etc/hosts
if [ "${1:-}" = --check ]; then
  exit 0
fi

# The simulator says on its standard output where it listens, once it does.
mkfifo "$dir/said"
# shellcheck disable=SC2086 # several flags
"$TILLPOST_PROGRAM" simulator --listen 127.0.0.1:443 --tls --tls-dir "$dir/tls" ${AS_INTUIT_FLAGS:-} >"$dir/said" &
simulator=$!
exec 3<"$dir/said"
said=
while [[ "$said" != *address* ]]; do
  if ! read -r said <&3; then
    echo "as-intuit.sh: the simulator did not start" >&2
    exit 1
  fi
done

# A proxy of the world outside is of no use here.
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
NODE_EXTRA_CA_CERTS="$dir/tls/ca.pem" SSL_CERT_FILE="$dir/tls/ca.pem" "$@"
