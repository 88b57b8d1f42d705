import Configuration
import Gateway
import Glibc
import Imaging
import Logging
import S3Protocol

/// Renders the styles of a local file into files.
struct StylePreview {
    /// What came of it.
    struct Results {
        /// What the picture is, in a line.
        let source: String
        /// A line for each style.
        let lines: [String]
        /// Whether all could be made.
        let isWhole: Bool
    }

    private let settings: ImagingSettings
    private let file: String
    private let output: String

    /// A preview of a file that has to be there; makes the directory.
    init(_ settings: ImagingSettings, file: String, output: String) throws {
        var facts = stat()
        guard stat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw ConfigurationError("\(file) is no file that can be read.")
        }
        guard mkdir(output, 0o777) == 0 || errno == EEXIST else {
            throw ConfigurationError("cannot make \(output): \(String(cString: strerror(errno))).")
        }
        self.settings = settings
        self.file = file
        self.output = output
    }

    /// Renders the styles, all from one decode, and writes them.
    func write(_ styles: [StyleSpec]) async throws -> Results {
        let files = try styles.map { _ in try OpenDescriptor.inMemory() }
        let reply = try await render(styles, files)
        let lines = try zip(styles, files).map { style, file in try line(style, reply, file) }
        return Results(
            source: "\(file): " + (reply.failure?.reason ?? summary(reply)),
            lines: reply.failure == nil ? lines : [],
            isWhole: reply.failure == nil && reply.styles.allSatisfy { $0.failure == nil }
        )
    }

    private func render(_ styles: [StyleSpec], _ files: [OpenDescriptor]) async throws -> RenderReply {
        var configuration = settings.pool
        configuration.workers = 1
        var log = Logger(label: "larder") { _ in LineLogHandler(format: .text, level: .error, clock: System.now) }
        log.logLevel = .error
        let pool = try ImageWorkerPool(configuration, logger: log)
        let result: Result<RenderReply, any Error>
        do {
            let job = try RenderJob(styles: styles, limits: settings.limits)
            let source = try OpenDescriptor.reading(path: file)
            result = .success(try await pool.render(job, source: source, destinations: files))
        } catch {
            result = .failure(ConfigurationError((error as? ImagingError)?.message ?? "\(error)"))
        }
        await pool.shutdown()
        return try result.get()
    }

    private func summary(_ reply: RenderReply) -> String {
        guard let source = reply.source else { return "it was not recognised." }
        let frames = source.frames > 1 ? ", \(source.frames) frames or pages" : ""
        let cost = "\(Int(reply.usage.cpuMilliseconds.rounded())) ms of CPU, \(reply.usage.peakResidentBytes >> 20) MiB"
        return "\(source.kind.rawValue) of \(source.size) pixels\(frames); \(cost)"
    }

    private func line(_ style: StyleSpec, _ reply: RenderReply, _ file: OpenDescriptor) throws -> String {
        guard let made = reply.style(named: style.name) else { return "\(style.name)\tnot made" }
        guard let picture = made.picture else { return "\(style.name)\tnot made: \(made.failure?.reason ?? "?")" }
        let path = "\(output)/\(stem)-\(style.name).\(picture.kind.fileExtension)"
        try save(file, picture.bytes, as: path)
        return
            "\(style.name)\t\(picture.size)\t\(picture.kind.rawValue)\t\(ByteText.amount(Int64(picture.bytes)))\t\(path)"
    }

    private var stem: String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.utf8.startIndex else { return name }
        return String(name[..<dot])
    }

    private func save(_ file: OpenDescriptor, _ count: Int, as path: String) throws {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard number >= 0 else {
            throw ConfigurationError("cannot write \(path): \(String(cString: strerror(errno))).")
        }
        let target = OpenDescriptor(adopting: number)
        let bytes = try file.read(count: count)
        guard bytes.count == count else { throw ConfigurationError("the image worker left no whole picture.") }
        do {
            try bytes.withUnsafeBytes { try target.replaceContent(with: $0) }
        } catch {
            throw ConfigurationError("cannot write \(path): \((error as? ImagingError)?.message ?? "\(error)")")
        }
    }
}
