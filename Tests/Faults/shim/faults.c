// Makes chosen system calls of a process fail: loaded by LD_PRELOAD, told what to do through a file that both sides
// map. The file is named by LARDER_FAULTS and laid out as `struct board`; `faults.py` writes it while the process runs.
// A call that no armed rule matches goes through untouched, with the arguments it came with.
//
// Nothing here allocates or locks: the interposers run on any thread, also inside an allocator or under a lock.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

// The order is that of FUNCTIONS in faults.py.
enum function {
    on_write = 1 << 0,
    on_pwrite = 1 << 1,
    on_fsync = 1 << 2,
    on_fdatasync = 1 << 3,
    on_rename = 1 << 4,
    on_link = 1 << 5,
    on_unlink = 1 << 6,
    on_mkdir = 1 << 7,
    on_setxattr = 1 << 8,
    on_truncate = 1 << 9,
    on_open = 1 << 10,
    on_pread = 1 << 11,
    on_futimens = 1 << 12,
    on_getxattr = 1 << 13,
    on_copy = 1 << 14,
    on_syncfs = 1 << 15,
};

enum mode { fails = 0, is_short = 1, stalls = 2, passes = 3 };

enum { rule_count = 16, longest_pattern = 224, longest_path = 4096 };

struct rule {
    _Atomic uint32_t armed;
    uint32_t functions;         // the calls that it is about
    int32_t error;              // what they fail with
    uint32_t mode;
    uint32_t after;             // how many matching calls go through first
    uint32_t times;             // how many are hit then
    _Atomic uint32_t matched;
    _Atomic uint32_t hits;
    char pattern[longest_pattern];  // part of the path; empty for any
};

struct board {
    uint64_t magic;
    _Atomic int64_t clock_offset;  // nanoseconds that the wall clock is ahead
    uint8_t unused[240];
    struct rule rules[rule_count];
};

_Static_assert(sizeof(struct rule) == 256, "faults.py counts on it");
_Static_assert(sizeof(struct board) == 256 + 256 * rule_count, "faults.py counts on it");

static const uint64_t magic = 0x73746c7561666c31;
static struct board *board;

