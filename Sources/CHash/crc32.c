#include "chash.h"
#include "fold.h"
#include "slice.h"

#include <pthread.h>

static chash_slices32 tables;
static chash_fold_constants multipliers;
static pthread_once_t built = PTHREAD_ONCE_INIT;

static void build(void) {
    chash_slices32_build(tables, UINT32_C(0xEDB88320));
    chash_fold_build(&multipliers, UINT32_C(0xEDB88320), 32);
}

uint32_t chash_crc32_portable_update(uint32_t state, const void *bytes, size_t length) {
    pthread_once(&built, build);
    return ~chash_slices32_update(tables, ~state, bytes, length);
}

#if defined(__x86_64__)

CHASH_FOLD_TARGET static uint32_t update_by_folding(uint32_t state, const unsigned char *bytes, size_t length) {
    unsigned char residue[16];
    pthread_once(&built, build);
    size_t folded = chash_fold(&multipliers, (uint32_t)~state, bytes, length, residue);
    uint32_t remainder = chash_slices32_update(tables, 0, residue, sizeof residue);
    return ~chash_slices32_update(tables, remainder, bytes + folded, length - folded);
}

#endif

uint32_t chash_crc32_update(uint32_t state, const void *bytes, size_t length) {
#if defined(__x86_64__)
    if (length >= CHASH_FOLD_MINIMUM && (chash_cpu_features() & CHASH_CPU_CARRYLESS_MULTIPLY)) {
        return update_by_folding(state, bytes, length);
    }
#endif
    return chash_crc32_portable_update(state, bytes, length);
}
