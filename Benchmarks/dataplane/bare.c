// The physical limit: the same routes, neighbours and forwarding entries as the benchmark's, put into the kernel by plain
// C and libmnl.
//
//   bare add|change|remove PEERS DEVICE-INDEX METRICS [read|compare]
//
// METRICS is 1 for a metric of its own for each route, else 0. Without a mode, the messages come from a loop that keeps
// nothing and compares nothing. With `read`, what is there is dumped first, and dropped. With `compare`, it does what a
// program must that does not know what is there: dump, compare with what should be, send the difference. Prints the
// microseconds from the first message to the last acknowledgement.
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "table.h"

enum { CAPACITY = 64 << 10, LARGEST = 256 };

static struct mnl_socket *kernel;
static char requests[CAPACITY], answers[CAPACITY];
static size_t used;
static struct nlmsghdr *last;
static unsigned sequence;
static int device;
static bool keeps;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint32_t subnet(unsigned peer) { return 0x0A800100u + (peer << 8); }

static uint32_t endpoint(unsigned peer, bool changed) { return (changed ? 0xC6130001u : 0xC6120001u) + peer; }

static uint64_t mac(unsigned peer, bool changed) { return 0x020000000000u | (peer + (changed ? 1u << 20 : 0)); }

static uint64_t place(unsigned peer, bool metrics) { return (uint64_t)(metrics ? 2 + peer : 0) << 32 | subnet(peer); }

// Waits for the answer to the last request, or the end of a dump.
static void await(void) {
    for (;;) {
        ssize_t length = mnl_socket_recvfrom(kernel, answers, sizeof answers);
        if (length < 0) fail("receive");
        int rest = (int)length;
        for (struct nlmsghdr *message = (struct nlmsghdr *)answers; mnl_nlmsg_ok(message, rest);
             message = mnl_nlmsg_next(message, &rest)) {
            if (message->nlmsg_type == NLMSG_DONE) return;
            if (keeps && message->nlmsg_type == RTM_NEWNEIGH) keepNeighbour(message, device);
            if (keeps && message->nlmsg_type == RTM_NEWROUTE) keepRoute(message);
            if (message->nlmsg_type != NLMSG_ERROR) continue;
            int code = -((struct nlmsgerr *)mnl_nlmsg_get_payload(message))->error;
            if (code != 0) {
                fprintf(stderr, "refused: %s\n", strerror(code));
                exit(1);
            }
            if (message->nlmsg_seq == sequence) return;
        }
    }
}

static void flush(void) {
    if (used == 0) return;
    last->nlmsg_flags |= NLM_F_ACK;
    if (mnl_socket_sendto(kernel, requests, used) < 0) fail("send");
    used = 0;
    await();
}

static struct nlmsghdr *begin(bool puts, int put, int delete) {
    if (CAPACITY - used < LARGEST) flush();
    last = mnl_nlmsg_put_header(requests + used);
    last->nlmsg_type = puts ? put : delete;
    last->nlmsg_flags = NLM_F_REQUEST | (puts ? NLM_F_CREATE | NLM_F_REPLACE : 0);
    last->nlmsg_seq = ++sequence;
    return last;
}

static void end(void) { used += MNL_ALIGN(last->nlmsg_len); }

static void putMAC(struct nlmsghdr *message, uint64_t bits) {
    unsigned char bytes[6] = {bits >> 40, bits >> 32, bits >> 24, bits >> 16, bits >> 8, bits};
    mnl_attr_put(message, NDA_LLADDR, sizeof bytes, bytes);
}

static void neighbour(bool puts, struct entry entry) {
    struct nlmsghdr *message = begin(puts, RTM_NEWNEIGH, RTM_DELNEIGH);
    struct ndmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->ndm_family = AF_INET;
    header->ndm_ifindex = device;
    header->ndm_state = NUD_PERMANENT;
    mnl_attr_put_u32(message, NDA_DST, htonl(entry.key));
    putMAC(message, entry.value);
    end();
}

static void forwarding(bool puts, struct entry entry) {
    struct nlmsghdr *message = begin(puts, RTM_NEWNEIGH, RTM_DELNEIGH);
    struct ndmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->ndm_family = AF_BRIDGE;
    header->ndm_ifindex = device;
    header->ndm_state = NUD_PERMANENT;
    header->ndm_flags = NTF_SELF;
    putMAC(message, entry.key);
    mnl_attr_put_u32(message, NDA_DST, htonl(entry.value));
    end();
}

static void route(bool puts, struct entry entry) {
    struct nlmsghdr *message = begin(puts, RTM_NEWROUTE, RTM_DELROUTE);
    struct rtmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->rtm_family = AF_INET;
    header->rtm_dst_len = 24;
    header->rtm_table = RT_TABLE_MAIN;
    header->rtm_protocol = PROTOCOL;
    header->rtm_type = RTN_UNICAST;
    header->rtm_flags = RTNH_F_ONLINK;
    mnl_attr_put_u32(message, RTA_DST, htonl(entry.key));
    mnl_attr_put_u32(message, RTA_GATEWAY, htonl(entry.value));
    mnl_attr_put_u32(message, RTA_OIF, device);
    if (entry.key >> 32) mnl_attr_put_u32(message, RTA_PRIORITY, entry.key >> 32);
    end();
}

