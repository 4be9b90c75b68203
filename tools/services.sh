#!/bin/sh
# The only place that installs system packages. Everything here is for tests and benchmarks.
set -eu
packages="postgresql mosquitto dovecot-imapd nginx-light chromium fonts-noto-cjk"
if ! command -v apt-get >/dev/null 2>&1; then
    echo "This is not Debian or Ubuntu. Please install by hand: $packages" >&2
    exit 1
fi
missing=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
done
if [ -z "$missing" ]; then
    echo "All there: $packages"
    exit 0
fi
as_root=""
[ "$(id -u)" -eq 0 ] || as_root=sudo
export DEBIAN_FRONTEND=noninteractive
# Nothing may start by itself: the tests start what they need, on private ports.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
    trap '$as_root rm -f "$policy"' EXIT
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing
