#include "chash.h"

#include <stdatomic.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

// A bit that no feature uses, so that "none" can be told from "not asked yet".
#define CHASH_CPU_KNOWN (UINT32_C(1) << 31)

static uint32_t detect(void) {
    uint32_t features = CHASH_CPU_KNOWN;
#if defined(__x86_64__)
    unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return features;
    if ((ecx & bit_PCLMUL) && (ecx & bit_SSE4_1)) features |= CHASH_CPU_CARRYLESS_MULTIPLY;
    if (ecx & bit_SSE4_2) features |= CHASH_CPU_CRC32C;
#endif
    return features;
}

uint32_t chash_cpu_features(void) {
    static _Atomic(uint32_t) known = 0;
    uint32_t features = atomic_load_explicit(&known, memory_order_relaxed);
    if (features == 0) {
        // Threads that race here all store the same word, and nothing else hangs on it: relaxed order is enough.
        features = detect();
        atomic_store_explicit(&known, features, memory_order_relaxed);
    }
    return features & ~CHASH_CPU_KNOWN;
}
