import CHash

/// Computes a HighwayHash-256 over a stream of bytes, with the key that all of MinIO uses.
///
/// A copy goes on alone from where the original stood.
package struct HighwayHasher: Sendable {
    /// How many bytes a digest has.
    package static let digestLength = 32

    /// The one key that MinIO uses everywhere; it guards against chance, not against forgery.
    private static let key: [UInt8] = [
        0x4B, 0xE7, 0x34, 0xFA, 0x8E, 0x23, 0x8A, 0xCD, 0x26, 0x3E, 0x83, 0xE6, 0xBB, 0x96, 0x85, 0x52,
        0x04, 0x0F, 0x93, 0x5D, 0xA3, 0x9F, 0x44, 0x14, 0x97, 0xE0, 0x9D, 0x13, 0x22, 0xDE, 0x36, 0xA0,
    ]

    private var state = chash_highwayhash_state()

    /// A hash of no bytes yet.
    package init() {
        chash_highwayhash_start(&state, Self.key)
    }

    /// Takes the next bytes; a stream may be cut anywhere.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        chash_highwayhash_update(&state, bytes.baseAddress, bytes.count)
    }

    /// The 32 bytes of the hash so far; the stream may go on after it.
    package func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.digestLength)
        withUnsafePointer(to: state) { chash_highwayhash_finish($0, &digest) }
        return digest
    }

    /// The hash of `bytes` alone.
    package static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var hasher = HighwayHasher()
        Array(bytes).withUnsafeBytes { hasher.update($0) }
        return hasher.finalize()
    }
}
