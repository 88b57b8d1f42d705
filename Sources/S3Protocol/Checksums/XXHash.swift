import CXXHash

/// A hash of the xxHash family with seed 0 over a stream of bytes.
///
/// A copy goes on alone from where the original stood.
struct XXHash: Sendable {
    /// Which of the family.
    enum Variant: Sendable {
        /// The older one, of 64 bits.
        case xxh64
        /// XXH3 of 64 bits.
        case xxh3
        /// XXH3 of 128 bits.
        case xxh3Wide
    }

    private var state: XXHashState

    /// A hash of no bytes yet.
    init(_ variant: Variant) {
        state = XXHashState(variant)
    }

    /// Takes the next bytes; a stream may be cut anywhere.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if !isKnownUniquelyReferenced(&state) { state = XXHashState(copying: state) }
        state.update(bytes)
    }

    /// The hash of all bytes so far in its canonical form, the highest byte first; the stream may go on after it.
    func finalize() -> [UInt8] {
        state.digest
    }
}

/// The owner of one state of libxxhash.
private final class XXHashState: @unchecked Sendable {
    // Sendable because only XXHash has references to it, and that changes a state only while it has the only one.
    private let variant: XXHash.Variant
    private let pointer: OpaquePointer

    init(_ variant: XXHash.Variant) {
        self.variant = variant
        let created = variant == .xxh64 ? XXH64_createState() : XXH3_createState()
        // As Swift's own allocations do: there is no going on without memory.
        guard let created else { preconditionFailure("There is no memory for a hash.") }
        pointer = created
        switch variant {
        case .xxh64: XXH64_reset(pointer, 0)
        case .xxh3: XXH3_64bits_reset(pointer)
        case .xxh3Wide: XXH3_128bits_reset(pointer)
        }
    }

    convenience init(copying other: XXHashState) {
        self.init(other.variant)
        switch variant {
        case .xxh64: XXH64_copyState(pointer, other.pointer)
        case .xxh3, .xxh3Wide: XXH3_copyState(pointer, other.pointer)
        }
    }

    deinit {
        switch variant {
        case .xxh64: XXH64_freeState(pointer)
        case .xxh3, .xxh3Wide: XXH3_freeState(pointer)
        }
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        switch variant {
        case .xxh64: XXH64_update(pointer, bytes.baseAddress, bytes.count)
        case .xxh3: XXH3_64bits_update(pointer, bytes.baseAddress, bytes.count)
        case .xxh3Wide: XXH3_128bits_update(pointer, bytes.baseAddress, bytes.count)
        }
    }

    var digest: [UInt8] {
        switch variant {
        case .xxh64: return bigEndian(XXH64_digest(pointer))
        case .xxh3: return bigEndian(XXH3_64bits_digest(pointer))
        case .xxh3Wide:
            let hash = XXH3_128bits_digest(pointer)
            return bigEndian(hash.high64) + bigEndian(hash.low64)
        }
    }

    private func bigEndian(_ word: UInt64) -> [UInt8] {
        withUnsafeBytes(of: word.bigEndian) { Array($0) }
    }
}
