/// What went wrong in the store, for the operator; `s3Error` says it to the client.
package struct StorageError: Error, Sendable, Equatable {
    /// What kind of failure it is; open, so that a later store adds its own.
    package struct Code: RawRepresentable, Hashable, Sendable {
        /// The code's text, as logs show it.
        package let rawValue: String

        /// A code of this text.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The disk, or a quota of the disk, is full.
        package static let noSpace = Code(rawValue: "no-space")
        /// The storage root cannot be written, or is not to be written any more after a failed sync.
        package static let readOnly = Code(rawValue: "read-only")
        /// The process or the system has no file descriptor left.
        package static let tooManyOpenFiles = Code(rawValue: "too-many-open-files")
        /// Another process uses the storage root.
        package static let inUse = Code(rawValue: "in-use")
        /// The file system of the root, or what lies in it, cannot be used.
        package static let unsuitableRoot = Code(rawValue: "unsuitable-root")
        /// Something was written by a newer Larder.
        package static let newerFormat = Code(rawValue: "newer-format")
        /// Something is being changed so often that no consistent state was seen.
        package static let busy = Code(rawValue: "busy")
        /// The store is closed.
        package static let closed = Code(rawValue: "closed")
        /// Content that was to be taken over does not have the digests that go with it.
        package static let damaged = Code(rawValue: "damaged")
        /// Any other failure of a system call, or of the database.
        package static let failed = Code(rawValue: "failed")
    }

    /// What kind of failure it is.
    package var code: Code
    /// What failed, and what can be done.
    package var message: String
    /// The system's error number, if there was one.
    package var cause: Int32?

    /// An error of these parts.
    package init(_ code: Code, _ message: String, cause: Int32? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension StorageError: CustomStringConvertible {
    /// The code and the message.
    package var description: String { "\(code.rawValue): \(message)" }
}
