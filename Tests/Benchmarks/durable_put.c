// What the disk and the kernel allow: the system calls of a durable PUT (storage/README.md, "Writing", steps 1 to 4), from
// as many threads as a benchmark has connections, with nothing else around them. Larder's own PUTs are measured against
// it; small new ones get by with fewer syncs ("Small new objects").
//
// Each operation: a line for the grouped log; an unnamed file with content, time, record and sync, beside the log's
// sync; then a link into the key's directory, and that directory's sync. Every key is new.
//
//   durable_put --directory EMPTY [--count N] [--threads N] [--directories N] [--size N] [--record N]
//               [--log thread|leader] [--relaxed] [--seconds N]
#define _GNU_SOURCE
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "report.h"

enum { LONGEST_LINE = 128, MOST_THREADS = 1024, MOST_DIRECTORIES = 256 };

static struct {
    const char *directory;
    long count, threads, directories, size, record, seconds;
    bool is_relaxed, has_log_thread;
} options = {.count = 4000, .threads = 16, .directories = 16, .size = 4096, .record = 400, .seconds = 120,
             .has_log_thread = true};

static int incoming;
static int places[MOST_DIRECTORIES];
static uint32_t *latencies;
static atomic_long next_operation;
static uint64_t deadline;

// --- The log ---------------------------------------------------------------------------------------------------------

// Lines are numbered in the order of their arrival; `synced` is the last one that is on disk.
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t has_lines, is_synced;
    char *pending, *spare;
    size_t length;
    uint64_t queued, synced;
    bool is_writing, is_over;
    int file;
} journal = {.mutex = PTHREAD_MUTEX_INITIALIZER, .has_lines = PTHREAD_COND_INITIALIZER,
             .is_synced = PTHREAD_COND_INITIALIZER};

static void sync_file(int file, const char *what) {
    if (!options.is_relaxed && fsync(file) != 0) fail("cannot sync %s", what);
}

// Puts all lines that wait on disk with one write and one sync. Called and left with the mutex held.
static void write_batch(void) {
    char *batch = journal.pending;
    size_t length = journal.length;
    uint64_t last = journal.queued;
    journal.pending = journal.spare;
    journal.spare = batch;
    journal.length = 0;
    journal.is_writing = true;
    pthread_mutex_unlock(&journal.mutex);
    if (write(journal.file, batch, length) != (ssize_t)length) fail("cannot write the log");
    if (!options.is_relaxed && fdatasync(journal.file) != 0) fail("cannot sync the log");
    pthread_mutex_lock(&journal.mutex);
    journal.is_writing = false;
    journal.synced = last;
    pthread_cond_broadcast(&journal.is_synced);
}

static void *write_log(void *unused) {
    (void)unused;
    pthread_mutex_lock(&journal.mutex);
    while (!journal.is_over || journal.length > 0) {
        if (journal.length == 0) pthread_cond_wait(&journal.has_lines, &journal.mutex);
        else write_batch();
    }
    pthread_mutex_unlock(&journal.mutex);
    return NULL;
}

static uint64_t enqueue_line(const char *line, size_t length) {
    pthread_mutex_lock(&journal.mutex);
    memcpy(journal.pending + journal.length, line, length);
    journal.length += length;
    uint64_t own = ++journal.queued;
    if (options.has_log_thread && !journal.is_writing) pthread_cond_signal(&journal.has_lines);
    pthread_mutex_unlock(&journal.mutex);
    return own;
}

// Returns when the line is on disk. Without a thread of the log's own, the first one that waits writes for all.
static void wait_for_line(uint64_t own) {
    pthread_mutex_lock(&journal.mutex);
    while (journal.synced < own) {
        if (options.has_log_thread || journal.is_writing) pthread_cond_wait(&journal.is_synced, &journal.mutex);
        else write_batch();
    }
    pthread_mutex_unlock(&journal.mutex);
}

// --- One object ------------------------------------------------------------------------------------------------------

static void put(long operation, const char *content, const char *record) {
    char name[64], line[LONGEST_LINE], source[32];
    long place = operation % options.directories;
    snprintf(name, sizeof name, "object-%08ld", operation);
    // As long as Larder's: a checksum, the bucket's id, the key.
    int length = snprintf(line, sizeof line, "\n%08lx 0123456789abcdef0123456789abcdef d%02ld/%s\n", operation, place,
                          name);
    uint64_t own = enqueue_line(line, (size_t)length);

    int file = openat(incoming, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) fail("cannot make an unnamed file");
    if (pwrite(file, content, (size_t)options.size, 0) != options.size) fail("cannot write a file");
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}};
    clock_gettime(CLOCK_REALTIME, &times[1]);
    if (futimens(file, times) != 0) fail("cannot set the time of a file");
    if (fsetxattr(file, "user.larder", record, (size_t)options.record, 0) != 0) fail("cannot write an attribute");
    sync_file(file, "a file");

    wait_for_line(own);
    snprintf(source, sizeof source, "/proc/self/fd/%d", file);
    if (linkat(AT_FDCWD, source, places[place], name, AT_SYMLINK_FOLLOW) != 0) fail("cannot link %s", name);
    sync_file(places[place], "a directory");
    close(file);
}

