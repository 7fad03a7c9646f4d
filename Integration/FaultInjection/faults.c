// Faults for a real daemon, by LD_PRELOAD. What it does is told by environment variables:
//
//   FELT_FAULT_DIR=PATH      the files that are watched: those below PATH
//   FELT_FAULT_AT=N          the N-th operation that changes a watched file ends the process before it happens (N >= 1)
//   FELT_FAULT_TORN=1        a write is done by half before the process ends
//   FELT_FAULT_POWER=1       before it ends, what was not synced is taken back: as if the power had gone
//   FELT_FAULT_ERROR=FILE    while FILE holds the number of an error (errno), operations on watched files fail with it
//   FELT_FAULT_LOG=FILE      FILE gets one line at the end: how many operations were counted
//   FELT_FAULT_CLOCK=FILE    CLOCK_REALTIME is moved by the seconds that FILE holds, read anew each second;
//                            monotonic and boot time stay what they are
//
// Counted are write, pwrite, ftruncate, fsync, fdatasync, rename, link and unlink. SQLite's memory-mapped index (-shm) is
// not a file that must survive, and is left out.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(name) *)real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static _Atomic long counted;
static long deadly;
static int torn, power;
static char directory[PATH_MAX];
static size_t directory_length;
static const char *clock_file;
static const char *error_file;

// What was written and not synced, oldest first, with what was there before.
struct undo {
    struct undo *next;
    char *path;
    off_t offset;
    size_t length;
    off_t size_before;
    unsigned char before[];
};
static struct undo *unsynced;

__attribute__((constructor)) static void begin(void) {
    const char *value = getenv("FELT_FAULT_DIR");
    if (value != NULL && realpath(value, directory) != NULL) directory_length = strlen(directory);
    value = getenv("FELT_FAULT_AT");
    deadly = value != NULL ? atol(value) : 0;
    torn = getenv("FELT_FAULT_TORN") != NULL;
    power = getenv("FELT_FAULT_POWER") != NULL;
    clock_file = getenv("FELT_FAULT_CLOCK");
    error_file = getenv("FELT_FAULT_ERROR");
}

__attribute__((destructor)) static void end(void) {
    const char *log = getenv("FELT_FAULT_LOG");
    if (log == NULL) return;
    char line[32];
    int length = snprintf(line, sizeof line, "%ld\n", atomic_load(&counted));
    int file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return;
    if (syscall(SYS_write, file, line, length) < 0) perror("FELT_FAULT_LOG");
    syscall(SYS_close, file);
}

// The number in a small file; 0 when there is none.
static long number_in(const char *name) {
    char text[32] = {0};
    int file = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) return 0;
    long number = syscall(SYS_read, file, text, sizeof text - 1) > 0 ? atol(text) : 0;
    syscall(SYS_close, file);
    return number;
}

static int is_watched(const char *path) {
    if (directory_length == 0 || strncmp(path, directory, directory_length) != 0) return 0;
    if (path[directory_length] != '/') return 0;
    size_t length = strlen(path);
    return !(length > 4 && strcmp(path + length - 4, "-shm") == 0);
}

// The path of an open file, in buffer; NULL when it is not watched.
static const char *watched(int file, char buffer[PATH_MAX]) {
    if (directory_length == 0) return NULL;
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, name, buffer, PATH_MAX - 1);
    if (length <= 0) return NULL;
    buffer[length] = 0;
    return is_watched(buffer) ? buffer : NULL;
}