__attribute__((constructor)) static void open_board(void) {
    const char *path = getenv("LARDER_FAULTS");
    if (!path) return;
    int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (descriptor < 0) return;
    struct board *mapped = mmap(NULL, sizeof *mapped, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (mapped != MAP_FAILED && mapped->magic == magic) board = mapped;
}

// The next definition of a name; a race resolves it twice, to the same address.
#define REAL(result, name, ...)                                            \
    static result (*_Atomic real)(__VA_ARGS__);                            \
    if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

// MARK: Paths

static size_t append(char *path, size_t length, const char *text) {
    size_t more = strlen(text);
    if (length + more >= longest_path) more = longest_path - 1 - length;
    memcpy(path + length, text, more);
    path[length + more] = 0;
    return length + more;
}

// What an open descriptor refers to, as the kernel says it: "<directory>/#<inode> (deleted)" for an unnamed file.
static size_t path_of_descriptor(int descriptor, char *path) {
    char link[32] = "/proc/self/fd/", digits[16];
    size_t count = 0, end = strlen(link);
    if (descriptor < 0) return append(path, 0, "?");
    do digits[count++] = (char)('0' + descriptor % 10);
    while ((descriptor /= 10) > 0);
    while (count > 0) link[end++] = digits[--count];
    link[end] = 0;
    ssize_t length = readlink(link, path, longest_path - 1);
    path[length < 0 ? 0 : length] = 0;
    return length < 0 ? 0 : (size_t)length;
}

static void path_of_name(int directory, const char *name, char *path) {
    size_t length = 0;
    path[0] = 0;
    if (name[0] != '/' && directory != AT_FDCWD) {
        length = path_of_descriptor(directory, path);
        length = append(path, length, "/");
    }
    append(path, length, name);
}

// MARK: Rules

static int is_watched(uint32_t function) {
    if (!board) return 0;
    for (int index = 0; index < rule_count; index++) {
        const struct rule *rule = &board->rules[index];
        if (atomic_load(&rule->armed) && (rule->functions & function)) return 1;
    }
    return 0;
}

static struct rule *rule_for(uint32_t function, const char *path) {
    for (int index = 0; index < rule_count; index++) {
        struct rule *rule = &board->rules[index];
        if (!atomic_load(&rule->armed) || !(rule->functions & function)) continue;
        if (rule->pattern[0] && !strstr(path, rule->pattern)) continue;
        uint32_t before = atomic_fetch_add(&rule->matched, 1);
        if (before < rule->after || before - rule->after >= rule->times) continue;
        atomic_fetch_add(&rule->hits, 1);
        // Only counted: another rule may be about it too.
        if (rule->mode == passes) continue;
        if (rule->mode != stalls) return rule;
        // Until the test lets go of it, or kills the process at just this point.
        while (atomic_load(&rule->armed)) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        return NULL;
    }
    return NULL;
}

static struct rule *rule_for_descriptor(uint32_t function, int descriptor) {
    char path[longest_path];
    if (!is_watched(function)) return NULL;
    int before = errno;
    path_of_descriptor(descriptor, path);
    errno = before;
    return rule_for(function, path);
}

static struct rule *rule_for_name(uint32_t function, int directory, const char *name) {
    char path[longest_path];
    if (!is_watched(function)) return NULL;
    int before = errno;
    path_of_name(directory, name, path);
    errno = before;
    return rule_for(function, path);
}

// A call with two names is hit by either of them, counted once.
static struct rule *rule_for_names(
    uint32_t function, int from_directory, const char *from, int to_directory, const char *to) {
    char both[2 * longest_path];
    if (!is_watched(function)) return NULL;
    int before = errno;
    path_of_name(from_directory, from, both);
    size_t length = strlen(both);
    memcpy(both + length, "\n", 2);
    path_of_name(to_directory, to, both + length + 1);
    errno = before;
    return rule_for(function, both);
}

#define FAIL(rule)              \
    do {                        \
        errno = (rule)->error;  \
        return -1;              \
    } while (0)

#define FAIL_BY(found)                            \
    do {                                          \
        const struct rule *hit = (found);         \
        if (hit) FAIL(hit);                       \
    } while (0)

// MARK: Writing

static size_t shortened(size_t length) { return length > 1 ? length / 2 : length; }

ssize_t write(int descriptor, const void *bytes, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t);
    const struct rule *rule = rule_for_descriptor(on_write, descriptor);
    if (rule && rule->mode == fails) FAIL(rule);
    return real(descriptor, bytes, rule ? shortened(length) : length);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    const struct rule *rule = rule_for_descriptor(on_pwrite, descriptor);
    if (rule && rule->mode == fails) FAIL(rule);
    return real(descriptor, bytes, rule ? shortened(length) : length, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset) {
    return pwrite(descriptor, bytes, length, offset);
}

ssize_t writev(int descriptor, const struct iovec *pieces, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    const struct rule *rule = rule_for_descriptor(on_write, descriptor);
    if (rule && rule->mode == fails) FAIL(rule);
    return real(descriptor, pieces, rule && count > 1 ? 1 : count);
}

ssize_t pwritev(int descriptor, const struct iovec *pieces, int count, off_t offset) {
    REAL(ssize_t, "pwritev", int, const struct iovec *, int, off_t);
    const struct rule *rule = rule_for_descriptor(on_pwrite, descriptor);
    if (rule && rule->mode == fails) FAIL(rule);
    return real(descriptor, pieces, rule && count > 1 ? 1 : count, offset);
}

ssize_t pwritev64(int descriptor, const struct iovec *pieces, int count, off64_t offset) {
    return pwritev(descriptor, pieces, count, offset);
}

int ftruncate(int descriptor, off_t length) {
    REAL(int, "ftruncate", int, off_t);
    FAIL_BY(rule_for_descriptor(on_truncate, descriptor));
    return real(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) { return ftruncate(descriptor, length); }

int fsetxattr(int descriptor, const char *name, const void *value, size_t size, int flags) {
    REAL(int, "fsetxattr", int, const char *, const void *, size_t, int);
    FAIL_BY(rule_for_descriptor(on_setxattr, descriptor));
    return real(descriptor, name, value, size, flags);
}

int futimens(int descriptor, const struct timespec times[2]) {
    REAL(int, "futimens", int, const struct timespec *);
    FAIL_BY(rule_for_descriptor(on_futimens, descriptor));
    return real(descriptor, times);
}

// What is copied to is matched. Clones are not offered, so that each copy is this call.
ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned int flags) {
    REAL(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned int);
    const struct rule *rule = rule_for_descriptor(on_copy, to);
    if (rule && rule->mode == fails) FAIL(rule);
    return real(from, from_offset, to, to_offset, rule ? shortened(length) : length, flags);
}

int ioctl(int descriptor, unsigned long request, ...) {
    REAL(int, "ioctl", int, unsigned long, ...);
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (board && (request == FICLONE || request == FICLONERANGE)) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return real(descriptor, request, argument);
}

// MARK: Reading

ssize_t pread(int descriptor, void *bytes, size_t length, off_t offset) {
    REAL(ssize_t, "pread", int, void *, size_t, off_t);
    const struct rule *rule = rule_for_descriptor(on_pread, descriptor);
    if (rule && rule->mode == fails) FAIL(rule);
    return real(descriptor, bytes, rule ? shortened(length) : length, offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t length, off64_t offset) {
    return pread(descriptor, bytes, length, offset);
}

ssize_t fgetxattr(int descriptor, const char *name, void *value, size_t size) {
    REAL(ssize_t, "fgetxattr", int, const char *, void *, size_t);
    FAIL_BY(rule_for_descriptor(on_getxattr, descriptor));
    return real(descriptor, name, value, size);
}

// MARK: Syncing

int fsync(int descriptor) {
    REAL(int, "fsync", int);
    FAIL_BY(rule_for_descriptor(on_fsync, descriptor));
    return real(descriptor);
}

int syncfs(int descriptor) {
    REAL(int, "syncfs", int);
    FAIL_BY(rule_for_descriptor(on_syncfs, descriptor));
    return real(descriptor);
}

int fdatasync(int descriptor) {
    REAL(int, "fdatasync", int);
    FAIL_BY(rule_for_descriptor(on_fdatasync, descriptor));
    return real(descriptor);
}

// MARK: Names

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    FAIL_BY(rule_for_names(on_rename, AT_FDCWD, from, AT_FDCWD, to));
    return real(from, to);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    FAIL_BY(rule_for_names(on_rename, from_directory, from, to_directory, to));
    return real(from_directory, from, to_directory, to);
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned int flags) {
    REAL(int, "renameat2", int, const char *, int, const char *, unsigned int);
    FAIL_BY(rule_for_names(on_rename, from_directory, from, to_directory, to));
    return real(from_directory, from, to_directory, to, flags);
}

int link(const char *from, const char *to) {
    REAL(int, "link", const char *, const char *);
    FAIL_BY(rule_for_names(on_link, AT_FDCWD, from, AT_FDCWD, to));
    return real(from, to);
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int);
    FAIL_BY(rule_for_names(on_link, from_directory, from, to_directory, to));
    return real(from_directory, from, to_directory, to, flags);
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    FAIL_BY(rule_for_name(on_unlink, AT_FDCWD, path));
    return real(path);
}

