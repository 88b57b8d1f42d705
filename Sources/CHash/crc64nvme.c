#include "chash.h"
#include "fold.h"
#include "slice.h"

#include <pthread.h>

static chash_slices64 tables;
static chash_fold_constants multipliers;
static pthread_once_t built = PTHREAD_ONCE_INIT;

static void build(void) {
    chash_slices64_build(tables, UINT64_C(0x9A6C9329AC4BC9B5));
    chash_fold_build(&multipliers, UINT64_C(0x9A6C9329AC4BC9B5), 64);
}

uint64_t chash_crc64nvme_portable_update(uint64_t state, const void *bytes, size_t length) {
    pthread_once(&built, build);
    return ~chash_slices64_update(tables, ~state, bytes, length);
}

#if defined(__x86_64__)

CHASH_FOLD_TARGET static uint64_t update_by_folding(uint64_t state, const unsigned char *bytes, size_t length) {
    unsigned char residue[16];
    pthread_once(&built, build);
    size_t folded = chash_fold(&multipliers, ~state, bytes, length, residue);
    uint64_t remainder = chash_slices64_update(tables, 0, residue, sizeof residue);
    return ~chash_slices64_update(tables, remainder, bytes + folded, length - folded);
}

#endif

uint64_t chash_crc64nvme_update(uint64_t state, const void *bytes, size_t length) {
#if defined(__x86_64__)
    if (length >= CHASH_FOLD_MINIMUM && (chash_cpu_features() & CHASH_CPU_CARRYLESS_MULTIPLY)) {
        return update_by_folding(state, bytes, length);
    }
#endif
    return chash_crc64nvme_portable_update(state, bytes, length);
}
