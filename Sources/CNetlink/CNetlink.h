// libmnl and the kernel's rtnetlink headers, with what Swift cannot import of them.
// <linux/if.h> must stay out: its IFNAMSIZ and IFF_* would be ambiguous with those of <net/if.h>.
#pragma once
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

// Macros that are functions or sizeof() values, which the importer skips.
static inline unsigned int cnetlink_align(unsigned int length) { return MNL_ALIGN(length); }
static inline unsigned int cnetlink_socket_buffer_size(void) { return (unsigned int)MNL_SOCKET_BUFFER_SIZE; }
static const unsigned int cnetlink_message_header_length = MNL_NLMSG_HDRLEN;
static const unsigned int cnetlink_attribute_header_length = MNL_ATTR_HDRLEN;
static const unsigned short cnetlink_attribute_type_mask = (unsigned short)NLA_TYPE_MASK;
