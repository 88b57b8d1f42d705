internal import CLibVips
internal import CLinux
internal import FoundationEssentials
internal import Glibc
internal import Imaging

/// Proves on this machine what the worker promises, and prints a report as JSON.
enum SelfTest {
    private typealias Check = WorkerReport.Check

    /// Runs all checks, with decoders of these kinds too; the exit code is 0 when they pass.
    static func run(_ more: [ImageKind] = []) -> Int32 {
        // A check that hangs ends all of it; a child dies with its parent.
        alarm(60)
        do {
            let wanted = ImageKind.allCases.filter { ImageKind.standardSources.contains($0) || more.contains($0) }
            let (confined, kinds) = try Zygote.prepare(wanted)
            let report = WorkerReport(
                library: Vips.version,
                kinds: kinds.map(\.rawValue),
                landlock: confined.landlock,
                seccomp: confined.seccomp,
                checks: try allChecks(kinds)
            )
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
            return report.passed ? 0 : 1
        } catch {
            print("{\"passed\": false, \"error\": \"\(error)\"}")
            return 1
        }
    }

    private static func allChecks(_ kinds: [ImageKind]) throws -> [Check] {
        let photo = ExifSegment.inserted(into: try sampleJPEG(), orientation: 6)
        let cut = Array(photo.prefix(photo.count / 2))
        let always =
            try [.jpeg, .png, .webp].map { try leavesNoTrack(photo, $0) } + [
                turnsUpright(photo), isConfined(), refuses("a cut JPEG", cut, .damaged),
                hasNoLoader("netpbm", Array("P5 1 1 255\n\0".utf8)),
            ]
        let svg = Array("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>".utf8)
        return try always + isLeftOut(.svg, svg, kinds) + isLeftOut(.pdf, Array("%PDF-1.4\n%%EOF\n".utf8), kinds)
    }

    /// What was not asked for is refused, and nothing in the process could decode it.
    private static func isLeftOut(_ kind: ImageKind, _ bytes: [UInt8], _ kinds: [ImageKind]) throws -> [Check] {
        guard !kinds.contains(kind) else { return [] }
        let name = kind.rawValue.uppercased()
        return [try refuses(name, bytes, .unsupported), hasNoLoader(name, bytes)]
    }

    private static func leavesNoTrack(_ photo: [UInt8], _ format: StyleSpec.Format) throws -> Check {
        let (reply, bytes) = try render(photo, StyleSpec(name: "check", width: 32, height: 32, format: format))
        let found = ExifSegment.tracks.filter { track in contains(bytes, Array(track.utf8)) }
        let isMade = reply.styles.first?.picture != nil
        let detail = isMade ? "found: \(found)" : describe(reply)
        return Check(
            name: "\(format.rawValue) loses position and EXIF",
            passed: isMade && found.isEmpty,
            detail: detail
        )
    }

    private static func turnsUpright(_ photo: [UInt8]) throws -> Check {
        let (reply, _) = try render(photo, StyleSpec(name: "check", width: 32, height: 32))
        let size = reply.styles.first?.picture?.size
        let isUpright = size == PixelSize(width: 24, height: 32)
        return Check(name: "EXIF orientation is applied", passed: isUpright, detail: describe(reply))
    }

    /// A job's child tries what it must not be able to do.
    private static func isConfined() -> Check {
        let child = clinux_fork()
        guard child != 0 else {
            Confinement.confineJob(ImagingLimits())
            _exit(Escape.attempts.firstIndex { $0.succeeds() }.map { Int32($0) + 1 } ?? 0)
        }
        var ended = clinux_ended_process()
        let name = "a job opens no file, no socket, no program, no process, no other's signal"
        guard child > 0, clinux_wait(child, -1, &ended) == 1, ended.exit_code >= 0 else {
            return Check(name: name, passed: false, detail: "the child ended by signal \(ended.signal)")
        }
        let escape = Escape.attempts.enumerated().first { $0.offset + 1 == Int(ended.exit_code) }?.element.name
        return Check(name: name, passed: ended.exit_code == 0, detail: "escapes: \(escape ?? "none")")
    }

    private static func refuses(_ what: String, _ bytes: [UInt8], _ code: RenderFailure.Code) throws -> Check {
        let (reply, _) = try render(bytes, .medium)
        return Check(name: "\(what) is refused", passed: reply.failure?.code == code, detail: describe(reply))
    }

    private static func hasNoLoader(_ what: String, _ bytes: [UInt8]) -> Check {
        let opened = bytes.withUnsafeBytes { clibvips_load_any($0.baseAddress, $0.count) }.map(
            VipsPicture.init(owning:)
        )
        let detail = opened == nil ? Vips.takeError() : "it was opened"
        return Check(name: "no loader takes \(what)", passed: opened == nil, detail: detail)
    }

    private static func render(_ bytes: [UInt8], _ style: StyleSpec) throws -> (RenderReply, [UInt8]) {
        let source = try OpenDescriptor.inMemory()
        try bytes.withUnsafeBytes { try source.replaceContent(with: $0) }
        let destination = try OpenDescriptor.inMemory()
        let job = try RenderJob(styles: [style])
        let reply = Zygote.run(
            job,
            source: source,
            destinations: [destination],
            socket: nil,
            kinds: ImageKind.standardSources
        )
        let count = reply.styles.first?.picture?.bytes ?? 0
        return (reply, try destination.read(count: count))
    }

    /// Made in a child: a thread that libvips started here would be missing in every later child, which would wait for it.
    private static func sampleJPEG() throws -> [UInt8] {
        let file = try OpenDescriptor.inMemory()
        let child = clinux_fork()
        guard child != 0 else { _exit(writeSample(to: file) ? 0 : 1) }
        var ended = clinux_ended_process()
        guard clinux_wait(child, -1, &ended) == 1, ended.exit_code == 0 else {
            throw ImagingError(.workerBroken, "the sample picture cannot be made")
        }
        return try file.read(count: 1 << 20)
    }

    private static func writeSample(to file: OpenDescriptor) -> Bool {
        do {
            let black = try VipsPicture { clibvips_black($0, 640, 480) }
            let result = try PictureEncoder.encode(Film(frames: [black]), as: .jpeg, quality: 90)
            try result.withUnsafeBytes { try file.replaceContent(with: $0) }
            return true
        } catch {
            StandardError.say("\(error)")
            return false
        }
    }

    private static func describe(_ reply: RenderReply) -> String {
        if let failure = reply.failure ?? reply.styles.first?.failure {
            return "\(failure.code.rawValue): \(failure.reason)"
        }
        return reply.styles.first?.picture.map { "\($0.kind.rawValue) \($0.size)" } ?? "nothing"
    }

    private static func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        guard bytes.count >= needle.count else { return false }
        return (0...(bytes.count - needle.count)).contains { bytes[$0...].starts(with: needle) }
    }
}
