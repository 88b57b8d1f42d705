/// The first message of a worker: what it is and how it is confined.
package struct WorkerGreeting: Hashable, Sendable, Codable {
    /// The version of the messages between supervisor and worker.
    package static let currentProtocol = 3

    package let protocolVersion: Int
    /// The version of the image library.
    package let library: String
    /// The Landlock ABI in force, 0 without.
    package let landlock: Int
    /// Whether the filter on system calls is in force.
    package let seccomp: Bool
    /// The kinds of source for which a decoder is there.
    package let kinds: [ImageKind]

    package init(library: String, landlock: Int, seccomp: Bool, kinds: [ImageKind]) {
        self.protocolVersion = Self.currentProtocol
        self.library = library
        self.landlock = landlock
        self.seccomp = seccomp
        self.kinds = kinds
    }
}
