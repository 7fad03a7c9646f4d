// Linux calls and macros that Swift's Glibc module leaves out: they hide behind _GNU_SOURCE or are function-like macros.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static inline struct cmsghdr *clinux_cmsg_first(const struct msghdr *message) { return CMSG_FIRSTHDR(message); }
static inline struct cmsghdr *clinux_cmsg_next(struct msghdr *message, struct cmsghdr *control) {
    return CMSG_NXTHDR(message, control);
}
static inline unsigned char *clinux_cmsg_data(struct cmsghdr *control) { return CMSG_DATA(control); }
static inline size_t clinux_cmsg_space(size_t length) { return CMSG_SPACE(length); }

// Whether a capability is in the calling thread's effective set. glibc has no capget, and Swift imports no variadic syscall.
static inline _Bool clinux_has_effective_capability(int capability) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (capability < 0 || capability >= 32 * _LINUX_CAPABILITY_U32S_3) return 0;
    if (syscall(SYS_capget, &header, data) != 0) return 0;
    return data[capability / 32].effective >> (capability % 32) & 1;
}
