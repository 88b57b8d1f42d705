#include "chash.h"
#include "bytes.h"

#include <string.h>

// The numbers of the published algorithm (github.com/google/highwayhash): fractional digits of pi.
static const uint64_t initial0[4] = {
    UINT64_C(0xDBE6D5D5FE4CCE2F), UINT64_C(0xA4093822299F31D0),
    UINT64_C(0x13198A2E03707344), UINT64_C(0x243F6A8885A308D3),
};
static const uint64_t initial1[4] = {
    UINT64_C(0x3BD39E10CB0EF593), UINT64_C(0xC0ACF169B5F18A8C),
    UINT64_C(0xBE5466CF34E90C6C), UINT64_C(0x452821E638D01377),
};

static uint64_t swap_halves(uint64_t word) {
    return word >> 32 | word << 32;
}

/// Rotates each half of the word on its own; count is 1 to 31.
static uint64_t rotate_halves(uint64_t word, unsigned count) {
    uint32_t low = (uint32_t)word, high = (uint32_t)(word >> 32);
    low = low << count | low >> (32 - count);
    high = high << count | high >> (32 - count);
    return (uint64_t)high << 32 | low;
}

/// Adds the bytes of the pair (high, low) to the pair of sums in the order that spreads them best.
static void zipper_merge_and_add(uint64_t high, uint64_t low, uint64_t *sum_high, uint64_t *sum_low) {
    *sum_low += ((low & UINT64_C(0xFF000000)) | (high & UINT64_C(0xFF00000000))) >> 24
        | ((low & UINT64_C(0xFF0000000000)) | (high & UINT64_C(0xFF000000000000))) >> 16
        | (low & UINT64_C(0xFF0000)) | (low & UINT64_C(0xFF00)) << 32
        | (high & UINT64_C(0xFF00000000000000)) >> 8 | low << 56;
    *sum_high += ((high & UINT64_C(0xFF000000)) | (low & UINT64_C(0xFF00000000))) >> 24
        | (high & UINT64_C(0xFF0000)) | (high & UINT64_C(0xFF0000000000)) >> 16
        | (high & UINT64_C(0xFF00)) << 24 | (low & UINT64_C(0xFF000000000000)) >> 8
        | (high & UINT64_C(0xFF)) << 48 | (low & UINT64_C(0xFF00000000000000));
}

static void mix(chash_highwayhash_state *state, const uint64_t lanes[4]) {
    for (int lane = 0; lane < 4; lane++) {
        state->v1[lane] += state->mul0[lane] + lanes[lane];
        state->mul0[lane] ^= (state->v1[lane] & UINT64_C(0xFFFFFFFF)) * (state->v0[lane] >> 32);
        state->v0[lane] += state->mul1[lane];
        state->mul1[lane] ^= (state->v0[lane] & UINT64_C(0xFFFFFFFF)) * (state->v1[lane] >> 32);
    }
    zipper_merge_and_add(state->v1[1], state->v1[0], &state->v0[1], &state->v0[0]);
    zipper_merge_and_add(state->v1[3], state->v1[2], &state->v0[3], &state->v0[2]);
    zipper_merge_and_add(state->v0[1], state->v0[0], &state->v1[1], &state->v1[0]);
    zipper_merge_and_add(state->v0[3], state->v0[2], &state->v1[3], &state->v1[2]);
}

static void mix_packet(chash_highwayhash_state *state, const unsigned char packet[32]) {
    uint64_t lanes[4];
    for (int lane = 0; lane < 4; lane++) lanes[lane] = chash_load64(packet + 8 * lane);
    mix(state, lanes);
}

/// Mixes the last 1 to 31 bytes in, padded as the algorithm says.
static void mix_remainder(chash_highwayhash_state *state, const unsigned char *bytes, unsigned length) {
    const unsigned odd = length & 3, whole = length & ~3u;
    unsigned char packet[32] = {0};
    for (int lane = 0; lane < 4; lane++) {
        state->v0[lane] += ((uint64_t)length << 32) + length;
        state->v1[lane] = rotate_halves(state->v1[lane], length);
    }
    memcpy(packet, bytes, whole);
    if (length & 16) {
        memcpy(packet + 28, bytes + length - 4, 4);
    } else if (odd > 0) {
        packet[16] = bytes[whole];
        packet[17] = bytes[whole + (odd >> 1)];
        packet[18] = bytes[whole + odd - 1];
    }
    mix_packet(state, packet);
}

static void mix_permuted(chash_highwayhash_state *state) {
    const uint64_t lanes[4] = {
        swap_halves(state->v0[2]), swap_halves(state->v0[3]), swap_halves(state->v0[0]), swap_halves(state->v0[1]),
    };
    mix(state, lanes);
}

static void store64(unsigned char *bytes, uint64_t word) {
    for (int index = 0; index < 8; index++) bytes[index] = (unsigned char)(word >> (8 * index));
}

/// Reduces 256 bits modulo x^128 + x^2 + x and stores them, low word first.
static void store_reduced(uint64_t a3, uint64_t a2, uint64_t a1, uint64_t a0, unsigned char *bytes) {
    a3 &= UINT64_C(0x3FFFFFFFFFFFFFFF);
    store64(bytes, a0 ^ a2 << 1 ^ a2 << 2);
    store64(bytes + 8, a1 ^ (a3 << 1 | a2 >> 63) ^ (a3 << 2 | a2 >> 62));
}

void chash_highwayhash_start(chash_highwayhash_state *state, const uint8_t *key) {
    state->pending = 0;
    for (int lane = 0; lane < 4; lane++) {
        const uint64_t word = chash_load64(key + 8 * lane);
        state->mul0[lane] = initial0[lane];
        state->mul1[lane] = initial1[lane];
        state->v0[lane] = initial0[lane] ^ word;
        state->v1[lane] = initial1[lane] ^ swap_halves(word);
    }
}

void chash_highwayhash_update(chash_highwayhash_state *state, const void *bytes, size_t length) {
    const unsigned char *next = bytes;
    if (length == 0) return;
    if (state->pending > 0) {
        const size_t missing = sizeof state->packet - state->pending;
        const size_t taken = length < missing ? length : missing;
        memcpy(state->packet + state->pending, next, taken);
        state->pending += (uint32_t)taken;
        next += taken;
        length -= taken;
        if (state->pending < sizeof state->packet) return;
        mix_packet(state, state->packet);
    }
    // A copy on the stack, which no byte pointer can alias, lets the compiler keep the lanes in registers.
    chash_highwayhash_state lanes = *state;
    for (; length >= sizeof state->packet; next += sizeof state->packet, length -= sizeof state->packet) {
        mix_packet(&lanes, next);
    }
    memcpy(lanes.packet, next, length);
    lanes.pending = (uint32_t)length;
    *state = lanes;
}

void chash_highwayhash_finish(const chash_highwayhash_state *state, uint8_t *digest) {
    chash_highwayhash_state last = *state;
    if (last.pending > 0) mix_remainder(&last, last.packet, last.pending);
    for (int round = 0; round < 10; round++) mix_permuted(&last);
    store_reduced(
        last.v1[1] + last.mul1[1], last.v1[0] + last.mul1[0], last.v0[1] + last.mul0[1], last.v0[0] + last.mul0[0],
        digest
    );
    store_reduced(
        last.v1[3] + last.mul1[3], last.v1[2] + last.mul1[2], last.v0[3] + last.mul0[3], last.v0[2] + last.mul0[2],
        digest + 16
    );
}
