#pragma once

#include <stddef.h>
#include <stdint.h>

/// What happened to a name in a watched directory (inotify(7)).
struct clinux_watch_event {
    int32_t watch;      // which directory, -1 when events were lost
    uint32_t mask;      // of clinux_watch_*
    char name[256];     // empty for the directory itself
};

/// What can happen.
enum clinux_watch {
    clinux_watch_written = 1,   // a file that was open for writing was closed
    clinux_watch_made = 2,      // a name was made
    clinux_watch_came = 4,      // a name was moved here
    clinux_watch_left = 8,      // a name was moved away
    clinux_watch_removed = 16,  // a name was removed
    clinux_watch_directory = 32,  // it is a directory's name
    clinux_watch_gone = 64,     // the watch is over: the directory is not there any more
    clinux_watch_lost = 128     // more happened than was kept
};

/// Opens a queue of events, closed on exec. Returns a descriptor, or -1 with errno.
int clinux_watch_open(void);

/// Watches the directory behind a descriptor. Returns the watch, or -1 with errno (ENOSPC: no more are allowed).
int clinux_watch_add(int queue, int directory);

/// Ends a watch. Returns 0, or -1 with errno.
int clinux_watch_remove(int queue, int watch);

/// Waits for events until there are some or `stop` can be read. Returns how many of at most `capacity`, 0 for the stop,
/// -1 with errno.
int clinux_watch_next(int queue, int stop, struct clinux_watch_event *events, size_t capacity);
