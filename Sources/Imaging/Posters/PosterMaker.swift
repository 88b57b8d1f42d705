internal import CLinux
internal import FoundationEssentials
internal import Glibc

/// Takes one frame out of a video, in a process of its own that has nothing but the video.
package struct PosterMaker: Sendable {
    /// What came of it, and what it cost.
    struct Poster {
        let frame: Result<OpenDescriptor, RenderFailure>
        let usage: RenderReply.Usage
    }

    private let worker: WorkerProgram
    private let program: PosterProgram

    /// A maker that confines the program by means of the worker's.
    package init(worker: WorkerProgram, program: PosterProgram) {
        self.worker = worker
        self.program = program
    }

    /// The kind of video that a source is, if it is one that posters are made of; reads its beginning.
    func video(_ source: OpenDescriptor) throws -> ImageKind? {
        guard worker.kinds.contains(where: \.isVideo) else { return nil }
        let beginning = try source.read(count: ImageSniffer.prefixLength)
        guard case .image(let kind) = ImageSniffer.sniff(beginning), kind.isVideo, worker.kinds.contains(kind) else {
            return nil
        }
        return kind
    }

    /// The poster of a video as a PNG in memory; waits for the program, at most for the wall time of the limits.
    ///
    /// Called on a thread that outlives the wait: the kernel kills the process when the thread ends.
    /// - Throws: `ImagingError` when a program is missing or cannot be started.
    func poster(of source: OpenDescriptor, kind: ImageKind, limits: ImagingLimits) throws -> Poster {
        guard let path = program.path, program.isThere else { throw program.missing }
        guard worker.isThere else { throw worker.missing }
        var facts = stat()
        guard fstat(source.rawValue, &facts) == 0 else { throw ImagingError.system("fstat", errno: errno) }
        guard Int(facts.st_size) <= limits.videoBytes else {
            let reason = "The video has \(facts.st_size) bytes; posters are made of at most \(limits.videoBytes)."
            return Poster(frame: .failure(RenderFailure(.tooLarge, reason)), usage: RenderReply.Usage())
        }
        let (frame, words) = (try OpenDescriptor.inMemory(), try OpenDescriptor.inMemory())
        let text = String(decoding: try JSONEncoder().encode(limits), as: UTF8.self)
        let arguments = [worker.path, "--poster", path, kind.rawValue, text]
        let ended = try run(arguments, standard: [source, frame, words], limits.wallTime)
        var usage = RenderReply.Usage()
        usage.cpuMilliseconds = Double(ended?.cpu_micros ?? 0) / 1000
        usage.peakResidentBytes = Int(ended?.peak_resident ?? 0)
        return Poster(frame: try verdict(ended, frame, words, limits), usage: usage)
    }

    /// How the process ended; nil when it had to be killed because the time was over.
    private func run(
        _ arguments: [String],
        standard: [OpenDescriptor],
        _ time: Duration
    ) throws -> clinux_ended_process? {
        var pid: pid_t = 0
        let failure = withCStrings(arguments) { arguments in
            withCStrings(WorkerProcess.environment()) { environment in
                clinux_spawn_filter(worker.path, arguments, environment, standard.map(\.rawValue), &pid)
            }
        }
        withExtendedLifetime(standard) {}
        guard failure == 0 else {
            throw ImagingError(
                .workerBroken,
                "\(worker.path) cannot be started: \(SystemText.describe(errno: failure))"
            )
        }
        var ended = clinux_ended_process()
        guard clinux_wait(pid, Int64(time / .microseconds(1)), &ended) != 1 else { return ended }
        _ = Glibc.kill(-pid, SIGKILL)
        _ = clinux_wait(pid, -1, &ended)
        return nil
    }

    private func verdict(
        _ ended: clinux_ended_process?,
        _ frame: OpenDescriptor,
        _ words: OpenDescriptor,
        _ limits: ImagingLimits
    ) throws -> Result<OpenDescriptor, RenderFailure> {
        guard let ended else {
            let reason = "Taking a frame took longer than \(limits.wallTime / .seconds(1)) seconds."
            return .failure(RenderFailure(.timeLimit, reason))
        }
        guard ended.signal == 0 else {
            return .failure(RenderFailure(signal: ended.signal, cpuMicroseconds: ended.cpu_micros, limits: limits))
        }
        let said = Self.line(try words.read(count: 400))
        guard ended.exit_code != EX_UNAVAILABLE && ended.exit_code != EX_USAGE else {
            // Tried again some times, not for ever: what says so may have been taken over.
            let reason = said.isEmpty ? "The image worker is of another version." : said
            return .failure(RenderFailure(.worker, reason))
        }
        guard try !frame.read(count: 1).isEmpty else {
            // ffmpeg takes the kernel's warning for a wish to end; the clocks of both differ by some ticks.
            guard ended.cpu_micros < limits.cpuSeconds * 900_000 else {
                return .failure(RenderFailure(signal: SIGXCPU, cpuMicroseconds: ended.cpu_micros, limits: limits))
            }
            let reason = "No frame can be taken out of the video" + (said.isEmpty ? "." : ": \(said)")
            return .failure(RenderFailure(.damaged, reason))
        }
        return .success(frame)
    }

    /// What a program said, in one printable line: it may quote the file.
    private static func line(_ bytes: [UInt8]) -> String {
        let line = bytes.split(separator: 0x0A).first ?? []
        return String(decoding: line.filter { (0x20...0x7E).contains($0) }, as: UTF8.self)
    }
}

