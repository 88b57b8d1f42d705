// Replays prepared HTTP/1.1 requests over keep-alive connections, each connection one request at a time, and uses as
// little of the machine as it can, which the server under test shares: one thread, nothing made at run time.
//
// The file holds requests as `<length, 32 bits little-endian><bytes>`. Every answer has to be a 200 with a
// Content-Length, of --body bytes when that is given; anything else ends the run.
//
//   http_load --port N --requests FILE [--connections N] [--body N] [--seconds N]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

enum { LONGEST_HEAD = 16 * 1024, MOST_CONNECTIONS = 1024, MOST_REQUESTS = 10000000 };

static struct {
    const char *requests;
    long port, connections, body, seconds;
} options = {.connections = 16, .body = -1, .seconds = 120};

struct request {
    const char *bytes;
    size_t length;
};

struct connection {
    int socket;
    bool is_waiting, wants_to_write;
    size_t request;      // Which one is being sent or answered.
    size_t sent;         // How much of it has gone out.
    uint64_t began;      // When its first byte went out.
    size_t head_length;  // How much of the answer's head is in `head`.
    long body_left;      // Bytes of the answer's body to come; -1 while the head is incomplete.
    char head[LONGEST_HEAD + 1];
};

static struct request *requests;
static size_t request_count, next_request, answered;
static uint32_t *latencies;
static struct connection *connections;
static char dropped[1 << 16];
static int poller;

__attribute__((noreturn, format(printf, 1, 2))) static void refuse(const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    errno = 0;
    fail("%s", text);
}

// --- Requests --------------------------------------------------------------------------------------------------------

