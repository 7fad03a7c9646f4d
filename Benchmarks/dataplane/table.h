// What bare.c keeps of what is there and of what should be, and their difference.
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROTOCOL = 70 };

// A neighbour's address and MAC address; a MAC address and its endpoint; a route's metric and subnet, and its gateway.
struct entry {
    uint64_t key, value;
};

struct table {
    struct entry *entries;
    size_t count, room;
};

static void keep(struct table *table, uint64_t key, uint64_t value) {
    if (table->count == table->room) {
        table->room = table->room ? 2 * table->room : 1024;
        table->entries = realloc(table->entries, table->room * sizeof *table->entries);
        if (table->entries == NULL) abort();
    }
    table->entries[table->count++] = (struct entry){key, value};
}

static struct table neighbours, forwardings, routes;

static uint64_t macOf(const struct nlattr *attribute) {
    const unsigned char *bytes = mnl_attr_get_payload(attribute);
    uint64_t bits = 0;
    for (int i = 0; i < 6; i++) bits = bits << 8 | bytes[i];
    return bits;
}

static void keepNeighbour(const struct nlmsghdr *message, int device) {
    const struct ndmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute;
    uint64_t destination = 0, address = 0;
    if (header->ndm_ifindex != device || !(header->ndm_state & NUD_PERMANENT)) return;
    mnl_attr_for_each(attribute, message, sizeof *header) {
        if (mnl_attr_get_type(attribute) == NDA_DST && mnl_attr_get_payload_len(attribute) == 4)
            destination = ntohl(mnl_attr_get_u32(attribute));
        if (mnl_attr_get_type(attribute) == NDA_LLADDR && mnl_attr_get_payload_len(attribute) == 6)
            address = macOf(attribute);
    }
    if (header->ndm_family == AF_BRIDGE) {
        if (!(address >> 40 & 1)) keep(&forwardings, address, destination);
    } else if (destination >> 28 != 14) {
        keep(&neighbours, destination, address);
    }
}

static void keepRoute(const struct nlmsghdr *message) {
    const struct rtmsg *header = mnl_nlmsg_get_payload(message);
    const struct nlattr *attribute;
    uint64_t destination = 0, gateway = 0, metric = 0;
    if (header->rtm_protocol != PROTOCOL) return;
    mnl_attr_for_each(attribute, message, sizeof *header) {
        switch (mnl_attr_get_type(attribute)) {
        case RTA_DST: destination = ntohl(mnl_attr_get_u32(attribute)); break;
        case RTA_GATEWAY: gateway = ntohl(mnl_attr_get_u32(attribute)); break;
        case RTA_PRIORITY: metric = mnl_attr_get_u32(attribute); break;
        }
    }
    keep(&routes, metric << 32 | destination, gateway);
}

static int byKey(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    return (a->key > b->key) - (a->key < b->key);
}

// What is to be made, altered and removed; each key is there once.
static void compare(struct table wanted, struct table found, struct table *made, struct table *altered,
                    struct table *removed) {
    size_t w = 0, f = 0;
    if (wanted.count > 0) qsort(wanted.entries, wanted.count, sizeof *wanted.entries, byKey);
    if (found.count > 0) qsort(found.entries, found.count, sizeof *found.entries, byKey);
    while (w < wanted.count || f < found.count) {
        if (f == found.count || (w < wanted.count && wanted.entries[w].key < found.entries[f].key)) {
            keep(made, wanted.entries[w].key, wanted.entries[w].value);
            w++;
        } else if (w == wanted.count || found.entries[f].key < wanted.entries[w].key) {
            keep(removed, found.entries[f].key, found.entries[f].value);
            f++;
        } else {
            if (wanted.entries[w].value != found.entries[f].value)
                keep(altered, wanted.entries[w].key, wanted.entries[w].value);
            w++, f++;
        }
    }
}
