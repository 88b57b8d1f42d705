import CXXHash

/// The hash with which MinIO guards its metadata files: xxHash with 64 bits and seed 0.
package enum XXHash64 {
    /// The hash of `bytes`.
    package static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBytes { XXH64($0.baseAddress, $0.count, 0) }
    }
}
