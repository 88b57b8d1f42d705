internal import CLinux
internal import Glibc
internal import Imaging

/// The process that has libvips loaded and forks one child per job.
///
/// It has one thread, else fork would not be safe.
enum Zygote {
    /// Serves jobs until the supervisor closes its end; returns the exit code.
    static func serve(_ kinds: [ImageKind]) -> Int32 {
        let socket = OpenDescriptor(adopting: 3)
        let channel = JobChannel(socket: socket)
        do {
            _ = clinux_die_with_parent()
            let (confined, kinds) = try prepare(kinds)
            try channel.send(
                WorkerGreeting(
                    library: Vips.version,
                    landlock: confined.landlock,
                    seccomp: confined.seccomp,
                    kinds: kinds
                )
            )
            while let message = try channel.receive(RenderJob.self) {
                try channel.send(answer(message.body, message.descriptors, socket, kinds))
            }
            return 0
        } catch let error as ImagingError where error.code == .shutDown {
            return 0
        } catch {
            StandardError.say("\(error)")
            return 1
        }
    }

    /// Loads the library, then gives up every right; gives the kinds for which there is a decoder.
    static func prepare(_ kinds: [ImageKind]) throws -> (Confinement.Report, [ImageKind]) {
        clinux_limit_arenas(2)
        let found = try Vips.start(kinds)
        try rehearse()
        return (Confinement.confineZygote(), found)
    }

    /// Does once what needs no library in the process of every job: types and tables are made when they are first used.
    private static func rehearse() throws {
        let size = PixelSize(width: 1, height: 1)
        var source = RenderReply.Source(kind: .png, size: size, frames: 1, orientation: 1, hasAlpha: false)
        source.details = PixelGrid(size: size, bytes: [0, 0, 0]).map { grid in
            var details = PictureDetails()
            (details.blurhash, details.dominantColor) = (Blurhash.encode(grid), grid.dominantColor)
            return details
        }
        let picture = RenderReply.Picture(kind: .png, size: size, bytes: 1)
        _ = try JobChannel.encode(RenderReply(source: source, styles: [RenderReply.Style(name: "a", picture: picture)]))
        _ = ImageSniffer.sniff([0xFF, 0xD8, 0xFF])
    }

    private static func answer(
        _ job: RenderJob,
        _ descriptors: [OpenDescriptor],
        _ socket: OpenDescriptor,
        _ kinds: [ImageKind]
    ) -> RenderReply {
        guard let source = descriptors.first, descriptors.count == job.styles.count + 1 else {
            return RenderReply(failure: RenderFailure(.worker, "The job came without its files."))
        }
        return run(job, source: source, destinations: Array(descriptors.dropFirst()), socket: socket, kinds: kinds)
    }

    /// Runs one job in a child, which does not get the socket, and says how it ended.
    static func run(
        _ job: RenderJob,
        source: OpenDescriptor,
        destinations: [OpenDescriptor],
        socket: OpenDescriptor?,
        kinds: [ImageKind]
    ) -> RenderReply {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            return RenderReply(failure: RenderFailure(.worker, "No pipe: errno \(errno)."))
        }
        let child = clinux_fork()
        guard child != 0 else {
            close(ends[0])
            if let socket { close(socket.rawValue) }
            JobProcess.run(job, source: source, destinations: destinations, answer: ends[1], kinds: kinds)
        }
        close(ends[1])
        defer { close(ends[0]) }
        guard child > 0 else {
            return RenderReply(failure: RenderFailure(.worker, "No process for the job: errno \(errno)."))
        }
        let answer = readAnswer(ends[0])
        var ended = clinux_ended_process()
        _ = clinux_wait(child, -1, &ended)
        return JobVerdict(answer: answer, ended: ended, limits: job.limits).reply
    }

    private static func readAnswer(_ descriptor: Int32) -> [UInt8] {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while answer.count <= JobChannel.maximumLength {
            let got = read(descriptor, &buffer, buffer.count)
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { break }
            answer += buffer[..<got]
        }
        return answer
    }
}
