#!/usr/bin/env python3
"""A bad cable: passes frames between a port and a TAP device, late, twice, or out of order. It is started within the
switch's namespace and ends with its standard input.

relay.py PORT TAP SEED DELAY_MS JITTER_MS DUPLICATED_PERCENT"""

import fcntl
import heapq
import os
import random
import selectors
import socket
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 2, 0x1000
PACKET_OUTGOING = 4
QUEUE = 5_000


def main():
    port, tap, seed, delay, jitter, duplicated = sys.argv[1:3] + [int(word) for word in sys.argv[3:7]]
    chance = random.Random(seed)
    switch_side = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(switch_side, TUNSETIFF, struct.pack("16sH22x", tap.encode(), IFF_TAP | IFF_NO_PI))
    node_side = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    node_side.bind((port, 0))
    print("ready", flush=True)
    chooser = selectors.DefaultSelector()
    for descriptor in (switch_side, node_side, sys.stdin):
        chooser.register(descriptor, selectors.EVENT_READ)
    waiting, count = [], 0
    while True:
        rest = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for key, _ in chooser.select(rest):
            if key.fileobj is sys.stdin:
                return
            if key.fileobj is node_side:
                frame, sender = node_side.recvfrom(65_536)
                if sender[2] == PACKET_OUTGOING:
                    continue
            else:
                frame = os.read(switch_side, 65_536)
            for _ in range(2 if chance.random() * 100 < duplicated else 1):
                if len(waiting) < QUEUE:
                    count += 1
                    due = time.monotonic() + (delay + chance.random() * jitter) / 1000
                    heapq.heappush(waiting, (due, count, key.fileobj is node_side, frame))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, from_node, frame = heapq.heappop(waiting)
            try:
                os.write(switch_side, frame) if from_node else node_side.send(frame)
            except OSError:
                pass  # The device is going away.


main()
