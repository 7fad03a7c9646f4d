#!/bin/bash
# Installs, runs, upgrades, removes and purges the package in a Debian root of its own: test-deb.sh BINARIES.
# The mirror is this machine's own. Needs root, debootstrap, and a network namespace that it makes and removes.
set -euo pipefail
binaries=$(readlink -f "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
space=felt-deb-$$
daemon=
root=$work/root

clean() {
    if [ -n "$daemon" ]; then kill "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true; fi
    ip netns delete "$space" 2>/dev/null || true
    for mount in proc sys dev; do umount -l "$root/$mount" 2>/dev/null || true; done
    rm -rf --one-file-system "$work"
}
trap clean EXIT

step() { echo "== $*"; }
inside() { ip netns exec "$space" chroot "$root" "$@"; }
must() { inside sh -c "$1" || { echo "failed in the root: $1" >&2; exit 1; }; }
start() {
    ip netns exec "$space" chroot "$root" /usr/sbin/feltd --config /etc/felt/feltd.json >>"$work/feltd.log" 2>&1 &
    daemon=$!
    for _ in $(seq 100); do
        inside leasectl status -o json 2>/dev/null | grep -Eq '"ready": ?true' && return
        sleep 0.2
    done
    cat "$work/feltd.log" >&2
    echo "feltd did not get ready" >&2
    exit 1
}
stop() { kill "$daemon"; wait "$daemon" || true; daemon=; }

step "a Debian root"
mirror=$(apt-cache policy libmnl0 | sed -n 's|^ *[0-9]* \(https*://[^ ]*\) .*|\1|p' | head -n 1)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
debootstrap --variant=minbase --include=libmnl0,libsqlite3-0,nftables,iproute2,libstdc++6 "$suite" "$root" "$mirror" \
    >"$work/debootstrap.log" 2>&1 || { tail -n 20 "$work/debootstrap.log" >&2; exit 1; }
for mount in proc sys dev; do mount --rbind "/$mount" "$root/$mount"; mount --make-rslave "$root/$mount"; done

ip netns add "$space"
ip -n "$space" link set lo up
ip -n "$space" link add uplink type veth peer name far
ip -n "$space" address add 192.168.77.1/24 dev uplink
ip -n "$space" link set uplink up
ip -n "$space" link set far up

step "two packages of this build, the second newer"
Packaging/scripts/deb.sh "$binaries" "$work/first" 0.0.1
Packaging/scripts/deb.sh "$binaries" "$work/second" 0.0.2
cp "$work"/first/*.deb "$work"/second/*.deb "$root/tmp/"

step "install"
must "dpkg -i /tmp/felt_0.0.1_*.deb"
must "test -x /usr/sbin/feltd && leasectl --version && leasectl list; test \$? -eq 1 -o \$? -eq 3"
printf '{ "iface": ["uplink"], "name": "packaged" }\n' >"$root/etc/felt/feltd.json"
start
must "leasectl list | grep packaged"
before=$(ip -n "$space" -o link show flannel.1 | sed 's/.*ether \([^ ]*\).*/\1/')
lease=$(inside leasectl status -o json | sed -n 's/.*"lease": *"\([^"]*\)".*/\1/p')

step "upgrade: the configuration, the lease and the device stay"
must "dpkg -i --force-confold /tmp/felt_0.0.2_*.deb"
must "dpkg-query -W -f '\${Version}' felt | grep -qx 0.0.2"
must "grep -q packaged /etc/felt/feltd.json"
stop
start
[ "$(ip -n "$space" -o link show flannel.1 | sed 's/.*ether \([^ ]*\).*/\1/')" = "$before" ]
[ "$(inside leasectl status -o json | sed -n 's/.*"lease": *"\([^"]*\)".*/\1/p')" = "$lease" ]

step "remove: the kernel is as it was, the leases stay"
stop
must "dpkg -r felt"
! ip -n "$space" link show flannel.1 2>/dev/null || { echo "flannel.1 is still there" >&2; exit 1; }
[ -z "$(ip -n "$space" route show proto 70)" ]
must "test -f /var/lib/felt/felt.db -a -f /etc/felt/feltd.json"

step "install again: the same lease"
must "dpkg -i --force-confold /tmp/felt_0.0.2_*.deb"
start
[ "$(inside leasectl status -o json | sed -n 's/.*"lease": *"\([^"]*\)".*/\1/p')" = "$lease" ]
stop

step "purge: nothing is left"
must "dpkg -P felt"
must "! ls /etc/felt /etc/default/feltd /var/lib/felt /usr/sbin/feltd /lib/systemd/system/feltd.service 2>/dev/null | grep ."
echo "the package installs, upgrades, removes and purges"
