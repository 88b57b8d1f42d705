#define _GNU_SOURCE
#include "clinux_process.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { max_descriptors = 64, channel_descriptor = 3 };

const int clinux_limit_address_space = RLIMIT_AS;
const int clinux_limit_cpu = RLIMIT_CPU;
const int clinux_limit_file_size = RLIMIT_FSIZE;
const int clinux_limit_open_files = RLIMIT_NOFILE;
const int clinux_limit_core = RLIMIT_CORE;

// MARK: Processes

pid_t clinux_fork(void) { return fork(); }

static int add_worker_actions(posix_spawn_file_actions_t *actions, int channel) {
    int failure = posix_spawn_file_actions_adddup2(actions, channel, channel_descriptor);
    if (!failure) failure = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    if (!failure) failure = posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
    if (!failure) failure = posix_spawn_file_actions_addclosefrom_np(actions, channel_descriptor + 1);
    return failure;
}

static int set_worker_attributes(posix_spawnattr_t *attributes) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int failure = posix_spawnattr_setpgroup(attributes, 0);
    if (!failure) failure = posix_spawnattr_setsigmask(attributes, &none);
    if (!failure) failure = posix_spawnattr_setsigdefault(attributes, &all);
    if (!failure) {
        failure = posix_spawnattr_setflags(
            attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    return failure;
}

int clinux_spawn_worker(const char *program, char *const arguments[], char *const environment[], int channel, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure) return failure;
    failure = posix_spawnattr_init(&attributes);
    if (!failure) {
        failure = add_worker_actions(&actions, channel);
        if (!failure) failure = set_worker_attributes(&attributes);
        if (!failure) failure = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

int clinux_spawn_filter(
    const char *program, char *const arguments[], char *const environment[], const int standard[3], pid_t *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failure = posix_spawn_file_actions_init(&actions);
    if (failure) return failure;
    failure = posix_spawnattr_init(&attributes);
    if (!failure) {
        for (int target = 0; target < 3 && !failure; target++) {
            failure = posix_spawn_file_actions_adddup2(&actions, standard[target], target);
        }
        if (!failure) failure = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        if (!failure) failure = set_worker_attributes(&attributes);
        if (!failure) failure = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

int clinux_become(const char *program, char *const arguments[], char *const environment[]) {
    return execve(program, arguments, environment);
}

static void describe_end(int status, const struct rusage *usage, struct clinux_ended_process *ended) {
    ended->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    ended->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    ended->cpu_micros = (uint64_t)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000
        + (uint64_t)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
    ended->peak_resident = (uint64_t)usage->ru_maxrss * 1024;
}

int clinux_wait(pid_t pid, int64_t wait_micros, struct clinux_ended_process *ended) {
    const int64_t step = 2000;
    for (;;) {
        int status = 0;
        struct rusage usage;
        pid_t found = wait4(pid, &status, wait_micros < 0 ? 0 : WNOHANG, &usage);
        if (found == pid) {
            describe_end(status, &usage, ended);
            return 1;
        }
        if (found < 0 && errno != EINTR) return -1;
        if (found == 0 && wait_micros <= 0) return 0;
        if (found == 0) {
            struct timespec pause = {.tv_nsec = step * 1000};
            nanosleep(&pause, NULL);
            wait_micros = wait_micros > step ? wait_micros - step : 0;
        }
    }
}

// MARK: Messages

int clinux_message_pair(int sockets[2]) { return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets); }

int clinux_send_message(int socket, const void *bytes, size_t length, const int *descriptors, size_t count) {
    if (count > max_descriptors) {
        errno = EINVAL;
        return -1;
    }
    union {
        char bytes[CMSG_SPACE(sizeof(int) * max_descriptors)];
        struct cmsghdr aligned;
    } control;
    memset(&control, 0, sizeof control);
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(header), descriptors, sizeof(int) * count);
    }
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)length ? 0 : -1;
}

static int64_t monotonic_millis(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/// 0 when there is something to read, -1 with errno.
static int wait_readable(int socket, int64_t wait_millis) {
    int64_t deadline = wait_millis < 0 ? 0 : monotonic_millis() + wait_millis;
    for (;;) {
        int64_t remaining = wait_millis < 0 ? -1 : deadline - monotonic_millis();
        if (wait_millis >= 0 && remaining < 0) remaining = 0;
        struct pollfd watched = {.fd = socket, .events = POLLIN};
        int ready = poll(&watched, 1, (int)(remaining > INT32_MAX ? INT32_MAX : remaining));
        if (ready > 0) return 0;
        if (ready == 0) {
            errno = ETIMEDOUT;
            return -1;
        }
        if (errno != EINTR) return -1;
    }
}

static void take_descriptors(struct msghdr *message, int *descriptors, size_t *count) {
    size_t capacity = *count;
    *count = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t found = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t index = 0; index < found; index++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + index * sizeof(int), sizeof descriptor);
            if (*count < capacity) descriptors[(*count)++] = descriptor;
            else close(descriptor);
        }
    }
}

