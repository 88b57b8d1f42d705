#define _GNU_SOURCE
#include "clinux_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>

// MARK: Names

int clinux_open_beneath(int directory, const char *path, int flags, mode_t mode) {
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = flags & O_CREAT ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
    };
    for (int tries = 1;; tries++) {
        int descriptor = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
        // EAGAIN: something was renamed while the path was walked, so that staying beneath could not be proven.
        if (descriptor >= 0 || (errno != EINTR && (errno != EAGAIN || tries >= 1000))) return descriptor;
    }
}

int clinux_open_unnamed(int directory, const char *path, mode_t mode) {
    return openat(directory, path, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
}

int clinux_link_descriptor(int descriptor, int directory, const char *name) {
    // By the descriptor itself where that is allowed (Linux 6.10 for files that this process opened; before that with
    // CAP_DAC_READ_SEARCH), else by its name in /proc, which costs a walk. ENOENT says either that or what it says always.
    static atomic_bool is_refused;
    bool is_tried = !atomic_load_explicit(&is_refused, memory_order_relaxed);
    if (is_tried && linkat(descriptor, "", directory, name, AT_EMPTY_PATH) == 0) return 0;
    if (is_tried && errno != ENOENT) return -1;
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    int result = linkat(AT_FDCWD, path, directory, name, AT_SYMLINK_FOLLOW);
    if (is_tried && result == 0) atomic_store_explicit(&is_refused, true, memory_order_relaxed);
    return result;
}

int clinux_rename_new(int from_directory, const char *from, int to_directory, const char *to) {
    return (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, 1u /* RENAME_NOREPLACE */);
}

// MARK: Facts

static void fill(struct clinux_file_facts *facts, const struct stat *found) {
    facts->size = found->st_size;
    facts->modified = (int64_t)found->st_mtim.tv_sec * 1000000000 + found->st_mtim.tv_nsec;
    facts->status_changed = (int64_t)found->st_ctim.tv_sec * 1000000000 + found->st_ctim.tv_nsec;
    facts->inode = found->st_ino;
    facts->links = found->st_nlink;
    facts->owner = found->st_uid;
    facts->kind = S_ISREG(found->st_mode) ? clinux_kind_file
        : S_ISDIR(found->st_mode)         ? clinux_kind_directory
                                          : clinux_kind_other;
}

int clinux_facts_of_descriptor(int descriptor, struct clinux_file_facts *facts) {
    struct stat found;
    if (fstat(descriptor, &found) < 0) return -1;
    fill(facts, &found);
    return 0;
}

int clinux_facts_of_name(int directory, const char *name, struct clinux_file_facts *facts) {
    struct stat found;
    if (fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW) < 0) return -1;
    fill(facts, &found);
    return 0;
}

int clinux_facts_beneath(int directory, const char *path, struct clinux_file_facts *facts) {
    int descriptor = clinux_open_beneath(directory, path, O_PATH, 0);
    if (descriptor < 0) return -1;
    int result = clinux_facts_of_descriptor(descriptor, facts);
    close(descriptor);
    return result;
}

int clinux_set_modified(int descriptor, int64_t nanoseconds) {
    int64_t seconds = nanoseconds / 1000000000, rest = nanoseconds % 1000000000;
    if (rest < 0) {
        seconds -= 1;
        rest += 1000000000;
    }
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = seconds, .tv_nsec = rest}};
    return futimens(descriptor, times);
}

ssize_t clinux_get_attribute(int descriptor, const char *name, void *bytes, size_t capacity) {
    return fgetxattr(descriptor, name, bytes, capacity);
}

ssize_t clinux_list_attributes(int descriptor, char *names, size_t capacity) {
    return flistxattr(descriptor, names, capacity);
}

int clinux_set_attribute(int descriptor, const char *name, const void *bytes, size_t length) {
    return fsetxattr(descriptor, name, bytes, length, 0);
}

int clinux_sync_file_system(int descriptor) { return syncfs(descriptor); }

int64_t clinux_file_system_type(int descriptor) {
    struct statfs facts;
    return fstatfs(descriptor, &facts) < 0 ? -1 : (int64_t)facts.f_type & 0xFFFFFFFF;
}

bool clinux_has_journal(int descriptor) {
    struct stat found;
    if (fstat(descriptor, &found) < 0) return false;
    char link[64], target[PATH_MAX];
    snprintf(link, sizeof link, "/sys/dev/block/%u:%u", major(found.st_dev), minor(found.st_dev));
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length < 0) return false;
    target[length] = 0;
    const char *slash = strrchr(target, '/');
    const char *device = slash ? slash + 1 : target;
    // Each journal has a directory here, named by the device and the journal's inode: `vda1-8`.
    DIR *journals = opendir("/proc/fs/jbd2");
    if (!journals) return false;
    bool is_found = false;
    for (struct dirent *entry; !is_found && (entry = readdir(journals));) {
        size_t head = strlen(device);
        is_found = !strncmp(entry->d_name, device, head) && entry->d_name[head] == '-';
    }
    closedir(journals);
    return is_found;
}

bool clinux_kernel_is_at_least(int major, int minor) {
    struct utsname name;
    int found_major, found_minor;
    if (uname(&name) < 0 || sscanf(name.release, "%d.%d", &found_major, &found_minor) != 2) return false;
    return found_major > major || (found_major == major && found_minor >= minor);
}

int clinux_space_of(int descriptor, struct clinux_space *space) {
    struct statvfs found;
    if (fstatvfs(descriptor, &found) < 0) return -1;
    space->free_bytes = (uint64_t)found.f_bavail * found.f_frsize;
    space->total_bytes = (uint64_t)found.f_blocks * found.f_frsize;
    space->is_read_only = (found.f_flag & ST_RDONLY) != 0;
    return 0;
}

