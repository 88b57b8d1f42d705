internal import Glibc

/// The program that takes a frame out of a video: ffmpeg, which is optional.
package struct PosterProgram: Hashable, Sendable {
    /// The name of its file.
    package static let fileName = "ffmpeg"

    /// Where it is; nil when it was looked for and not found.
    package let path: String?

    /// The program at this path, or by default the first of its name on the search path of this process.
    package init(path: String? = nil) {
        self.path = path ?? Self.found
    }

    /// Whether there is a file that may be executed.
    package var isThere: Bool { path.map { access($0, X_OK) == 0 } ?? false }

    var missing: ImagingError {
        let place = path.map { "at \($0)" } ?? "on the PATH"
        return ImagingError(.programMissing, "ffmpeg not found \(place); posters of videos are not made")
    }

    private static var found: String? {
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        return folders.split(separator: ":").lazy.map { "\($0)/\(fileName)" }.first {
            $0.hasPrefix("/") && access($0, X_OK) == 0
        }
    }
}