ssize_t clinux_receive_message(
    int socket, void *bytes, size_t capacity, int *descriptors, size_t *count, int64_t wait_millis) {
    if (wait_readable(socket, wait_millis) < 0) return -1;
    union {
        char bytes[CMSG_SPACE(sizeof(int) * max_descriptors)];
        struct cmsghdr aligned;
    } control;
    struct iovec part = {.iov_base = bytes, .iov_len = capacity};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -1;
    take_descriptors(&message, descriptors, count);
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        for (size_t index = 0; index < *count; index++) close(descriptors[index]);
        *count = 0;
        errno = EMSGSIZE;
        return -1;
    }
    return received;
}

int clinux_memory_file(const char *label) { return memfd_create(label, MFD_CLOEXEC); }

// MARK: Limits

int clinux_limit(int resource, uint64_t soft, uint64_t hard) {
    struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};
    return setrlimit(resource, &limit);
}

void clinux_limit_arenas(int arenas) { mallopt(M_ARENA_MAX, arenas); }

int clinux_start_thread(const char *name, void *(*body)(void *), void *argument) {
    pthread_t thread;
    int failure = pthread_create(&thread, NULL, body, argument);
    if (failure) return failure;
    char shown[16];
    snprintf(shown, sizeof shown, "%s", name);
    // Before it is detached, so that the thread is still there when it has ended already.
    pthread_setname_np(thread, shown);
    return pthread_detach(thread);
}

int clinux_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

int clinux_no_new_privileges(void) {
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int clinux_drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}, {0}};
    return (int)syscall(SYS_capset, &header, none);
}

// MARK: Landlock, by number and layout since Debian 12's headers know only ABI 2

struct landlock_rules {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

struct landlock_path_rule {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));

enum {
    landlock_create_ruleset = 444,
    landlock_add_rule = 445,
    landlock_restrict_self = 446,
    landlock_ask_version = 1,
    landlock_path_beneath = 1,
    landlock_execute = 1 << 0,
    landlock_read_file = 1 << 2,
    landlock_read_directory = 1 << 3,
};

int clinux_landlock_version(void) {
    long version = syscall(landlock_create_ruleset, NULL, (size_t)0, landlock_ask_version);
    return version < 0 ? 0 : (int)version;
}

/// A set of rules that denies everything so far, or -1 with errno.
static int make_ruleset(int version) {
    // ABI 1 has 13 rights on files; 2 adds refer, 3 truncate, 5 ioctl on devices; 4 adds TCP, 6 scopes.
    int file_rights = 13 + (version >= 2) + (version >= 3) + (version >= 5);
    struct landlock_rules rules = {
        .handled_access_fs = (1ULL << file_rights) - 1,
        .handled_access_net = version >= 4 ? 3 : 0,
        .scoped = version >= 6 ? 3 : 0,
    };
    size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    return (int)syscall(landlock_create_ruleset, &rules, size, 0);
}

/// Puts a set of rules in force and closes it. Returns the ABI, or -1 with errno.
static int enforce(int ruleset, int version) {
    int result = (int)syscall(landlock_restrict_self, ruleset, 0);
    close(ruleset);
    return result < 0 ? -1 : version;
}

int clinux_landlock_deny_all(void) {
    int version = clinux_landlock_version();
    if (version == 0) return 0;
    int ruleset = make_ruleset(version);
    return ruleset < 0 ? -1 : enforce(ruleset, version);
}

/// Returns 0, or -1 with errno; files in memory cannot be named and need not be: they are never denied.
static int grant(int ruleset, int file, uint64_t rights) {
    struct landlock_path_rule rule = {.allowed_access = rights, .parent_fd = file};
    if (syscall(landlock_add_rule, ruleset, landlock_path_beneath, &rule, 0) == 0) return 0;
    return errno == EBADFD ? 0 : -1;
}

/// Grants each of the names that is there. Returns 0, or -1 with errno.
static int grant_names(int ruleset, char *const *names, uint64_t file_rights) {
    for (; *names != NULL; names++) {
        int file = open(*names, O_PATH | O_CLOEXEC);
        if (file < 0) continue;
        struct stat facts;
        int result = fstat(file, &facts);
        if (result == 0) {
            uint64_t rights = file_rights | (S_ISDIR(facts.st_mode) ? landlock_read_directory : 0);
            result = grant(ruleset, file, rights);
        }
        close(file);
        if (result < 0) return -1;
    }
    return 0;
}

