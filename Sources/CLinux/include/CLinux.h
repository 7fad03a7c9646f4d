// Linux calls that hide behind _GNU_SOURCE, which cannot be defined for a module that is imported beside Swift's Glibc
// (fd_set would have two definitions). So they are compiled here and declared without it.
#pragma once
#include <spawn.h>
#include <stdbool.h>
#include <sys/types.h>

/// Whether a capability (capabilities(7)) is in the calling thread's effective set.
bool clinux_has_effective_capability(int capability);
/// CAP_NET_ADMIN.
extern const int clinux_cap_net_admin;
/// eventfd(2) with EFD_CLOEXEC and EFD_NONBLOCK. The descriptor, or -1 and errno.
int clinux_eventfd(void);
/// eventfd_write(3) of 1.
void clinux_eventfd_signal(int descriptor);

/// setns(2) into a network namespace. 0, or -1 and errno.
int clinux_enter_network_namespace(int descriptor);
/// unshare(2): the calling thread gets a network namespace of its own. 0, or -1 and errno.
int clinux_unshare_network_namespace(void);
/// pidfd_open(2): readable once the process has ended. The descriptor, or -1 and errno.
int clinux_pidfd_open(pid_t process);
/// posix_spawn_file_actions_addclosefrom_np(3).
int clinux_spawn_close_from(posix_spawn_file_actions_t *actions, int first);
