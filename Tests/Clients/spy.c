// What a taken over ffmpeg would try; says what succeeded, in one line on standard error.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void note(const char *what, bool succeeded) {
    if (succeeded) dprintf(2, "%s; ", what);
}

static bool opens(const char *path, int flags) { return open(path, flags, 0600) >= 0; }

static bool has_socket(int family, int kind) { return socket(family, kind, 0) >= 0; }

static bool starts(const char *path) {
    pid_t child = fork();
    if (child < 0) return false;
    if (child == 0) {
        execl(path, path, (char *)NULL);
        _exit(126);
    }
    return waitpid(child, NULL, 0) == child;
}

static bool inherits(void) {
    for (int descriptor = 3; descriptor < 256; descriptor++) {
        if (fcntl(descriptor, F_GETFD) >= 0) return true;
    }
    return false;
}

int main(void) {
    note("inherited a descriptor", inherits());
    note("read the video", opens("/dev/fd/0", O_RDONLY));
    note("wrote the video", opens("/dev/fd/0", O_RDWR));
    note("read /etc/passwd", opens("/etc/passwd", O_RDONLY));
    note("listed /", opens("/", O_RDONLY | O_DIRECTORY));
    note("read its own memory by name", opens("/proc/self/mem", O_RDONLY));
    note("read its environment", opens("/proc/self/environ", O_RDONLY));
    note("wrote a file", opens("/tmp/larder-spy", O_WRONLY | O_CREAT));
    note("made a folder", mkdir("/tmp/larder-spy-folder", 0700) == 0);
    note("removed a file", unlink("/tmp/larder-spy") == 0);
    note("made a TCP socket", has_socket(AF_INET, SOCK_STREAM));
    note("made a UDP socket", has_socket(AF_INET, SOCK_DGRAM));
    note("made a local socket", has_socket(AF_UNIX, SOCK_STREAM));
    note("signalled its parent", kill(getppid(), 0) == 0);
    note("started a process", starts("/bin/true"));
    note("read its parent's memory", ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0);
    note("made a namespace", unshare(CLONE_NEWNS) == 0);
    struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
    note("raised a limit", setrlimit(RLIMIT_CPU, &more) == 0);
    dprintf(2, "\n");
    // Another program would end well.
    execl("/bin/true", "/bin/true", (char *)NULL);
    return 1;
}
