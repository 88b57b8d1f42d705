// Checksums of byte streams, with SIMD where the processor has it.
//
// Every update takes the checksum of the bytes so far (0 at the start) and answers that of the bytes so far and
// these, so a stream may be cut anywhere. The bytes need no alignment; they may be NULL when length is 0. All
// functions may be called from any thread at any time: tables are built by the first call, once.

#ifndef CHASH_H
#define CHASH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#define CHASH_NULLABLE _Nullable
#define CHASH_NONNULL _Nonnull
#else
#define CHASH_NULLABLE
#define CHASH_NONNULL
#endif

/// CRC-32 of zlib, gzip and Ethernet (CRC-32/ISO-HDLC): reflected polynomial 0xEDB88320.
uint32_t chash_crc32_update(uint32_t state, const void *CHASH_NULLABLE bytes, size_t length);

/// CRC-32C of Castagnoli (CRC-32/ISCSI, RFC 3720 section 12.1): reflected polynomial 0x82F63B78.
uint32_t chash_crc32c_update(uint32_t state, const void *CHASH_NULLABLE bytes, size_t length);

/// CRC-64/NVME: reflected polynomial 0x9A6C9329AC4BC9B5.
uint64_t chash_crc64nvme_update(uint64_t state, const void *CHASH_NULLABLE bytes, size_t length);

/// The same as chash_crc32_update without special instructions.
uint32_t chash_crc32_portable_update(uint32_t state, const void *CHASH_NULLABLE bytes, size_t length);

/// The same as chash_crc32c_update without special instructions.
uint32_t chash_crc32c_portable_update(uint32_t state, const void *CHASH_NULLABLE bytes, size_t length);

/// The same as chash_crc64nvme_update without special instructions.
uint64_t chash_crc64nvme_portable_update(uint64_t state, const void *CHASH_NULLABLE bytes, size_t length);

/// A HighwayHash-256 of the bytes so far; a copy of it goes on alone.
typedef struct {
    uint64_t v0[4];
    uint64_t v1[4];
    uint64_t mul0[4];
    uint64_t mul1[4];
    /// Bytes that do not fill a packet yet, and how many they are.
    uint8_t packet[32];
    uint32_t pending;
} chash_highwayhash_state;

/// Starts a HighwayHash-256 with a key of 32 bytes.
void chash_highwayhash_start(chash_highwayhash_state *CHASH_NONNULL state, const uint8_t *CHASH_NONNULL key);

/// Takes the next bytes into a HighwayHash-256.
void chash_highwayhash_update(
    chash_highwayhash_state *CHASH_NONNULL state, const void *CHASH_NULLABLE bytes, size_t length
);

/// Writes the 32 bytes of the HighwayHash-256 so far; the state stays as it is and may go on.
void chash_highwayhash_finish(
    const chash_highwayhash_state *CHASH_NONNULL state, uint8_t *CHASH_NONNULL digest
);

/// What this processor has of the instructions that the checksums use.
enum {
    /// PCLMULQDQ and SSE4.1: folding of 64 bytes at a time.
    CHASH_CPU_CARRYLESS_MULTIPLY = 1 << 0,
    /// SSE4.2: the CRC32 instruction, which computes CRC-32C.
    CHASH_CPU_CRC32C = 1 << 1,
};

/// The CHASH_CPU_… bits of this processor; 0 on processors other than x86-64.
uint32_t chash_cpu_features(void);

#ifdef __cplusplus
}
#endif

#endif
