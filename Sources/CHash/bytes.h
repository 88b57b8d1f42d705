// Reading words from bytes of any alignment.

#ifndef CHASH_BYTES_H
#define CHASH_BYTES_H

#include <stdint.h>
#include <string.h>

/// The eight bytes as a number whose lowest byte comes first. memcpy, since a cast would break alignment and aliasing.
static inline uint64_t chash_load64(const unsigned char *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

#endif
