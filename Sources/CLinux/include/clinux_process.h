#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What a process that has ended leaves: how it ended and what it used.
struct clinux_ended_process {
    int32_t exit_code;       // -1 when a signal ended it
    int32_t signal;          // 0 when it ended by itself
    uint64_t cpu_micros;     // user and system time
    uint64_t peak_resident;  // bytes
};

/// fork(2), which Swift refuses to import. Only for a process with one thread. Returns as fork does.
pid_t clinux_fork(void);

/// Starts a program in a process group of its own, with `channel` as descriptor 3, standard error as it is, standard
/// input and output on /dev/null, no other descriptor, all signals at their defaults. Returns 0 or an errno.
int clinux_spawn_worker(const char *program, char *const arguments[], char *const environment[], int channel, pid_t *pid);

/// Starts a program in a process group of its own with these as standard input, output and error, no other descriptor,
/// all signals at their defaults. Returns 0 or an errno.
int clinux_spawn_filter(
    const char *program, char *const arguments[], char *const environment[], const int standard[3], pid_t *pid);

/// Becomes another program. Returns only when it fails, with -1 and errno.
int clinux_become(const char *program, char *const arguments[], char *const environment[]);

/// Waits for a child and reaps it. `wait_micros` < 0 waits for ever, else polls until then.
/// Returns 1 when it ended, 0 when the time is over, -1 with errno.
int clinux_wait(pid_t pid, int64_t wait_micros, struct clinux_ended_process *ended);

/// Makes a connected pair of SOCK_SEQPACKET sockets, both closed on exec. Returns 0, or -1 with errno.
int clinux_message_pair(int sockets[2]);

/// Sends one message with descriptors. Never raises SIGPIPE. Returns 0, or -1 with errno.
int clinux_send_message(int socket, const void *bytes, size_t length, const int *descriptors, size_t count);

/// Receives one message; descriptors that come with it are closed on exec. `wait_millis` < 0 waits for ever.
/// Returns its length, 0 at the end of the stream, -1 with errno (ETIMEDOUT; EMSGSIZE for a cut message).
ssize_t clinux_receive_message(
    int socket, void *bytes, size_t capacity, int *descriptors, size_t *count, int64_t wait_millis);

/// An unnamed file in memory, closed on exec. Returns its descriptor, or -1 with errno.
int clinux_memory_file(const char *label);

/// Sets soft and hard limit of an RLIMIT_* resource. Returns 0, or -1 with errno.
int clinux_limit(int resource, uint64_t soft, uint64_t hard);

/// RLIMIT_AS, RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_NOFILE and RLIMIT_CORE, whose C types Swift imports differently by libc.
extern const int clinux_limit_address_space;
extern const int clinux_limit_cpu;
extern const int clinux_limit_file_size;
extern const int clinux_limit_open_files;
extern const int clinux_limit_core;

/// Holds malloc to this many arenas, since an arena keeps what was freed in it.
void clinux_limit_arenas(int arenas);

/// Starts a detached thread; the kernel shows the first 15 bytes of its name. Returns 0 or an errno, and then `body` is not
/// called.
int clinux_start_thread(const char *name, void *(*body)(void *), void *argument);

/// Asks for SIGKILL when the parent thread dies. Returns 0, or -1 with errno.
int clinux_die_with_parent(void);

/// PR_SET_NO_NEW_PRIVS, and not dumpable. Returns 0, or -1 with errno.
int clinux_no_new_privileges(void);

/// Gives up every capability. Returns 0, or -1 with errno.
int clinux_drop_capabilities(void);

/// The Landlock ABI of the running kernel, 0 when it has none.
int clinux_landlock_version(void);

/// Denies every path, and from ABI 4 TCP, to this thread and its children. Returns the ABI, 0 without Landlock, -1 with errno.
int clinux_landlock_deny_all(void);

/// What clinux_landlock_deny_all_but leaves open. Names that are not there are passed over.
struct clinux_grants {
    char *const *readable;  // files, and folders with all below; NULL behind the last
    char *const *runnable;  // programs; NULL behind the last
    int file;               // an open file that may be opened for reading again, by /proc/self/fd
};

/// As clinux_landlock_deny_all, but for some.
int clinux_landlock_deny_all_but(const struct clinux_grants *grants);

/// Who is confined by clinux_seccomp_confine.
enum clinux_confined {
    clinux_confined_zygote = 0,   // forks, receives jobs and sends answers
    clinux_confined_leaf = 1,     // no new processes, signals to others, messages and new limits either
    clinux_confined_program = 2,  // as a leaf, but opens files for reading and becomes programs; Landlock says which
};

/// Denies the system calls that open, connect, execute, trace or administer. Needs no_new_privs.
/// Returns 0, or -1 with errno.
int clinux_seccomp_confine(enum clinux_confined who);

/// The file of the loaded library that has this symbol; NULL without one.
const char *clinux_library_of(const char *symbol);

/// Whether something (NTP, PTP) keeps the clock right, as far as the kernel knows.
int clinux_clock_is_kept(void);
