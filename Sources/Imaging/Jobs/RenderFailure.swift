/// Why a picture could not be made.
package struct RenderFailure: Error, Hashable, Sendable, Codable {
    /// What kind of reason; an open set whose raw values may be stored and shown.
    package struct Code: RawRepresentable, Hashable, Sendable, Codable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// The content is of a kind that is not decoded.
        package static let unsupported = Code(rawValue: "unsupported")
        /// The content is broken or cut off.
        package static let damaged = Code(rawValue: "damaged")
        /// The source has too many bytes.
        package static let tooLarge = Code(rawValue: "too_large")
        package static let tooManyPixels = Code(rawValue: "too_many_pixels")
        package static let tooManyFrames = Code(rawValue: "too_many_frames")
        /// The style asks for more than the limits allow.
        package static let styleTooLarge = Code(rawValue: "style_too_large")
        package static let outOfMemory = Code(rawValue: "out_of_memory")
        package static let cpuLimit = Code(rawValue: "cpu_limit")
        package static let timeLimit = Code(rawValue: "time_limit")
        /// The process of the job was ended by a signal.
        package static let crashed = Code(rawValue: "crashed")
        /// The result could not be written.
        package static let destination = Code(rawValue: "destination")
        /// The worker could not do its own part.
        package static let worker = Code(rawValue: "worker")
    }

    package let code: Code
    /// One sentence for people.
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Whether one more try may end differently; refusals and broken content never do.
    package var isWorthRetrying: Bool {
        [.outOfMemory, .cpuLimit, .timeLimit, .crashed, .destination, .worker].contains(code)
    }
}
