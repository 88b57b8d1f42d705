#define _GNU_SOURCE
#include "clinux_watch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

int clinux_watch_open(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }

int clinux_watch_add(int queue, int directory) {
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", directory);
    return inotify_add_watch(queue, path,
        IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR | IN_EXCL_UNLINK);
}

int clinux_watch_remove(int queue, int watch) { return inotify_rm_watch(queue, watch); }

static uint32_t mask_of(uint32_t found) {
    uint32_t mask = 0;
    if (found & IN_CLOSE_WRITE) mask |= clinux_watch_written;
    if (found & IN_CREATE) mask |= clinux_watch_made;
    if (found & IN_MOVED_TO) mask |= clinux_watch_came;
    if (found & IN_MOVED_FROM) mask |= clinux_watch_left;
    if (found & IN_DELETE) mask |= clinux_watch_removed;
    if (found & IN_ISDIR) mask |= clinux_watch_directory;
    if (found & IN_IGNORED) mask |= clinux_watch_gone;
    if (found & IN_Q_OVERFLOW) mask |= clinux_watch_lost;
    return mask;
}

static int parse(const char *bytes, ssize_t length, struct clinux_watch_event *events, size_t capacity) {
    size_t count = 0;
    for (ssize_t offset = 0; offset < length && count < capacity;) {
        struct inotify_event found;
        memcpy(&found, bytes + offset, sizeof found);
        struct clinux_watch_event *event = &events[count++];
        event->watch = found.wd;
        event->mask = mask_of(found.mask);
        event->name[0] = 0;
        if (found.len > 0) {
            strncpy(event->name, bytes + offset + (ssize_t)sizeof found, sizeof event->name - 1);
            event->name[sizeof event->name - 1] = 0;
        }
        offset += (ssize_t)(sizeof found + found.len);
    }
    return (int)count;
}

int clinux_watch_next(int queue, int stop, struct clinux_watch_event *events, size_t capacity) {
    // As many events as there is room for: the smallest has no name.
    char bytes[64 * 1024] __attribute__((aligned(8)));
    size_t length = capacity * sizeof(struct inotify_event);
    if (length > sizeof bytes) length = sizeof bytes;
    if (length < sizeof(struct inotify_event) + NAME_MAX + 1) length = sizeof(struct inotify_event) + NAME_MAX + 1;
    for (;;) {
        struct pollfd waits[2] = {{.fd = queue, .events = POLLIN}, {.fd = stop, .events = POLLIN}};
        if (poll(waits, 2, -1) < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        if (waits[1].revents) return 0;
        ssize_t count = read(queue, bytes, length);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count < 0) return -1;
        return parse(bytes, count, events, capacity);
    }
}
