// Slicing: the portable way to a reflected CRC, a table look-up per byte, many bytes side by side.
//
// Registers here are the bare remainder, without the inversion that the checksums have at both ends.

#ifndef CHASH_SLICE_H
#define CHASH_SLICE_H

#include "bytes.h"

#include <stddef.h>
#include <stdint.h>

/// tables[n][b]: the remainder of byte b followed by n zero bytes. 16 KiB: half of a small L1 cache.
typedef uint32_t chash_slices32[16][256];
/// The same for 64 bits; eight tables are the same 16 KiB.
typedef uint64_t chash_slices64[8][256];

static inline void chash_slices32_build(chash_slices32 tables, uint32_t polynomial) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t remainder = byte;
        for (int step = 0; step < 8; step++) remainder = (remainder >> 1) ^ (remainder & 1 ? polynomial : 0);
        tables[0][byte] = remainder;
    }
    for (int zeros = 1; zeros < 16; zeros++) {
        for (int byte = 0; byte < 256; byte++) {
            uint32_t remainder = tables[zeros - 1][byte];
            tables[zeros][byte] = (remainder >> 8) ^ tables[0][remainder & 0xFF];
        }
    }
}

static inline void chash_slices64_build(chash_slices64 tables, uint64_t polynomial) {
    for (uint64_t byte = 0; byte < 256; byte++) {
        uint64_t remainder = byte;
        for (int step = 0; step < 8; step++) remainder = (remainder >> 1) ^ (remainder & 1 ? polynomial : 0);
        tables[0][byte] = remainder;
    }
    for (int zeros = 1; zeros < 8; zeros++) {
        for (int byte = 0; byte < 256; byte++) {
            uint64_t remainder = tables[zeros - 1][byte];
            tables[zeros][byte] = (remainder >> 8) ^ tables[0][remainder & 0xFF];
        }
    }
}

/// The look-ups of one word whose last byte has `zeros` bytes after it.
static inline uint32_t chash_slices32_word(const chash_slices32 tables, uint64_t word, int zeros) {
    return tables[zeros + 7][word & 0xFF] ^ tables[zeros + 6][word >> 8 & 0xFF] ^ tables[zeros + 5][word >> 16 & 0xFF]
        ^ tables[zeros + 4][word >> 24 & 0xFF] ^ tables[zeros + 3][word >> 32 & 0xFF]
        ^ tables[zeros + 2][word >> 40 & 0xFF] ^ tables[zeros + 1][word >> 48 & 0xFF] ^ tables[zeros][word >> 56];
}

static inline uint32_t chash_slices32_update(
    const chash_slices32 tables, uint32_t remainder, const unsigned char *bytes, size_t length
) {
    for (; length >= 16; bytes += 16, length -= 16) {
        uint64_t first = chash_load64(bytes) ^ remainder;
        remainder = chash_slices32_word(tables, first, 8) ^ chash_slices32_word(tables, chash_load64(bytes + 8), 0);
    }
    for (; length > 0; bytes++, length--) remainder = (remainder >> 8) ^ tables[0][(remainder ^ *bytes) & 0xFF];
    return remainder;
}

static inline uint64_t chash_slices64_update(
    const chash_slices64 tables, uint64_t remainder, const unsigned char *bytes, size_t length
) {
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word = chash_load64(bytes) ^ remainder;
        remainder = tables[7][word & 0xFF] ^ tables[6][word >> 8 & 0xFF] ^ tables[5][word >> 16 & 0xFF]
            ^ tables[4][word >> 24 & 0xFF] ^ tables[3][word >> 32 & 0xFF] ^ tables[2][word >> 40 & 0xFF]
            ^ tables[1][word >> 48 & 0xFF] ^ tables[0][word >> 56];
    }
    for (; length > 0; bytes++, length--) remainder = (remainder >> 8) ^ tables[0][(remainder ^ *bytes) & 0xFF];
    return remainder;
}

#endif
