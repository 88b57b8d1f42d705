// A link of so many bytes a second, each way: listens on a free port, passes on to another, and uses as little of the
// machine as it can, which the servers under test share. Bytes go from socket to socket in the kernel (splice).
//
//   throttle --to PORT [--rate BYTES_A_SECOND]
//
// Prints its port and ends with its standard input.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "report.h"

// A piece takes a millisecond at 100 MB/s: short against the tenths of a second that are measured.
enum { PIECE = 128 * 1024, BURST = 2 * PIECE, MOST_CONNECTIONS = 1024 };

static long to, rate = 100 * 1000 * 1000;
static atomic_int connections;

// What may pass in one direction, whatever connection it is of: `paid` is when the link has carried all so far.
struct link {
    pthread_mutex_t lock;
    uint64_t paid;
};

static struct link links[2] = {{PTHREAD_MUTEX_INITIALIZER, 0}, {PTHREAD_MUTEX_INITIALIZER, 0}};

// One direction of a connection.
struct way {
    int source, sink;
    struct link *link;
    struct pair *pair;
};

struct pair {
    int sockets[2];
    atomic_int ways;
    struct way way[2];
};

static void sleep_until(uint64_t when) {
    struct timespec time = {(time_t)(when / 1000000000), (long)(when % 1000000000)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) continue;
}

// Waits until the link has room for so many bytes; a link that rested has saved up a short burst, no more.
static void carry(struct link *link, size_t count) {
    const uint64_t saved = (uint64_t)BURST * 1000000000 / (uint64_t)rate;
    pthread_mutex_lock(&link->lock);
    uint64_t now = nanoseconds();
    if (link->paid + saved < now) link->paid = now - saved;
    link->paid += (uint64_t)count * 1000000000 / (uint64_t)rate;
    uint64_t due = link->paid;
    pthread_mutex_unlock(&link->lock);
    if (due > now) sleep_until(due);
}

static bool pass(int from, int into, size_t count) {
    while (count > 0) {
        ssize_t moved = splice(from, NULL, into, NULL, count, SPLICE_F_MOVE | SPLICE_F_MORE);
        if (moved <= 0) return false;
        count -= (size_t)moved;
    }
    return true;
}

static void leave(struct pair *pair) {
    if (atomic_fetch_sub(&pair->ways, 1) > 1) return;
    close(pair->sockets[0]);
    close(pair->sockets[1]);
    free(pair);
    atomic_fetch_sub(&connections, 1);
}

static void *run(void *context) {
    struct way *way = context;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) == 0) {
        fcntl(ends[1], F_SETPIPE_SZ, PIECE);
        while (true) {
            ssize_t count = splice(way->source, NULL, ends[1], NULL, PIECE, SPLICE_F_MOVE);
            if (count <= 0) break;
            carry(way->link, (size_t)count);
            if (!pass(ends[0], way->sink, (size_t)count)) break;
        }
        close(ends[0]);
        close(ends[1]);
    }
    shutdown(way->sink, SHUT_WR);
    shutdown(way->source, SHUT_RD);
    leave(way->pair);
    return NULL;
}

static int to_target(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)to)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int target = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (target < 0) return -1;
    if (connect(target, (struct sockaddr *)&address, sizeof address) == 0) return target;
    close(target);
    return -1;
}

static void take(int client) {
    int target = atomic_load(&connections) < MOST_CONNECTIONS ? to_target() : -1;
    struct pair *pair = calloc(1, sizeof *pair);
    if (target < 0 || pair == NULL) {
        close(client);
        if (target >= 0) close(target);
        free(pair);
        return;
    }
    int yes = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(target, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    atomic_fetch_add(&connections, 1);
    *pair = (struct pair){.sockets = {client, target}, .ways = 2};
    pair->way[0] = (struct way){client, target, &links[0], pair};
    pair->way[1] = (struct way){target, client, &links[1], pair};
    for (int one = 0; one < 2; one++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, run, &pair->way[one]) != 0) fail("cannot make a thread");
        pthread_detach(thread);
    }
}

// Ends the program with whoever started it.
static void *watch(void *nothing) {
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) continue;
    exit(0);
    return nothing;
}

int main(int count, char **arguments) {
    static const struct option names[] = {
        {"to", required_argument, NULL, 't'}, {"rate", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(count, arguments, "", names, NULL)) != -1;) {
        if (option == 't') to = number("to", optarg, 1, 65535);
        else if (option == 'r') rate = number("rate", optarg, 1000, 100000000000);
        else return 2;
    }
    if (to == 0) fail("--to is missing");
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 128) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        fail("cannot listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    pthread_t watcher;
    if (pthread_create(&watcher, NULL, watch, NULL) != 0) fail("cannot make a thread");
    while (true) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0) take(client);
        else if (errno != EINTR && errno != ECONNABORTED) fail("cannot accept");
    }
}
