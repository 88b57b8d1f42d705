internal import Glibc

/// Why something around pictures could not be done; a picture that cannot be rendered is a `RenderFailure` instead.
package struct ImagingError: Error, Hashable, Sendable {
    /// What kind of thing went wrong; an open set.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        package static let invalidStyle = Code(rawValue: "invalid_style")
        package static let invalidJob = Code(rawValue: "invalid_job")
        package static let workerMissing = Code(rawValue: "worker_missing")
        /// A program beside the worker is missing, which only some sources need.
        package static let programMissing = Code(rawValue: "program_missing")
        package static let workerBroken = Code(rawValue: "worker_broken")
        package static let queueFull = Code(rawValue: "queue_full")
        package static let shutDown = Code(rawValue: "shut_down")
        package static let system = Code(rawValue: "system")
    }

    package let code: Code
    /// One sentence for the operator.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func system(_ call: String, errno number: Int32) -> ImagingError {
        // The other side is gone: the end of a pool, not a fault of the system.
        ImagingError(number == EPIPE ? .shutDown : .system, "\(call) failed: \(SystemText.describe(errno: number))")
    }
}

extension ImagingError: CustomStringConvertible {
    /// The code and the message.
    package var description: String { "\(code.rawValue): \(message)" }
}
