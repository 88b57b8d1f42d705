// Folding by carry-less multiplication, the same for every reflected CRC of up to 64 bits.
//
// A block of 16 bytes is a polynomial A·x^64 + B over GF(2), its first bit the highest degree. D bits further on in the
// message it weighs A·x^(64+D) + B·x^D, which modulo the CRC's polynomial is A·(x^(64+D) mod P) + B·(x^D mod P): less
// than 128 bits again, so it may be added to the block that stands there. When one block is left its remainder is that
// of the whole message. (The method is that of Gopal and others, "Fast CRC Computation for Generic Polynomials Using
// PCLMULQDQ Instruction", Intel, 2009; the last block goes through the tables instead of Barrett's reduction.)

#ifndef CHASH_FOLD_H
#define CHASH_FOLD_H

#include "bytes.h"

#include <stddef.h>
#include <stdint.h>

/// The shortest message that is folded.
#define CHASH_FOLD_MINIMUM 64

/// The multipliers that carry a block over 64 and over 16 bytes: first for its earlier half, then for its later one.
typedef struct {
    uint64_t over64[2];
    uint64_t over16[2];
} chash_fold_constants;

/// x^exponent modulo the polynomial (given reflected, its lowest bit at bit 0 of `width`), as a reflected number of 64
/// bits: bit 0 is x^63.
static inline uint64_t chash_fold_power(uint64_t polynomial, int width, int exponent) {
    uint64_t power = UINT64_C(1) << (width - 1);
    for (int step = 0; step < exponent; step++) power = (power >> 1) ^ (power & 1 ? polynomial : 0);
    return power << (64 - width);
}

static inline void chash_fold_build(chash_fold_constants *constants, uint64_t polynomial, int width) {
    // One less than the text above says: the product of two reflected numbers comes out shifted by one bit.
    constants->over64[0] = chash_fold_power(polynomial, width, 64 + 512 - 1);
    constants->over64[1] = chash_fold_power(polynomial, width, 512 - 1);
    constants->over16[0] = chash_fold_power(polynomial, width, 64 + 128 - 1);
    constants->over16[1] = chash_fold_power(polynomial, width, 128 - 1);
}

#if defined(__x86_64__)

#include <immintrin.h>

#define CHASH_FOLD_TARGET __attribute__((target("pclmul,sse4.1")))

CHASH_FOLD_TARGET static inline __m128i chash_fold_load(const unsigned char *bytes) {
    return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

/// `next` with `block` carried onto it.
CHASH_FOLD_TARGET static inline __m128i chash_fold_onto(__m128i block, __m128i multipliers, __m128i next) {
    __m128i earlier = _mm_clmulepi64_si128(block, multipliers, 0x00);
    __m128i later = _mm_clmulepi64_si128(block, multipliers, 0x11);
    return _mm_xor_si128(_mm_xor_si128(earlier, later), next);
}

/// Folds the whole 16-byte blocks of at least CHASH_FOLD_MINIMUM bytes into `residue`, whose remainder from a register
/// of 0 is that of all these blocks from a register of `remainder`. Answers how many bytes those were.
CHASH_FOLD_TARGET static inline size_t chash_fold(
    const chash_fold_constants *constants, uint64_t remainder, const unsigned char *bytes, size_t length,
    unsigned char residue[16]
) {
    const unsigned char *start = bytes;
    const __m128i over64 = _mm_set_epi64x((long long)constants->over64[1], (long long)constants->over64[0]);
    const __m128i over16 = _mm_set_epi64x((long long)constants->over16[1], (long long)constants->over16[0]);
    __m128i a = _mm_xor_si128(chash_fold_load(bytes), _mm_cvtsi64_si128((long long)remainder));
    __m128i b = chash_fold_load(bytes + 16);
    __m128i c = chash_fold_load(bytes + 32);
    __m128i d = chash_fold_load(bytes + 48);
    for (bytes += 64, length -= 64; length >= 64; bytes += 64, length -= 64) {
        a = chash_fold_onto(a, over64, chash_fold_load(bytes));
        b = chash_fold_onto(b, over64, chash_fold_load(bytes + 16));
        c = chash_fold_onto(c, over64, chash_fold_load(bytes + 32));
        d = chash_fold_onto(d, over64, chash_fold_load(bytes + 48));
    }
    d = chash_fold_onto(chash_fold_onto(chash_fold_onto(a, over16, b), over16, c), over16, d);
    for (; length >= 16; bytes += 16, length -= 16) d = chash_fold_onto(d, over16, chash_fold_load(bytes));
    _mm_storeu_si128((__m128i *)(void *)residue, d);
    return (size_t)(bytes - start);
}

#endif

#endif
