// What the benchmark programs share: how they end, how they measure, and the one line of JSON that they print.
#pragma once

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

// Ends the program; with `errno` set, says its text too. A figure of a run that did not go as meant is worse than none.
__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...) {
    int cause = errno;
    va_list arguments;
    va_start(arguments, format);
    fputs("error: ", stderr);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, cause != 0 ? ": %s\n" : "\n", strerror(cause));
    exit(1);
}

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

// A whole number of an option, within bounds; all loops of the programs are bounded by such numbers.
static long number(const char *name, const char *text, long lowest, long highest) {
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < lowest || value > highest) {
        errno = 0;
        fail("--%s takes a number from %ld to %ld", name, lowest, highest);
    }
    return value;
}

static int ascending(const void *one, const void *other) {
    uint32_t left = *(const uint32_t *)one, right = *(const uint32_t *)other;
    return (left > right) - (left < right);
}

// Prints what `count` operations took, each latency in microseconds; sorts the latencies. Not every program has some.
__attribute__((unused)) static void report(uint32_t *latencies, size_t count, uint64_t elapsed) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    qsort(latencies, count, sizeof *latencies, ascending);
    double seconds = (double)elapsed / 1e9;
    printf("{\"operations\":%zu,\"seconds\":%.4f,\"per_second\":%.1f,\"p50_us\":%u,\"p99_us\":%u,\"max_us\":%u,"
           "\"user_us\":%ld,\"system_us\":%ld}\n",
           count, seconds, (double)count / seconds, latencies[count / 2], latencies[count * 99 / 100],
           latencies[count - 1], usage.ru_utime.tv_sec * 1000000L + usage.ru_utime.tv_usec,
           usage.ru_stime.tv_sec * 1000000L + usage.ru_stime.tv_usec);
}