int clinux_landlock_deny_all_but(const struct clinux_grants *grants) {
    int version = clinux_landlock_version();
    if (version == 0) return 0;
    int ruleset = make_ruleset(version);
    if (ruleset < 0) return -1;
    if (grant_names(ruleset, grants->readable, landlock_read_file) < 0
        || grant_names(ruleset, grants->runnable, landlock_read_file | landlock_execute) < 0
        || grant(ruleset, grants->file, landlock_read_file) < 0) {
        close(ruleset);
        return -1;
    }
    return enforce(ruleset, version);
}

// MARK: seccomp

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/// Denied in the zygote and in its children. Opening is denied here too, for kernels without Landlock.
static const int denied_calls[] = {
#define DENY(name) SYS_##name
    DENY(openat), DENY(openat2), DENY(name_to_handle_at), DENY(open_by_handle_at),
    DENY(socket), DENY(socketpair), DENY(connect), DENY(bind), DENY(listen), DENY(accept), DENY(accept4),
    DENY(execve), DENY(execveat), DENY(ptrace), DENY(process_vm_readv), DENY(process_vm_writev),
    DENY(process_madvise), DENY(pidfd_open), DENY(pidfd_getfd), DENY(pidfd_send_signal), DENY(kcmp),
    DENY(bpf), DENY(perf_event_open), DENY(userfaultfd), DENY(io_uring_setup), DENY(io_uring_enter),
    DENY(io_uring_register), DENY(keyctl), DENY(add_key), DENY(request_key),
    DENY(mount), DENY(umount2), DENY(pivot_root), DENY(chroot), DENY(move_mount), DENY(open_tree), DENY(fsopen),
    DENY(fspick), DENY(fsmount), DENY(mount_setattr), DENY(unshare), DENY(setns),
    DENY(init_module), DENY(finit_module), DENY(delete_module), DENY(kexec_load), DENY(reboot), DENY(swapon),
    DENY(swapoff), DENY(acct), DENY(quotactl), DENY(syslog), DENY(settimeofday), DENY(clock_settime),
    DENY(adjtimex), DENY(clock_adjtime), DENY(sethostname), DENY(setdomainname), DENY(personality),
    DENY(unlinkat), DENY(renameat2), DENY(linkat), DENY(symlinkat), DENY(mkdirat), DENY(mknodat), DENY(truncate),
    DENY(fchmodat), DENY(fchownat), DENY(utimensat), DENY(setxattr), DENY(lsetxattr), DENY(removexattr),
    DENY(lremovexattr), DENY(fanotify_init), DENY(inotify_init1), DENY(shmget), DENY(shmat), DENY(msgget),
    DENY(semget), DENY(mq_open),
#if defined(__x86_64__)
    DENY(open), DENY(creat), DENY(unlink), DENY(rename), DENY(link), DENY(symlink), DENY(mkdir), DENY(rmdir),
    DENY(mknod), DENY(chmod), DENY(chown), DENY(lchown), DENY(utime), DENY(utimes), DENY(futimesat), DENY(renameat),
    DENY(ioperm), DENY(iopl), DENY(modify_ldt), DENY(kexec_file_load), DENY(inotify_init),
#endif
};

/// Of these, what a program needs to begin: it is told by the flags whether a file is opened for reading.
static bool is_for_programs(int number) {
#if defined(__x86_64__)
    if (number == SYS_open) return true;
#endif
    return number == SYS_openat || number == SYS_execve;
}

/// Denied in the child of one job only: the zygote forks, receives jobs and sends answers.
static const int denied_leaf_calls[] = {
    DENY(sendmsg), DENY(sendmmsg), DENY(sendto), DENY(recvmsg), DENY(recvmmsg), DENY(recvfrom), DENY(kill),
    DENY(tkill), DENY(rt_sigqueueinfo), DENY(rt_tgsigqueueinfo), DENY(setrlimit), DENY(memfd_create), DENY(setpgid),
    DENY(setsid),
#if defined(__x86_64__)
    DENY(fork), DENY(vfork),
#endif
#undef DENY
};

struct program {
    struct sock_filter code[512];
    unsigned short length;
};

static void add(struct program *program, struct sock_filter instruction) {
    if (program->length < sizeof program->code / sizeof *program->code) program->code[program->length++] = instruction;
}

#define LOAD(field) ((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (field)))
#define WHEN(kind, value, yes, no) ((struct sock_filter)BPF_JUMP(BPF_JMP | (kind) | BPF_K, (value), (yes), (no)))
#define ANSWER(value) ((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, (value)))
#define REFUSE(error) ANSWER(SECCOMP_RET_ERRNO | (error))
#define ARGUMENT(index) ((unsigned)(offsetof(struct seccomp_data, args) + (index) * 8))