// MARK: Bytes

ssize_t clinux_read_fully(int descriptor, void *bytes, size_t length, int64_t offset) {
    size_t done = 0;
    while (done < length) {
        ssize_t count = pread(descriptor, (char *)bytes + done, length - done, offset + (int64_t)done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        if (count == 0) break;
        done += (size_t)count;
    }
    return (ssize_t)done;
}

ssize_t clinux_read_resident(int descriptor, void *bytes, size_t length, int64_t offset) {
    struct iovec piece = {bytes, length};
    ssize_t count;
    do {
        count = preadv2(descriptor, &piece, 1, offset, RWF_NOWAIT);
    } while (count < 0 && errno == EINTR);
    return count;
}

int clinux_write_fully(int descriptor, const void *bytes, size_t length, int64_t offset) {
    size_t done = 0;
    while (done < length) {
        ssize_t count = pwrite(descriptor, (const char *)bytes + done, length - done, offset + (int64_t)done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        if (count == 0) {
            errno = ENOSPC;
            return -1;
        }
        done += (size_t)count;
    }
    return 0;
}

// Where a copy goes on after `done` bytes.
struct copy {
    int source, target;
    int64_t from, to, length;
};

static int64_t copy_through_memory(const struct copy *copy, int64_t done) {
    char piece[256 * 1024];
    while (done < copy->length) {
        int64_t rest = copy->length - done;
        size_t wanted = rest < (int64_t)sizeof piece ? (size_t)rest : sizeof piece;
        ssize_t count = clinux_read_fully(copy->source, piece, wanted, copy->from + done);
        if (count < 0) return -1;
        if (clinux_write_fully(copy->target, piece, (size_t)count, copy->to + done) < 0) return -1;
        done += count;
        if ((size_t)count < wanted) break;
    }
    return done;
}

int clinux_clone(int source, int target) { return ioctl(target, FICLONE, source); }

int64_t clinux_copy_range(int source, int64_t offset, int target, int64_t target_offset, int64_t length) {
    struct file_clone_range range = {
        .src_fd = source, .src_offset = (uint64_t)offset, .src_length = (uint64_t)length, .dest_offset = (uint64_t)target_offset};
    // Refused where blocks do not fit, and where the source ends before: then as much as there is is copied.
    if (length > 0 && ioctl(target, FICLONERANGE, &range) == 0) return length;
    struct copy copy = {source, target, offset, target_offset, length};
    int64_t done = 0;
    while (done < length) {
        loff_t from = offset + done, to = target_offset + done;
        ssize_t count = copy_file_range(source, &from, target, &to, (size_t)(length - done), 0);
        if (count < 0 && errno == EINTR) continue;
        // Not between these two file systems, or not at all in this kernel.
        if (count < 0 && (errno == EXDEV || errno == ENOSYS || errno == EINVAL || errno == EOPNOTSUPP)) {
            return copy_through_memory(&copy, done);
        }
        if (count < 0) return -1;
        if (count == 0) break;
        done += count;
    }
    return done;
}

enum { piece_pages = 512 };

static int piece_is_resident(int descriptor, int64_t offset, size_t length, size_t page) {
    unsigned char pages[piece_pages];
    void *mapped = mmap(NULL, length, PROT_READ, MAP_SHARED, descriptor, offset);
    if (mapped == MAP_FAILED) return -1;
    int answer = mincore(mapped, length, pages);
    munmap(mapped, length);
    if (answer < 0) return -1;
    for (size_t index = 0; index < (length + page - 1) / page; index++) {
        if (!(pages[index] & 1)) return 0;
    }
    return 1;
}

int clinux_is_resident(int descriptor, int64_t offset, int64_t length) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    int64_t start = offset - offset % (int64_t)page, end = offset + length;
    while (start < end) {
        int64_t rest = end - start, most = (int64_t)page * piece_pages;
        size_t piece = (size_t)(rest < most ? rest : most);
        int answer = piece_is_resident(descriptor, start, piece, page);
        if (answer != 1) return answer;
        start += (int64_t)piece;
    }
    return 1;
}

int clinux_prefetch(int descriptor, int64_t offset, int64_t length) {
    char scratch[64 * 1024];
    posix_fadvise(descriptor, offset, length, POSIX_FADV_WILLNEED);
    while (length > 0) {
        size_t piece = length < (int64_t)sizeof scratch ? (size_t)length : sizeof scratch;
        ssize_t count = clinux_read_fully(descriptor, scratch, piece, offset);
        if (count < 0) return -1;
        if ((size_t)count < piece) return 0;
        offset += count;
        length -= count;
    }
    return 0;
}

// MARK: Directories

void *clinux_open_entries(int descriptor) {
    int own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (own < 0) return NULL;
    DIR *entries = fdopendir(own);
    if (!entries) close(own);
    return entries;
}

static int32_t kind_of_entry(DIR *entries, const struct dirent *entry) {
    if (entry->d_type == DT_REG) return clinux_kind_file;
    if (entry->d_type == DT_DIR) return clinux_kind_directory;
    if (entry->d_type != DT_UNKNOWN) return clinux_kind_other;
    struct clinux_file_facts facts;
    return clinux_facts_of_name(dirfd(entries), entry->d_name, &facts) < 0 ? clinux_kind_other : facts.kind;
}

int clinux_next_entry(void *entries, char *name, int32_t *kind) {
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(entries);
        if (!entry) return errno ? -1 : 0;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        strncpy(name, entry->d_name, 255);
        name[255] = 0;
        *kind = kind_of_entry(entries, entry);
        return 1;
    }
}

void clinux_close_entries(void *entries) { closedir(entries); }
