#include "chash.h"
#include "fold.h"
#include "slice.h"

#include <pthread.h>

static chash_slices32 tables;
static chash_fold_constants multipliers;
static pthread_once_t built = PTHREAD_ONCE_INIT;

static void build(void) {
    chash_slices32_build(tables, UINT32_C(0x82F63B78));
    chash_fold_build(&multipliers, UINT32_C(0x82F63B78), 32);
}

uint32_t chash_crc32c_portable_update(uint32_t state, const void *bytes, size_t length) {
    pthread_once(&built, build);
    return ~chash_slices32_update(tables, ~state, bytes, length);
}

#if defined(__x86_64__)

#define INSTRUCTION_TARGET __attribute__((target("sse4.2")))

/// The remainder by the CRC32 instruction. One chain of them waits three cycles for each word: folding is faster for
/// all but short messages.
INSTRUCTION_TARGET static uint32_t remainder_by_instruction(
    uint32_t remainder, const unsigned char *bytes, size_t length
) {
    uint64_t wide = remainder;
    for (; length >= 8; bytes += 8, length -= 8) wide = _mm_crc32_u64(wide, chash_load64(bytes));
    remainder = (uint32_t)wide;
    for (; length > 0; bytes++, length--) remainder = _mm_crc32_u8(remainder, *bytes);
    return remainder;
}

CHASH_FOLD_TARGET static uint32_t update_by_folding(uint32_t state, const unsigned char *bytes, size_t length) {
    unsigned char residue[16];
    pthread_once(&built, build);
    size_t folded = chash_fold(&multipliers, (uint32_t)~state, bytes, length, residue);
    uint32_t remainder = remainder_by_instruction(0, residue, sizeof residue);
    return ~remainder_by_instruction(remainder, bytes + folded, length - folded);
}

/// Where one chain of CRC32 instructions has lost the time that folding takes to set up.
#define FOLDING_PAYS 256

#endif

uint32_t chash_crc32c_update(uint32_t state, const void *bytes, size_t length) {
#if defined(__x86_64__)
    const uint32_t both = CHASH_CPU_CRC32C | CHASH_CPU_CARRYLESS_MULTIPLY;
    uint32_t features = chash_cpu_features();
    if (length >= FOLDING_PAYS && (features & both) == both) return update_by_folding(state, bytes, length);
    if (features & CHASH_CPU_CRC32C) return ~remainder_by_instruction(~state, bytes, length);
#endif
    return chash_crc32c_portable_update(state, bytes, length);
}
