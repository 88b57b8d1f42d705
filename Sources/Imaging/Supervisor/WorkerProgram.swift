internal import Glibc

/// The program that renders pictures: its file, and what it is told to decode.
package struct WorkerProgram: Hashable, Sendable {
    /// The name of its file.
    package static let fileName = "larder-imaged"

    package let path: String
    /// The kinds of source that it decodes; it has no decoder of any other in its process.
    package var kinds: [ImageKind]

    /// The program at this path, or by default the one beside the running executable.
    package init(path: String? = nil, kinds: [ImageKind] = ImageKind.standardSources) {
        self.path = path ?? Self.folderOfThisExecutable() + "/" + Self.fileName
        self.kinds = kinds
    }

    /// The command line, its name first.
    var arguments: [String] { [path, "--kinds", kinds.map(\.rawValue).joined(separator: ",")] }

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
