package import RemoteS3

/// How objects are mirrored, and within which bounds.
package struct MirrorPolicy: Sendable {
    /// How many keys are made equal at a time.
    package var transfers = 4
    /// Longer objects go in parts, and of so many bytes where they do not have parts of their own.
    package var partBytes: Int64 = 64 << 20
    /// The most bytes that are sent in a second; 0 for no limit.
    package var bytesPerSecond: Int64 = 0
    /// When objects are sent; nil for always.
    package var hours: TransferHours?
    /// Whether the object here wins over what others put to the remote.
    package var overwrites = false
    /// When a key is tried again, and a remote that does not answer; for ever.
    package var retries = RetryPolicy(pause: .seconds(1), maximumPause: .seconds(300))

    /// The policy of a fresh installation.
    package init() {}
}
