#!/usr/bin/env bash
# Plays the scenarios of felt-sim with fixed seeds and a random one: scenarios.sh FELT-SIM quick|full
set -euo pipefail
program=$1
size=$2
failed=0

play() {
    "$program" run "$@" || failed=1
    echo
}

random=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
scenarios="join joiner idle change kill crash restart churn partition flap asymmetric pause clone restore move full-pool"
# What has to pass each time plays fixed seeds alone: a failure is then the change's.
if [ "$size" = quick ]; then
    for scenario in $scenarios; do
        for seed in 1 2; do play --scenario "$scenario" --nodes 16 --seed "$seed" --loss 0.05; done
    done
    play --scenario join --nodes 64 --seed 1
    # 300 nodes on 256 subnets.
    play --scenario full-pool --nodes 300 --seed 1 --minutes 0.25
    play --scenario idle --nodes 256 --seed 1
else
    for scenario in $scenarios; do
        for seed in 1 2 "$random"; do
            play --scenario "$scenario" --nodes 64 --seed "$seed" --loss 0.05 --duplication 0.01 --minutes 2
        done
    done
    for nodes in 64 256 1000; do play --scenario idle --nodes $nodes --minutes 10; done
    for loss in 0.1 0.2; do play --scenario pause --nodes 64 --seed "$random" --loss $loss --minutes 10; done
    play --scenario join --nodes 256 --seed "$random"
    play --scenario joiner --nodes 1000 --seed "$random"
    play --scenario change --nodes 1000 --loss 0.05
    play --scenario crash --nodes 1000 --seed "$random"
    play --scenario joiner --nodes 5000 --minutes 0.1 --seed "$random"
    play --scenario churn --nodes 1000 --minutes 0.25 --seed "$random"
    play --scenario idle --nodes 20000 --minutes 0.25
    play --scenario partition --nodes 256 --seed "$random"
fi
exit $failed