int unlinkat(int directory, const char *name, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    FAIL_BY(rule_for_name(on_unlink, directory, name));
    return real(directory, name, flags);
}

int mkdirat(int directory, const char *name, mode_t mode) {
    REAL(int, "mkdirat", int, const char *, mode_t);
    FAIL_BY(rule_for_name(on_mkdir, directory, name));
    return real(directory, name, mode);
}

// MARK: Opening

// The mode is there only when something may be made (open(2)).
#define MODE(flags, last)                                   \
    mode_t mode = 0;                                        \
    if ((flags) & O_CREAT || ((flags) & O_TMPFILE) == O_TMPFILE) { \
        va_list rest;                                       \
        va_start(rest, last);                               \
        mode = (mode_t)va_arg(rest, unsigned int);          \
        va_end(rest);                                       \
    }

static int open_really(int directory, const char *path, int flags, mode_t mode) {
    REAL(int, "openat", int, const char *, int, ...);
    FAIL_BY(rule_for_name(on_open, directory, path));
    return real(directory, path, flags, mode);
}

int open(const char *path, int flags, ...) {
    MODE(flags, flags)
    return open_really(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE(flags, flags)
    return open_really(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...) {
    MODE(flags, flags)
    return open_really(directory, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...) {
    MODE(flags, flags)
    return open_really(directory, path, flags, mode);
}

// openat2 and, for old C libraries, renameat2 have no wrapper: programs call them by number.
long syscall(long number, ...) {
    REAL(long, "syscall", long, ...);
    long arguments[6];
    va_list rest;
    va_start(rest, number);
    for (int index = 0; index < 6; index++) arguments[index] = va_arg(rest, long);
    va_end(rest);
    if (number == SYS_openat2) {
        FAIL_BY(rule_for_name(on_open, (int)arguments[0], (const char *)arguments[1]));
    } else if (number == SYS_renameat2) {
        FAIL_BY(rule_for_names(
            on_rename, (int)arguments[0], (const char *)arguments[1], (int)arguments[2], (const char *)arguments[3]));
    }
    return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}

// MARK: Time

static int64_t clock_offset(void) { return board ? atomic_load(&board->clock_offset) : 0; }

static int64_t shifted(int64_t seconds, int64_t nanoseconds, int64_t *rest) {
    const int64_t second = 1000000000;
    int64_t all = seconds * second + nanoseconds + clock_offset();
    *rest = all % second;
    return all / second;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int result = real(clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t rest;
        now->tv_sec = shifted(now->tv_sec, now->tv_nsec, &rest);
        now->tv_nsec = rest;
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec precise;
    int result = clock_gettime(CLOCK_REALTIME, &precise);
    if (result == 0) *now = (struct timeval){.tv_sec = precise.tv_sec, .tv_usec = precise.tv_nsec / 1000};
    return result;
}

time_t time(time_t *place) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return (time_t)-1;
    if (place) *place = now.tv_sec;
    return now.tv_sec;
}