static void dump(int type, const void *header, size_t size, int attribute, uint32_t value) {
    char request[LARGEST];
    struct nlmsghdr *message = mnl_nlmsg_put_header(request);
    message->nlmsg_type = type;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message->nlmsg_seq = ++sequence;
    memcpy(mnl_nlmsg_put_extra_header(message, size), header, size);
    mnl_attr_put_u32(message, attribute, value);
    if (mnl_socket_sendto(kernel, message, message->nlmsg_len) < 0) fail("send");
    await();
}

static void readAll(void) {
    struct rtmsg table = {.rtm_family = AF_INET, .rtm_protocol = PROTOCOL};
    dump(RTM_GETROUTE, &table, sizeof table, RTA_TABLE, RT_TABLE_MAIN);
    struct ndmsg addresses = {.ndm_family = AF_INET};
    dump(RTM_GETNEIGH, &addresses, sizeof addresses, NDA_IFINDEX, device);
    struct ndmsg entries = {.ndm_family = AF_BRIDGE};
    dump(RTM_GETNEIGH, &entries, sizeof entries, NDA_IFINDEX, device);
}

static void sendTable(struct table table, bool puts, void (*message)(bool, struct entry)) {
    for (size_t i = 0; i < table.count; i++) message(puts, table.entries[i]);
}

static void sendDifference(char step, unsigned peers, bool metrics) {
    struct table n[4] = {0}, f[4] = {0}, r[4] = {0};
    for (unsigned peer = 0; step != 'r' && peer < peers; peer++) {
        keep(&n[0], subnet(peer), mac(peer, step == 'c'));
        keep(&f[0], mac(peer, step == 'c'), endpoint(peer, step == 'c'));
        keep(&r[0], place(peer, metrics), subnet(peer));
    }
    keeps = true;
    readAll();
    keeps = false;
    compare(n[0], neighbours, &n[1], &n[2], &n[3]);
    compare(f[0], forwardings, &f[1], &f[2], &f[3]);
    compare(r[0], routes, &r[1], &r[2], &r[3]);
    sendTable(n[1], true, neighbour);
    sendTable(f[1], true, forwarding);
    sendTable(f[2], true, forwarding);
    sendTable(n[2], true, neighbour);
    sendTable(r[1], true, route);
    sendTable(r[2], true, route);
    sendTable(r[3], false, route);
    sendTable(f[3], false, forwarding);
    sendTable(n[3], false, neighbour);
}

static void sendAll(char step, unsigned peers, bool metrics) {
    bool changed = step != 'a';
    if (step == 'r')
        for (unsigned peer = 0; peer < peers; peer++)
            route(false, (struct entry){place(peer, metrics), subnet(peer)});
    if (step == 'a')
        for (unsigned peer = 0; peer < peers; peer++) neighbour(true, (struct entry){subnet(peer), mac(peer, false)});
    for (unsigned peer = 0; peer < peers; peer++)
        forwarding(step != 'r', (struct entry){mac(peer, changed), endpoint(peer, changed)});
    if (step != 'a')
        for (unsigned peer = 0; peer < peers; peer++)
            neighbour(step == 'c', (struct entry){subnet(peer), mac(peer, true)});
    if (step == 'c')
        for (unsigned peer = 0; peer < peers; peer++)
            forwarding(false, (struct entry){mac(peer, false), endpoint(peer, false)});
    if (step == 'a')
        for (unsigned peer = 0; peer < peers; peer++)
            route(true, (struct entry){place(peer, metrics), subnet(peer)});
}

int main(int count, char **words) {
    if (count < 5) {
        fprintf(stderr, "usage: %s add|change|remove PEERS DEVICE-INDEX METRICS [read|compare]\n", words[0]);
        return 64;
    }
    char step = words[1][0], mode = count > 5 ? words[5][0] : 0;
    unsigned peers = atoi(words[2]);
    bool metrics = atoi(words[4]);
    int one = 1;
    device = atoi(words[3]);
    kernel = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (kernel == NULL || mnl_socket_bind(kernel, 0, MNL_SOCKET_AUTOPID) < 0) fail("open a netlink socket");
    mnl_socket_setsockopt(kernel, NETLINK_GET_STRICT_CHK, &one, sizeof one);

    struct timespec start, stop;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (mode == 'c') {
        sendDifference(step, peers, metrics);
    } else {
        if (mode == 'r') readAll();
        sendAll(step, peers, metrics);
    }
    flush();
    clock_gettime(CLOCK_MONOTONIC, &stop);
    printf("%ld\n", (stop.tv_sec - start.tv_sec) * 1000000L + (stop.tv_nsec - start.tv_nsec) / 1000);
    mnl_socket_close(kernel);
    return 0;
}