static void deny(struct program *program, int number, int error) {
    add(program, WHEN(BPF_JEQ, (unsigned)number, 0, 1));
    add(program, REFUSE(error));
}

/// Opening a file for anything but reading is denied; `flags` is the place of its flags among the arguments.
static void allow_only_reading(struct program *program, int number, int flags) {
    add(program, WHEN(BPF_JEQ, (unsigned)number, 0, 4));
    add(program, LOAD(ARGUMENT(flags)));
    add(program, WHEN(BPF_JSET, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1));
    add(program, REFUSE(EACCES));
    add(program, ANSWER(SECCOMP_RET_ALLOW));
}

/// Threads stay allowed, since libvips computes on its own; processes are not.
static void allow_only_threads(struct program *program) {
    deny(program, SYS_clone3, ENOSYS);  // its flags are behind a pointer; the C library then uses clone
    add(program, WHEN(BPF_JEQ, SYS_clone, 0, 4));
    add(program, LOAD(ARGUMENT(0)));
    add(program, WHEN(BPF_JSET, CLONE_THREAD, 0, 1));
    add(program, ANSWER(SECCOMP_RET_ALLOW));
    add(program, REFUSE(EPERM));
}

/// abort() signals its own process with tgkill; nobody else's may be.
static void allow_only_own_signals(struct program *program) {
    add(program, WHEN(BPF_JEQ, SYS_tgkill, 0, 4));
    add(program, LOAD(ARGUMENT(0)));
    add(program, WHEN(BPF_JEQ, (unsigned)getpid(), 0, 1));
    add(program, ANSWER(SECCOMP_RET_ALLOW));
    add(program, REFUSE(EPERM));
}

/// prlimit64 may ask (new limit NULL), never set.
static void allow_only_asking_limits(struct program *program) {
    add(program, WHEN(BPF_JEQ, SYS_prlimit64, 0, 6));
    add(program, LOAD(ARGUMENT(2)));
    add(program, WHEN(BPF_JEQ, 0, 0, 3));
    add(program, LOAD(ARGUMENT(2) + 4));
    add(program, WHEN(BPF_JEQ, 0, 0, 1));
    add(program, ANSWER(SECCOMP_RET_ALLOW));
    add(program, REFUSE(EPERM));
}

int clinux_seccomp_confine(enum clinux_confined who) {
#ifndef OWN_ARCHITECTURE
    errno = ENOSYS;
    return -1;
#else
    struct program program = {.length = 0};
    add(&program, LOAD(offsetof(struct seccomp_data, arch)));
    add(&program, WHEN(BPF_JEQ, OWN_ARCHITECTURE, 1, 0));
    add(&program, ANSWER(SECCOMP_RET_KILL_PROCESS));
    add(&program, LOAD(offsetof(struct seccomp_data, nr)));
#if defined(__x86_64__)
    add(&program, WHEN(BPF_JGE, 0x40000000, 0, 1));  // the x32 numbers would go past every rule below
    add(&program, REFUSE(ENOSYS));
#endif
    for (size_t index = 0; index < sizeof denied_calls / sizeof *denied_calls; index++) {
        if (who == clinux_confined_program && is_for_programs(denied_calls[index])) continue;
        deny(&program, denied_calls[index], EACCES);
    }
    if (who != clinux_confined_zygote) {
        for (size_t index = 0; index < sizeof denied_leaf_calls / sizeof *denied_leaf_calls; index++) {
            deny(&program, denied_leaf_calls[index], EPERM);
        }
        allow_only_threads(&program);
        allow_only_own_signals(&program);
        allow_only_asking_limits(&program);
    }
    if (who == clinux_confined_program) {
        allow_only_reading(&program, SYS_openat, 2);
#if defined(__x86_64__)
        allow_only_reading(&program, SYS_open, 1);
#endif
    }
    add(&program, ANSWER(SECCOMP_RET_ALLOW));
    struct sock_fprog filter = {.len = program.length, .filter = program.code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
#endif
}

// MARK: Libraries

const char *clinux_library_of(const char *symbol) {
    Dl_info library;
    void *address = dlsym(RTLD_DEFAULT, symbol);
    return address != NULL && dladdr(address, &library) != 0 ? library.dli_fname : NULL;
}

// MARK: Time

int clinux_clock_is_kept(void) {
    struct timex state = {.modes = 0};
    return adjtimex(&state) >= 0 && (state.status & STA_UNSYNC) == 0;
}
