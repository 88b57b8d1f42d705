internal import Glibc

/// The program that renders pictures, as a file.
package struct WorkerProgram: Hashable, Sendable {
    /// The name of its file.
    package static let fileName = "larder-imaged"

    package let path: String

    /// The program at this path, or by default the one beside the running executable.
    package init(path: String? = nil) {
        self.path = path ?? Self.folderOfThisExecutable() + "/" + Self.fileName
    }

    /// Whether there is a file that may be executed.
    package var isThere: Bool { access(path, X_OK) == 0 }

    var missing: ImagingError {
        ImagingError(.workerMissing, "image worker not found at \(path); styles are not made")
    }

    private static func folderOfThisExecutable() -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return String(decoding: path[..<slash], as: UTF8.self)
    }
}