// Content that differs from file to file and does not compress.
static void fill(uint64_t *words, size_t count, uint64_t seed) {
    for (size_t index = 0; index < count; index++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        words[index] = seed;
    }
}

static void *work(void *argument) {
    size_t words = (size_t)options.size / 8 + 1;
    uint64_t *content = malloc(words * 8);
    char *record = malloc((size_t)options.record + 1);
    if (content == NULL || record == NULL) fail("no memory");
    fill(content, words, 0x9E3779B97F4A7C15u * ((uint64_t)(uintptr_t)argument + 1));
    memset(record, 'x', (size_t)options.record);
    for (;;) {
        long operation = atomic_fetch_add(&next_operation, 1);
        if (operation >= options.count) break;
        content[0] = (uint64_t)operation;
        uint64_t began = nanoseconds();
        if (began > deadline) {
            errno = 0;
            fail("not done after %ld s", options.seconds);
        }
        put(operation, (const char *)content, record);
        latencies[operation] = (uint32_t)((nanoseconds() - began) / 1000);
    }
    free(content);
    free(record);
    return NULL;
}

// --- The run ---------------------------------------------------------------------------------------------------------

static int make_directory(int parent, const char *name) {
    if (mkdirat(parent, name, 0700) != 0) fail("cannot make the directory %s", name);
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) fail("cannot open the directory %s", name);
    return directory;
}

// Everything that a server has done before its first request; the figure is about requests.
static void prepare(void) {
    int root = open(options.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) fail("cannot open %s", options.directory);
    incoming = make_directory(root, "incoming");
    int intents = make_directory(root, "intents");
    journal.file = openat(intents, "1", O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (journal.file < 0) fail("cannot make the log");
    int bucket = make_directory(root, "bucket");
    for (long index = 0; index < options.directories; index++) {
        char name[16];
        snprintf(name, sizeof name, "d%02ld", index);
        places[index] = make_directory(bucket, name);
    }
    size_t capacity = (size_t)options.threads * LONGEST_LINE;
    journal.pending = malloc(capacity);
    journal.spare = malloc(capacity);
    latencies = calloc((size_t)options.count, sizeof *latencies);
    if (journal.pending == NULL || journal.spare == NULL || latencies == NULL) fail("no memory");
    if (syncfs(root) != 0) fail("cannot sync %s", options.directory);
    close(bucket);
    close(intents);
    close(root);
}

static void read_options(int count, char **arguments) {
    static const struct option known[] = {
        {"directory", required_argument, NULL, 'd'}, {"count", required_argument, NULL, 'n'},
        {"threads", required_argument, NULL, 't'},   {"directories", required_argument, NULL, 'D'},
        {"size", required_argument, NULL, 's'},      {"record", required_argument, NULL, 'r'},
        {"log", required_argument, NULL, 'l'},       {"relaxed", no_argument, NULL, 'x'},
        {"seconds", required_argument, NULL, 'T'},   {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(count, arguments, "", known, NULL)) != -1) {
        switch (option) {
        case 'd': options.directory = optarg; break;
        case 'n': options.count = number("count", optarg, 1, 10000000); break;
        case 't': options.threads = number("threads", optarg, 1, MOST_THREADS); break;
        case 'D': options.directories = number("directories", optarg, 1, MOST_DIRECTORIES); break;
        case 's': options.size = number("size", optarg, 0, 1 << 30); break;
        case 'r': options.record = number("record", optarg, 1, 3900); break;
        case 'l': options.has_log_thread = strcmp(optarg, "leader") != 0; break;
        case 'x': options.is_relaxed = true; break;
        case 'T': options.seconds = number("seconds", optarg, 1, 3600); break;
        default: exit(2);
        }
    }
    if (options.directory == NULL || optind != count) {
        errno = 0;
        fail("--directory names an empty directory; see the head of durable_put.c for the options");
    }
}

int main(int count, char **arguments) {
    read_options(count, arguments);
    prepare();
    pthread_t threads[MOST_THREADS], logger;
    uint64_t began = nanoseconds();
    deadline = began + (uint64_t)options.seconds * 1000000000;
    if (options.has_log_thread && pthread_create(&logger, NULL, write_log, NULL) != 0) fail("cannot start a thread");
    for (long index = 0; index < options.threads; index++) {
        if (pthread_create(&threads[index], NULL, work, (void *)(uintptr_t)index) != 0) fail("cannot start a thread");
    }
    for (long index = 0; index < options.threads; index++) pthread_join(threads[index], NULL);
    uint64_t elapsed = nanoseconds() - began;
    if (options.has_log_thread) {
        pthread_mutex_lock(&journal.mutex);
        journal.is_over = true;
        pthread_cond_signal(&journal.has_lines);
        pthread_mutex_unlock(&journal.mutex);
        pthread_join(logger, NULL);
    }
    report(latencies, (size_t)options.count, elapsed);
}
