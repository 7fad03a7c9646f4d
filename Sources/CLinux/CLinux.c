#define _GNU_SOURCE
#include "CLinux.h"
#include <sched.h>

int clinux_enter_network_namespace(int descriptor) { return setns(descriptor, CLONE_NEWNET); }

int clinux_unshare_network_namespace(void) { return unshare(CLONE_NEWNET); }

int clinux_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
