#define _GNU_SOURCE
#include "CLinux.h"
#include <link.h>
#include <linux/capability.h>
#include <malloc.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <stdint.h>
#include <unistd.h>

const int clinux_cap_net_admin = CAP_NET_ADMIN;

bool clinux_has_effective_capability(int capability) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (capability < 0 || capability >= 32 * _LINUX_CAPABILITY_U32S_3) return false;
    if (syscall(SYS_capget, &header, data) != 0) return false;
    return data[capability / 32].effective >> (capability % 32) & 1;
}

int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void clinux_eventfd_signal(int descriptor) { eventfd_write(descriptor, 1); }

int clinux_enter_network_namespace(int descriptor) { return setns(descriptor, CLONE_NEWNET); }

int clinux_unshare_network_namespace(void) { return unshare(CLONE_NEWNET); }

int clinux_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int clinux_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

static bool has_text_relocations(const struct dl_phdr_info *object) {
    for (int i = 0; i < object->dlpi_phnum; i++) {
        if (object->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
        const ElfW(Dyn) *entry = (const void *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
        for (; entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL)) return true;
        }
    }
    return false;
}

static int release_object(struct dl_phdr_info *object, size_t size, void *total) {
    (void)size;
    // A segment that the loader has written into is no copy of the file. The vDSO has none.
    if (has_text_relocations(object) || (object->dlpi_name[0] != '/' && object->dlpi_name[0] != 0)) return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_filesz) & ~(page - 1);
        if (start < end && madvise((void *)start, end - start, MADV_DONTNEED) == 0) *(size_t *)total += end - start;
    }
    return 0;
}

size_t clinux_release_start_memory(void) {
    size_t total = 0;
    malloc_trim(0);
    dl_iterate_phdr(release_object, &total);
    return total;
}
