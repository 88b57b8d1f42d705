#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What fstat says of a file, in the types that Swift wants.
struct clinux_file_facts {
    int64_t size;
    int64_t modified;  // nanoseconds since the epoch, as the next
    int64_t status_changed;
    uint64_t inode;
    uint64_t links;
    uint32_t owner;  // user id
    int32_t kind;  // one of clinux_kind
};

/// What kind of file a name stands for.
enum clinux_kind { clinux_kind_other = 0, clinux_kind_file = 1, clinux_kind_directory = 2 };

/// How much room a file system has.
struct clinux_space {
    uint64_t free_bytes;   // for this user
    uint64_t total_bytes;
    int32_t is_read_only;
};

/// openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and RESOLVE_NO_XDEV, closed on exec: glibc 2.36 has no wrapper.
/// Returns a descriptor, or -1 with errno.
int clinux_open_beneath(int directory, const char *path, int flags, mode_t mode);

/// Opens an unnamed file (O_TMPFILE) for reading and writing. Returns a descriptor, or -1 with errno.
int clinux_open_unnamed(int directory, const char *path, mode_t mode);

/// Gives the file behind a descriptor a name; never replaces one. Returns 0, or -1 with errno.
int clinux_link_descriptor(int descriptor, int directory, const char *name);

/// Renames within one file system; fails with EEXIST when the new name is taken. Returns 0, or -1 with errno.
int clinux_rename_new(int from_directory, const char *from, int to_directory, const char *to);

/// fstat(2). Returns 0, or -1 with errno.
int clinux_facts_of_descriptor(int descriptor, struct clinux_file_facts *facts);

/// fstatat(2) that does not follow a symbolic link at the end. Returns 0, or -1 with errno.
int clinux_facts_of_name(int directory, const char *name, struct clinux_file_facts *facts);

/// What a path stands for, resolved as by clinux_open_beneath. Returns 0, or -1 with errno.
int clinux_facts_beneath(int directory, const char *path, struct clinux_file_facts *facts);

/// Sets the time of the last change of the content. Returns 0, or -1 with errno.
int clinux_set_modified(int descriptor, int64_t nanoseconds);

/// fgetxattr(2). Returns the length, or -1 with errno.
ssize_t clinux_get_attribute(int descriptor, const char *name, void *bytes, size_t capacity);

/// flistxattr(2): all names, each with a zero byte behind it. Returns their length together, or -1 with errno.
ssize_t clinux_list_attributes(int descriptor, char *names, size_t capacity);

/// fsetxattr(2). Returns 0, or -1 with errno.
int clinux_set_attribute(int descriptor, const char *name, const void *bytes, size_t length);

/// pread(2) until `length` bytes or the end of the file are read. Returns how many were, or -1 with errno.
ssize_t clinux_read_fully(int descriptor, void *bytes, size_t length, int64_t offset);

/// pwrite(2) until all is written. Returns 0, or -1 with errno.
int clinux_write_fully(int descriptor, const void *bytes, size_t length, int64_t offset);

/// One preadv2(2) of what is in memory already; never waits for the disk. Returns how many bytes were read, or -1 with
/// errno: EAGAIN when the first of them are not, EOPNOTSUPP where the file system cannot tell.
ssize_t clinux_read_resident(int descriptor, void *bytes, size_t length, int64_t offset);

/// Whether all pages of the range are in memory; never waits for the disk. Returns 1 or 0, or -1 with errno.
int clinux_is_resident(int descriptor, int64_t offset, int64_t length);

/// Makes the empty target a clone of the source (FICLONE). Returns 0, or -1 with errno.
int clinux_clone(int source, int target);

/// Copies `length` bytes from `offset` of one file to `target_offset` of another: as clones of blocks where the file
/// system has them (FICLONERANGE), else within the kernel (copy_file_range), else through memory. Returns how many bytes
/// were copied, fewer where the source ends, or -1 with errno.
int64_t clinux_copy_range(int source, int64_t offset, int target, int64_t target_offset, int64_t length);

/// Reads the range into memory and waits for it. Returns 0, or -1 with errno.
int clinux_prefetch(int descriptor, int64_t offset, int64_t length);

/// syncfs(2), which Swift's Glibc does not see. Returns 0, or -1 with errno.
int clinux_sync_file_system(int descriptor);

/// The number of the type of the file system (linux/magic.h) behind a descriptor, or -1 with errno.
int64_t clinux_file_system_type(int descriptor);

/// Whether the ext4 behind a descriptor is known to have a journal: /proc/fs/jbd2 has one of its device.
bool clinux_has_journal(int descriptor);

/// Whether the kernel that runs is this one or a later one.
bool clinux_kernel_is_at_least(int major, int minor);

/// fstatvfs(2). Returns 0, or -1 with errno.
int clinux_space_of(int descriptor, struct clinux_space *space);

/// A stream over the entries of a directory from its beginning; the descriptor stays the caller's. NULL with errno.
void *clinux_open_entries(int descriptor);

/// The next entry that is neither `.` nor `..`; `name` holds 256 bytes. Returns 1, 0 at the end, -1 with errno.
/// `kind` is one of clinux_kind.
int clinux_next_entry(void *entries, char *name, int32_t *kind);

/// Frees the stream.
void clinux_close_entries(void *entries);
