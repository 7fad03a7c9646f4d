// The physical limit: the same routes, neighbours and forwarding entries as the benchmark's, put into the kernel by plain
// C and libmnl, with nothing kept and nothing compared.
//
//   bare add|change|remove PEERS DEVICE-INDEX METRICS [read]
//
// METRICS is 1 for a metric of its own for each route, else 0. With `read`, what is there is dumped first, as a program
// must that does not know it. Prints the microseconds from the first message to the last acknowledgement.
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

enum { CAPACITY = 64 << 10, LARGEST = 256, PROTOCOL = 70 };

static struct mnl_socket *kernel;
static char requests[CAPACITY], answers[CAPACITY];
static size_t used;
static struct nlmsghdr *last;
static unsigned sequence;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint32_t subnet(unsigned peer) { return 0x0A800100u + (peer << 8); }

static uint32_t endpoint(unsigned peer, bool changed) { return (changed ? 0xC6130001u : 0xC6120001u) + peer; }

static void mac(unsigned char bytes[6], unsigned peer, bool changed) {
    unsigned number = peer + (changed ? 1u << 20 : 0);
    unsigned char made[6] = {0x02, 0, number >> 24, number >> 16, number >> 8, number};
    memcpy(bytes, made, sizeof made);
}

// Waits for the answer to the last request, or the end of a dump.
static void await(void) {
    for (;;) {
        ssize_t length = mnl_socket_recvfrom(kernel, answers, sizeof answers);
        if (length < 0) fail("receive");
        int rest = (int)length;
        for (struct nlmsghdr *message = (struct nlmsghdr *)answers; mnl_nlmsg_ok(message, rest);
             message = mnl_nlmsg_next(message, &rest)) {
            if (message->nlmsg_type == NLMSG_DONE) return;
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

static struct nlmsghdr *begin(int type, int flags) {
    if (CAPACITY - used < LARGEST) flush();
    last = mnl_nlmsg_put_header(requests + used);
    last->nlmsg_type = type;
    last->nlmsg_flags = NLM_F_REQUEST | flags;
    last->nlmsg_seq = ++sequence;
    return last;
}

static void end(void) { used += MNL_ALIGN(last->nlmsg_len); }

static void neighbour(int type, int flags, int device, unsigned peer, bool changed) {
    unsigned char address[6];
    struct nlmsghdr *message = begin(type, flags);
    struct ndmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->ndm_family = AF_INET;
    header->ndm_ifindex = device;
    header->ndm_state = NUD_PERMANENT;
    mnl_attr_put_u32(message, NDA_DST, htonl(subnet(peer)));
    mac(address, peer, changed);
    mnl_attr_put(message, NDA_LLADDR, sizeof address, address);
    end();
}

static void forwarding(int type, int flags, int device, unsigned peer, bool changed) {
    unsigned char address[6];
    struct nlmsghdr *message = begin(type, flags);
    struct ndmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->ndm_family = AF_BRIDGE;
    header->ndm_ifindex = device;
    header->ndm_state = NUD_PERMANENT;
    header->ndm_flags = NTF_SELF;
    mac(address, peer, changed);
    mnl_attr_put(message, NDA_LLADDR, sizeof address, address);
    mnl_attr_put_u32(message, NDA_DST, htonl(endpoint(peer, changed)));
    end();
}

static void route(int type, int flags, int device, unsigned peer, bool metrics) {
    struct nlmsghdr *message = begin(type, flags);
    struct rtmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->rtm_family = AF_INET;
    header->rtm_dst_len = 24;
    header->rtm_table = RT_TABLE_MAIN;
    header->rtm_protocol = PROTOCOL;
    header->rtm_type = RTN_UNICAST;
    header->rtm_flags = RTNH_F_ONLINK;
    mnl_attr_put_u32(message, RTA_DST, htonl(subnet(peer)));
    mnl_attr_put_u32(message, RTA_GATEWAY, htonl(subnet(peer)));
    mnl_attr_put_u32(message, RTA_OIF, device);
    if (metrics) mnl_attr_put_u32(message, RTA_PRIORITY, 2 + peer);
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

static void readAll(int device) {
    struct rtmsg routes = {.rtm_family = AF_INET, .rtm_protocol = PROTOCOL};
    dump(RTM_GETROUTE, &routes, sizeof routes, RTA_TABLE, RT_TABLE_MAIN);
    struct ndmsg neighbours = {.ndm_family = AF_INET};
    dump(RTM_GETNEIGH, &neighbours, sizeof neighbours, NDA_IFINDEX, device);
    struct ndmsg entries = {.ndm_family = AF_BRIDGE};
    dump(RTM_GETNEIGH, &entries, sizeof entries, NDA_IFINDEX, device);
}

int main(int count, char **words) {
    if (count < 5) {
        fprintf(stderr, "usage: %s add|change|remove PEERS DEVICE-INDEX METRICS [read]\n", words[0]);
        return 64;
    }
    unsigned peers = atoi(words[2]);
    int device = atoi(words[3]), put = NLM_F_CREATE | NLM_F_REPLACE, one = 1;
    bool metrics = atoi(words[4]);
    kernel = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (kernel == NULL || mnl_socket_bind(kernel, 0, MNL_SOCKET_AUTOPID) < 0) fail("open a netlink socket");
    mnl_socket_setsockopt(kernel, NETLINK_GET_STRICT_CHK, &one, sizeof one);

    struct timespec start, stop;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (count > 5) readAll(device);
    switch (words[1][0]) {
    case 'a':
        for (unsigned peer = 0; peer < peers; peer++) neighbour(RTM_NEWNEIGH, put, device, peer, false);
        for (unsigned peer = 0; peer < peers; peer++) forwarding(RTM_NEWNEIGH, put, device, peer, false);
        for (unsigned peer = 0; peer < peers; peer++) route(RTM_NEWROUTE, put, device, peer, metrics);
        break;
    case 'c':
        for (unsigned peer = 0; peer < peers; peer++) forwarding(RTM_NEWNEIGH, put, device, peer, true);
        for (unsigned peer = 0; peer < peers; peer++) neighbour(RTM_NEWNEIGH, put, device, peer, true);
        for (unsigned peer = 0; peer < peers; peer++) forwarding(RTM_DELNEIGH, 0, device, peer, false);
        break;
    case 'r':
        for (unsigned peer = 0; peer < peers; peer++) route(RTM_DELROUTE, 0, device, peer, metrics);
        for (unsigned peer = 0; peer < peers; peer++) forwarding(RTM_DELNEIGH, 0, device, peer, true);
        for (unsigned peer = 0; peer < peers; peer++) neighbour(RTM_DELNEIGH, 0, device, peer, true);
        break;
    }
    flush();
    clock_gettime(CLOCK_MONOTONIC, &stop);
    printf("%ld\n", (stop.tv_sec - start.tv_sec) * 1000000L + (stop.tv_nsec - start.tv_nsec) / 1000);
    mnl_socket_close(kernel);
    return 0;
}
