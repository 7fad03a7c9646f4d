#!/usr/bin/env bash
# A three-node cluster in network namespaces: pods that ping each other in both modes, and the kernel's tables behind it.
# Usage: demo.sh DIRECTORY-WITH-FELTD-AND-LEASECTL
set -euo pipefail

bin=$(realpath "$1")
prefix=feltdemo$$
folder=$(mktemp -d)
pids=()

clean_up() {
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    for space in $(ip netns list | awk '{print $1}' | grep "^$prefix-" || true); do ip netns delete "$space"; done
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

[ "$(id -u)" = 0 ] || { echo "demo: makes network namespaces: run it as root" >&2; exit 1; }

title() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }
node() { ip netns exec "$prefix-$1" "${@:2}"; }
leasectl() { "$bin/leasectl" --socket "$folder/$1/run/feltd.sock" --database "$folder/$1/state/felt.db" "${@:2}"; }

make_network() {
    ip netns add "$prefix-switch"
    ip -n "$prefix-switch" link add br0 type bridge
    ip -n "$prefix-switch" link set br0 up
    for i in 1 2 3; do
        ip netns add "$prefix-$i"
        ip -n "$prefix-$i" link add eth0 type veth peer name "port$i" netns "$prefix-switch"
        ip -n "$prefix-switch" link set "port$i" master br0 up
        ip -n "$prefix-$i" link set lo up
        ip -n "$prefix-$i" addr add "192.168.50.$i/24" dev eth0
        ip -n "$prefix-$i" link set eth0 up
        ip -n "$prefix-$i" route add default via 192.168.50.254 dev eth0
        node "$i" sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
    done
    (umask 077 && head -c 32 /dev/urandom | base64 > "$folder/key")
}

start_nodes() {
    for i in 1 2 3; do
        mkdir -p "$folder/$i"
        ip netns exec "$prefix-$i" "$bin/feltd" --name "node$i" --backend "$1" --key-file "$folder/key" \
            --join 192.168.50.1,192.168.50.2,192.168.50.3 --state-dir "$folder/$i/state" --run-dir "$folder/$i/run" \
            --subnet-file "$folder/$i/subnet.env" 2>> "$folder/$i/log" &
        pids+=($!)
    done
    for i in 1 2 3; do
        for _ in $(seq 600); do
            leasectl "$i" list -o name 2>/dev/null | wc -l | grep -q '^3$' && leasectl "$i" status >/dev/null 2>&1 && continue 2
            sleep 0.1
        done
        echo "demo: node$i is not ready:" >&2
        cat "$folder/$i/log" >&2
        exit 1
    done
}

# What a container runtime does with subnet.env.
make_pods() {
    for i in 1 2 3; do
        # shellcheck disable=SC1090
        . "$folder/$i/subnet.env"
        gateway=${FLANNEL_SUBNET%/*}
        ip -n "$prefix-$i" link add cni0 mtu "$FLANNEL_MTU" type bridge
        ip -n "$prefix-$i" addr add "$FLANNEL_SUBNET" dev cni0
        ip -n "$prefix-$i" link set cni0 up
        ip netns add "$prefix-pod$i"
        ip -n "$prefix-$i" link add pod mtu "$FLANNEL_MTU" type veth peer name eth0 mtu "$FLANNEL_MTU" netns "$prefix-pod$i"
        ip -n "$prefix-$i" link set pod master cni0 up
        ip -n "$prefix-pod$i" addr add "${gateway%.*}.2/24" dev eth0
        ip -n "$prefix-pod$i" link set eth0 up
        ip -n "$prefix-pod$i" route add default via "$gateway"
        echo "${gateway%.*}.2" > "$folder/$i/pod"
    done
}

ping_pods() {
    for from in 1 2 3; do
        for to in 1 2 3; do
            [ "$from" = "$to" ] && continue
            target=$(cat "$folder/$to/pod")
            answer=$(ip netns exec "$prefix-pod$from" ping -n -c 1 -W 5 "$target" | grep 'bytes from')
            echo "pod on node$from → pod on node$to: $answer"
        done
    done
}

stop_nodes() {
    for pid in "${pids[@]}"; do kill -TERM "$pid"; done
    for pid in "${pids[@]}"; do wait "$pid"; done
    pids=()
    for i in 1 2 3; do
        ip netns delete "$prefix-pod$i"
        ip -n "$prefix-$i" link delete cni0
        rm -rf "${folder:?}/$i"
    done
}

show_memory() {
    for index in 0 1 2; do
        echo "feltd on node$((index + 1)): $(awk '/^(VmRSS|RssAnon)/ {printf "%s %d KiB  ", $1, $2}' "/proc/${pids[$index]}/status")"
    done
}

make_network

title "VXLAN: three machines, one /24 each"
start_nodes vxlan
make_pods
printf '$ leasectl list\n'; leasectl 1 list
title "Every pod reaches every other"
ping_pods
title "On node1: the route, the inner destination (neighbour), the outer destination (FDB)"
run ip -n "$prefix-1" route show
run ip -n "$prefix-1" neigh show dev flannel.1
run bridge -n "$prefix-1" fdb show dev flannel.1
title "Resident memory"
show_memory
stop_nodes

title "host-gw: the same with plain routes"
for i in 1 2 3; do ip -n "$prefix-$i" link delete flannel.1; done
start_nodes host-gw
make_pods
printf '$ leasectl list -o wide\n'; leasectl 1 list -o wide
ping_pods
run ip -n "$prefix-1" route show
stop_nodes
title "Done; everything is removed again."