// The absolute form of a path that names a file in a directory that exists.
static const char *absolute(const char *path, char buffer[PATH_MAX]) {
    char parent[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    if (length >= sizeof parent) return NULL;
    memcpy(parent, slash == NULL ? "." : path, length);
    parent[length] = 0;
    if (realpath(parent, buffer) == NULL) return NULL;
    size_t used = strlen(buffer);
    int written = snprintf(buffer + used, PATH_MAX - used, "/%s", slash == NULL ? path : slash + 1);
    return written < 0 || (size_t)written >= PATH_MAX - used ? NULL : buffer;
}

static void take_back(void) {
    struct undo *newest_first = NULL;
    while (unsynced != NULL) {
        struct undo *next = unsynced->next;
        unsynced->next = newest_first;
        newest_first = unsynced;
        unsynced = next;
    }
    for (struct undo *each = newest_first; each != NULL; each = each->next) {
        int file = (int)syscall(SYS_openat, AT_FDCWD, each->path, O_WRONLY | O_CLOEXEC, 0);
        if (file < 0) continue;
        if (each->length > 0) syscall(SYS_pwrite64, file, each->before, each->length, each->offset);
        struct stat status;
        if (fstat(file, &status) == 0 && status.st_size > each->size_before) {
            syscall(SYS_ftruncate, file, each->size_before);
        }
        syscall(SYS_close, file);
    }
}

// Counts an operation; does not return from the deadly one. Called with the guard held.
static int is_deadly(void) { return atomic_fetch_add(&counted, 1) + 1 == deadly; }

static void die(void) {
    if (power) take_back();
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

// The file is on the disk as it is: what was noted of it is settled.
static void settle(const char *path) {
    struct undo **place = &unsynced;
    while (*place != NULL) {
        struct undo *each = *place;
        if (strcmp(each->path, path) == 0) {
            *place = each->next;
            free(each->path);
            free(each);
        } else {
            place = &each->next;
        }
    }
}

static void note(const char *path, off_t offset, size_t length) {
    if (!power) return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) return;
    struct undo *added = malloc(sizeof *added + length);
    if (added == NULL) abort();
    added->next = NULL;
    added->path = strdup(path);
    added->offset = offset;
    added->size_before = status.st_size;
    ssize_t before = length > 0 ? syscall(SYS_pread64, file, added->before, length, offset) : 0;
    added->length = before > 0 ? (size_t)before : 0;
    syscall(SYS_close, file);
    struct undo **place = &unsynced;
    while (*place != NULL) place = &(*place)->next;
    *place = added;
}

#define FAIL_IF_TOLD                                                                                                   \
    if (error_file != NULL) {                                                                                          \
        int told = (int)number_in(error_file);                                                                         \
        if (told != 0) {                                                                                               \
            errno = told;                                                                                              \
            return -1;                                                                                                 \
        }                                                                                                              \
    }

// Runs an operation on a watched file: counted, deadly, noted.
#define ON_FILE(file, doing, half, noting)                                                                             \
    char path_buffer[PATH_MAX];                                                                                        \
    const char *path = watched(file, path_buffer);                                                                     \
    if (path == NULL) return doing;                                                                                    \
    FAIL_IF_TOLD                                                                                                       \
    pthread_mutex_lock(&guard);                                                                                        \
    int deadly_now = is_deadly();                                                                                      \
    if (!deadly_now || torn) { noting; }                                                                               \
    if (deadly_now) {                                                                                                  \
        if (torn) { half; }                                                                                            \
        die();                                                                                                         \
    }                                                                                                                  \
    __typeof__(doing) result = doing;                                                                                  \
    int code = errno;                                                                                                  \
    pthread_mutex_unlock(&guard);                                                                                      \
    errno = code;                                                                                                      \
    return result

ssize_t write(int file, const void *bytes, size_t count) {
    ON_FILE(
        file, syscall(SYS_write, file, bytes, count), (void)syscall(SYS_write, file, bytes, count / 2),
        note(path, lseek(file, 0, SEEK_CUR), count));
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    ON_FILE(
        file, syscall(SYS_pwrite64, file, bytes, count, offset),
        (void)syscall(SYS_pwrite64, file, bytes, count / 2, offset), note(path, offset, count));
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    return pwrite(file, bytes, count, offset);
}

int ftruncate(int file, off_t size) {
    ON_FILE(file, (int)syscall(SYS_ftruncate, file, size), , settle(path));
}

int ftruncate64(int file, off64_t size) { return ftruncate(file, size); }

// With the power going off, a sync that came back has made everything before it last.
int fsync(int file) {
    ON_FILE(file, (int)syscall(SYS_fsync, file), , if (!deadly_now) settle(path));
}

int fdatasync(int file) {
    ON_FILE(file, (int)syscall(SYS_fdatasync, file), , if (!deadly_now) settle(path));
}

#define ON_NAME(name, doing)                                                                                           \
    char path_buffer[PATH_MAX];                                                                                        \
    const char *path = directory_length == 0 ? NULL : absolute(name, path_buffer);                                     \
    if (path == NULL || !is_watched(path)) return doing;                                                               \
    FAIL_IF_TOLD                                                                                                       \
    pthread_mutex_lock(&guard);                                                                                        \
    if (is_deadly()) die();                                                                                            \
    int result = doing;                                                                                                \
    int code = errno;                                                                                                  \
    settle(path);                                                                                                      \
    pthread_mutex_unlock(&guard);                                                                                      \
    errno = code;                                                                                                      \
    return result

int rename(const char *from, const char *to) {
    ON_NAME(to, (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int link(const char *from, const char *to) {
    ON_NAME(to, (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int unlink(const char *name) {
    ON_NAME(name, (int)syscall(SYS_unlinkat, AT_FDCWD, name, 0));
}

// The wall clock.

static long moved_by(void) {
    static _Atomic long offset, looked;
    if (clock_file == NULL) return 0;
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    if (atomic_exchange(&looked, now.tv_sec + 1) != now.tv_sec + 1) {
        atomic_store(&offset, number_in(clock_file));
    }
    return atomic_load(&offset);
}

int clock_gettime(clockid_t which, struct timespec *time) {
    int code = REAL(clock_gettime)(which, time);
    if (code == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) time->tv_sec += moved_by();
    return code;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int code = REAL(gettimeofday)(now, zone);
    if (code == 0) now->tv_sec += moved_by();
    return code;
}

time_t time(time_t *place) {
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    time_t seconds = now.tv_sec + moved_by();
    if (place != NULL) *place = seconds;
    return seconds;
}