static void load_requests(void) {
    int file = open(options.requests, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    if (file < 0 || fstat(file, &facts) != 0) fail("cannot open %s", options.requests);
    if (facts.st_size == 0) refuse("%s has no requests", options.requests);
    size_t length = (size_t)facts.st_size;
    // Populated, so that no request pays for reading the file.
    const char *bytes = mmap(NULL, length, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    if (bytes == MAP_FAILED) fail("cannot map %s", options.requests);
    close(file);
    size_t capacity = 0;
    for (size_t at = 0; at < length;) {
        uint32_t size;
        if (length - at < sizeof size) refuse("%s ends within a length", options.requests);
        memcpy(&size, bytes + at, sizeof size);
        at += sizeof size;
        if (size == 0 || length - at < size) refuse("%s ends within a request", options.requests);
        if (request_count == capacity) {
            capacity = capacity == 0 ? 1024 : capacity * 2;
            requests = capacity > MOST_REQUESTS ? NULL : realloc(requests, capacity * sizeof *requests);
            if (requests == NULL) refuse("too many requests in %s", options.requests);
        }
        requests[request_count++] = (struct request){bytes + at, size};
        at += size;
    }
    latencies = calloc(request_count, sizeof *latencies);
    if (latencies == NULL) fail("no memory");
}

// --- A connection ----------------------------------------------------------------------------------------------------

static void watch(struct connection *connection, bool wants_to_write, int operation) {
    struct epoll_event event = {.events = EPOLLIN | (wants_to_write ? EPOLLOUT : 0), .data.ptr = connection};
    connection->wants_to_write = wants_to_write;
    if (epoll_ctl(poller, operation, connection->socket, &event) != 0) fail("cannot watch a connection");
}

static void send_more(struct connection *connection) {
    const struct request *request = &requests[connection->request];
    while (connection->sent < request->length) {
        ssize_t count = send(connection->socket, request->bytes + connection->sent, request->length - connection->sent,
                             MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) break;
        if (count < 0) fail("cannot send request %zu", connection->request);
        connection->sent += (size_t)count;
    }
    bool has_more = connection->sent < request->length;
    if (has_more != connection->wants_to_write) watch(connection, has_more, EPOLL_CTL_MOD);
}

static void begin_request(struct connection *connection) {
    connection->is_waiting = next_request < request_count;
    if (!connection->is_waiting) return;
    connection->request = next_request++;
    connection->sent = 0;
    connection->head_length = 0;
    connection->body_left = -1;
    connection->began = nanoseconds();
    send_more(connection);
}

static void end_request(struct connection *connection) {
    if (connection->sent < requests[connection->request].length) refuse("an answer came before its request was sent");
    latencies[connection->request] = (uint32_t)((nanoseconds() - connection->began) / 1000);
    answered++;
    begin_request(connection);
}

// The Content-Length of a head; a head without one is refused, since nothing else is worth the code here.
static long content_length(const struct connection *connection) {
    static const char name[] = "content-length:";
    for (const char *line = strstr(connection->head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, sizeof name - 1) == 0) return strtol(line + sizeof name - 1, NULL, 10);
    }
    refuse("the answer to request %zu has no Content-Length:\n%s", connection->request, connection->head);
}

static void check_head(const struct connection *connection) {
    static const char wanted[] = "HTTP/1.1 200 ";
    if (strncmp(connection->head, wanted, sizeof wanted - 1) != 0) {
        const char *request = requests[connection->request].bytes;
        refuse("request %zu was not answered with 200:\n%.*s\n%s", connection->request,
               (int)strcspn(request, "\r\n"), request, connection->head);
    }
}

// Takes `count` more bytes into the head; those behind its end are the body's.
static void receive_head(struct connection *connection, size_t count) {
    size_t received = connection->head_length + count;
    const char *end = memmem(connection->head, received, "\r\n\r\n", 4);
    connection->head_length = received;
    if (end == NULL) {
        if (received == LONGEST_HEAD) refuse("the head of the answer to request %zu is too long", connection->request);
        return;
    }
    connection->head_length = (size_t)(end - connection->head) + 4;
    size_t behind = received - connection->head_length;
    connection->head[connection->head_length] = '\0';
    check_head(connection);
    long length = content_length(connection);
    if (length < 0 || (options.body >= 0 && length != options.body)) {
        refuse("the answer to request %zu has a body of %ld bytes, not %ld", connection->request, length,
               options.body);
    }
    connection->body_left = length - (long)behind;
    if (connection->body_left < 0) refuse("the answer to request %zu is too long", connection->request);
}

static void receive(struct connection *connection) {
    bool is_head = connection->body_left < 0;
    char *into = is_head ? connection->head + connection->head_length : dropped;
    size_t room = is_head ? LONGEST_HEAD - connection->head_length : (size_t)connection->body_left;
    if (!is_head && room > sizeof dropped) room = sizeof dropped;
    ssize_t count = recv(connection->socket, into, room, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count < 0) fail("cannot receive");
    if (count == 0) refuse("the server closed a connection after %zu answers", answered);
    if (!connection->is_waiting) refuse("the server sent something that nobody asked for");
    if (is_head) receive_head(connection, (size_t)count);
    else connection->body_left -= count;
    if (connection->body_left == 0) end_request(connection);
}

// --- The run ---------------------------------------------------------------------------------------------------------

static void open_connections(void) {
    poller = epoll_create1(EPOLL_CLOEXEC);
    connections = calloc((size_t)options.connections, sizeof *connections);
    if (poller < 0 || connections == NULL) fail("cannot make the connections");
    // Loopback only: a benchmark is no tool against anyone else's server.
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (long index = 0; index < options.connections; index++) {
        int one = 1, made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (made < 0 || connect(made, (struct sockaddr *)&address, sizeof address) != 0) {
            fail("cannot connect to 127.0.0.1:%ld", options.port);
        }
        setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (fcntl(made, F_SETFL, O_NONBLOCK) != 0) fail("cannot make a connection non-blocking");
        connections[index].socket = made;
        connections[index].body_left = -1;
        watch(&connections[index], false, EPOLL_CTL_ADD);
    }
}

static void serve_events(uint64_t deadline) {
    struct epoll_event events[64];
    while (answered < request_count) {
        int count = epoll_wait(poller, events, 64, 1000);
        if (count < 0 && errno != EINTR) fail("cannot wait for answers");
        if (nanoseconds() > deadline) {
            refuse("%zu of %zu requests answered after %ld s", answered, request_count, options.seconds);
        }
        for (int index = 0; index < count; index++) {
            struct connection *connection = events[index].data.ptr;
            if ((events[index].events & EPOLLOUT) != 0) send_more(connection);
            if ((events[index].events & ~(uint32_t)EPOLLOUT) != 0) receive(connection);
        }
    }
}

static void read_options(int count, char **arguments) {
    static const struct option known[] = {
        {"port", required_argument, NULL, 'p'},        {"requests", required_argument, NULL, 'f'},
        {"connections", required_argument, NULL, 'c'}, {"body", required_argument, NULL, 'b'},
        {"seconds", required_argument, NULL, 'T'},     {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(count, arguments, "", known, NULL)) != -1) {
        switch (option) {
        case 'p': options.port = number("port", optarg, 1, 65535); break;
        case 'f': options.requests = optarg; break;
        case 'c': options.connections = number("connections", optarg, 1, MOST_CONNECTIONS); break;
        case 'b': options.body = number("body", optarg, 0, 1L << 40); break;
        case 'T': options.seconds = number("seconds", optarg, 1, 3600); break;
        default: exit(2);
        }
    }
    if (options.port == 0 || options.requests == NULL || optind != count) {
        refuse("--port and --requests are needed; see the head of http_load.c for the options");
    }
}

int main(int count, char **arguments) {
    read_options(count, arguments);
    load_requests();
    open_connections();
    uint64_t began = nanoseconds();
    for (long index = 0; index < options.connections; index++) begin_request(&connections[index]);
    serve_events(began + (uint64_t)options.seconds * 1000000000);
    report(latencies, request_count, nanoseconds() - began);
}