extension PosterMaker {
    /// A video of one red frame, 16 pixels wide and high: VP8 in WebM.
    private static let sample = """
        GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibUKHgQJChYECGFOAZwEAAAAAAAH9EU2bdLpNu4tTq4QVSalmU6yBoU27i1OrhBZUrmtTrIHYTbuM\
        U6uEElTDZ1OsggEeTbuMU6uEHFO7a1OsggHn7AEAAAAAAABZAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAVSalmsirXsYMPQkBNgI1MYXZmNTkuMjcuMTAwV0GNTGF2ZjU5LjI3LjEwMESJ\
        iEBEAAAAAAAAFlSua8GuAQAAAAAAADjXgQFzxYhRY7sy3JdmgJyBACK1nIN1bmSIgQCGhVZfVlA4g4EBI+ODhAJiWgDgibCBELqBEJqBAhJUw2f9\
        c3OgY8CAZ8iaRaOHRU5DT0RFUkSHjUxhdmY1OS4yNy4xMDBzc9djwItjxYhRY7sy3JdmgGfIoUWjh0VOQ09ERVJEh5RMYXZjNTkuMzcuMTAwIGxp\
        YnZweGfIokWjiERVUkFUSU9ORIeUMDA6MDA6MDAuMDQwMDAwMDAwAAAfQ7Z1wueBAKO9gQAAgPACAJ0BKhAAEAAARwiFhYiFhIgCAgJ1qgP4A/oC\
        DU0YAP79bvP/45k3MMT/jm3/8WE8DijI//FRABxTu2uRu4+zgQC3iveBAfGCAaDwgQM=
        """

    /// Tries the program on a small video, here and now; waits for it.
    ///
    /// - Throws: `ImagingError` or `RenderFailure`, saying why posters are not made.
    package func check() throws {
        let source = try OpenDescriptor.inMemory()
        let bytes = Array(Data(base64Encoded: Self.sample) ?? Data())
        try bytes.withUnsafeBytes { try source.replaceContent(with: $0) }
        let frame = try poster(of: source, kind: .webm, limits: ImagingLimits()).frame.get()
        guard case .image(.png) = ImageSniffer.sniff(try frame.read(count: ImageSniffer.prefixLength)) else {
            throw RenderFailure(.damaged, "ffmpeg left something else than a PNG.")
        }
    }
}
