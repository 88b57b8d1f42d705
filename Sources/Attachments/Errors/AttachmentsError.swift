/// Why attachments cannot work here, told to the operator; what a client did wrong is an `APIError` instead.
package struct AttachmentsError: Error, Hashable, Sendable {
    /// What kind of thing went wrong; an open set.
    package struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as logs show it.
        package let rawValue: String

        /// A code of this text.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// A setting is out of its range.
        package static let invalidConfiguration = Code(rawValue: "invalid_configuration")
        /// The records were written by a newer version of Larder.
        package static let newerRecords = Code(rawValue: "newer_records")
        /// The records hold something that cannot be read.
        package static let damagedRecords = Code(rawValue: "damaged_records")
        /// There is nobody who can render pictures.
        package static let noWorker = Code(rawValue: "no_worker")
        /// A system call failed.
        package static let system = Code(rawValue: "system")
    }

    /// What kind of thing went wrong.
    package let code: Code
    /// One sentence for the operator.
    package let message: String

    /// An error of these parts.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension AttachmentsError: CustomStringConvertible {
    /// The code and the message.
    package var description: String { "\(code.rawValue): \(message)" }
}
