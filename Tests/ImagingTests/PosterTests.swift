import Glibc
import Imaging
import Testing

// One after another: a worker that starts among dozens of others may not greet in time.
@Suite("Posters", .serialized, .enabled(if: RealWorker.isBuilt, "larder-imaged is not built"))
struct PosterTests {
    /// A video that ends before its first frame: enough to be told from a picture.
    private let stub = Array("\0\0\0\u{18}ftypisom\0\0\0\0isommp42".utf8)

    private func render(
        _ source: [UInt8],
        by program: PosterProgram,
        kinds: [ImageKind] = [.jpeg, .mp4],
        _ limits: ImagingLimits = ImagingLimits()
    ) async throws -> RenderReply {
        try await RealWorker.withPool {
            $0.program.kinds = kinds
            $0.posters = program
        } _: {
            try await $0.render(source, StyleSpec.defaults, limits).reply
        }
    }

    @Test(.enabled(if: PosterProgram().isThere, "ffmpeg is not installed"))
    func `a frame is taken out of a video`() throws {
        #expect(throws: Never.self) { try PosterMaker(worker: WorkerProgram(), program: PosterProgram()).check() }
    }

    @Test func `without the program a video says that it waits for it`() async throws {
        let error = await #expect(throws: ImagingError.self) {
            try await render(stub, by: PosterProgram(path: "/nonexistent/ffmpeg"))
        }
        #expect(error?.code == .programMissing && error?.message.contains("/nonexistent/ffmpeg") == true)
    }

    @Test func `a video that nobody asked for is refused without the program`() async throws {
        let reply = try await render(stub, by: PosterProgram(path: "/nonexistent/ffmpeg"), kinds: [.jpeg])
        #expect(reply.failure?.code == .unsupported)
    }

    @Test func `a program that leaves no frame is a failure of the video`() async throws {
        let reply = try await render(stub, by: PosterProgram(path: "/bin/true"))
        #expect(reply.failure?.code == .damaged && reply.failure?.isWorthRetrying == false)
    }

    @Test func `what a program says is quoted in one line`() async throws {
        // `ls` does not know the options of ffmpeg, and says so.
        let reply = try await render(stub, by: PosterProgram(path: "/bin/ls"))
        #expect(reply.failure?.reason.hasPrefix("No frame can be taken out of the video: /bin/ls:") == true)
        #expect(reply.failure?.reason.contains("\n") == false)
    }

    @Test func `a video of too many bytes is not looked at`() async throws {
        var limits = ImagingLimits()
        limits.videoBytes = stub.count - 1
        let refused = try await render(stub, by: PosterProgram(path: "/bin/true"), kinds: [.mp4], limits)
        #expect(refused.failure?.code == .tooLarge)
        limits.videoBytes = stub.count
        let looked = try await render(stub, by: PosterProgram(path: "/bin/true"), kinds: [.mp4], limits)
        #expect(looked.failure?.code == .damaged)
    }
}
