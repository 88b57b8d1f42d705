// OpenSSL's digests as Swift sees them: the structures that callers own, so that a digest needs no allocation and its
// state can be copied to go on from there.
//
// Each wrapper is here because the function it calls is marked as deprecated in favour of EVP, whose contexts are
// allocated and locked; Swift would take the mark for an error. The functions themselves are kept and use the same code.
#pragma once

#include <openssl/md5.h>
#include <openssl/sha.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static inline void clibcrypto_md5_start(MD5_CTX *_Nonnull state) { (void)MD5_Init(state); }
static inline void clibcrypto_md5_update(MD5_CTX *_Nonnull state, const void *_Nullable bytes, size_t length) {
    (void)MD5_Update(state, bytes, length);
}
static inline void clibcrypto_md5_finish(MD5_CTX *_Nonnull state, void *_Nonnull digest) {
    (void)MD5_Final((unsigned char *)digest, state);
}

static inline void clibcrypto_sha1_start(SHA_CTX *_Nonnull state) { (void)SHA1_Init(state); }
static inline void clibcrypto_sha1_update(SHA_CTX *_Nonnull state, const void *_Nullable bytes, size_t length) {
    (void)SHA1_Update(state, bytes, length);
}
static inline void clibcrypto_sha1_finish(SHA_CTX *_Nonnull state, void *_Nonnull digest) {
    (void)SHA1_Final((unsigned char *)digest, state);
}

static inline void clibcrypto_sha256_start(SHA256_CTX *_Nonnull state) { (void)SHA256_Init(state); }
static inline void clibcrypto_sha256_update(SHA256_CTX *_Nonnull state, const void *_Nullable bytes, size_t length) {
    (void)SHA256_Update(state, bytes, length);
}
static inline void clibcrypto_sha256_finish(SHA256_CTX *_Nonnull state, void *_Nonnull digest) {
    (void)SHA256_Final((unsigned char *)digest, state);
}

static inline void clibcrypto_sha512_start(SHA512_CTX *_Nonnull state) { (void)SHA512_Init(state); }
static inline void clibcrypto_sha512_update(SHA512_CTX *_Nonnull state, const void *_Nullable bytes, size_t length) {
    (void)SHA512_Update(state, bytes, length);
}
static inline void clibcrypto_sha512_finish(SHA512_CTX *_Nonnull state, void *_Nonnull digest) {
    (void)SHA512_Final((unsigned char *)digest, state);
}

#pragma GCC diagnostic pop
