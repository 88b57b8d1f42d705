import Imaging
import Testing

// One after another: a worker that starts among dozens of others may not greet in time.
@Suite("Hostile sources", .serialized, .enabled(if: RealWorker.isBuilt, "larder-imaged is not built"))
struct HostileSourceTests {
    @Test(arguments: [StyleSpec.Format.jpeg, .png, .webp])
    func `a file cut in half fails as damaged`(format: StyleSpec.Format) async throws {
        let noisy = PNGFile.picture(400, 300) { column, row in
            [UInt8(column * 7 % 256), UInt8(row * 13 % 256), UInt8(column * row % 256)]
        }
        let whole = try await RealWorker.convert(noisy, to: format)
        let rendered = try await RealWorker.render(Array(whole.prefix(whole.count / 2)))
        #expect(rendered.reply.failure?.code == .damaged)
        #expect(rendered.reply.failure?.isWorthRetrying == false)
    }

    @Test(arguments: [
        ("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", RenderFailure.Code.unsupported),
        ("%PDF-1.7\n", .unsupported),
        ("MATLAB 5.0 MAT-file", .unsupported), ("push graphic-context\n", .unsupported), ("", .unsupported),
        ("garbage", .unsupported),
        ("\u{89}PNG\r\n\u{1A}\n and then garbage", .damaged), ("GIF89a and then garbage", .damaged),
        ("\u{FF}\u{D8}\u{FF} and then garbage", .damaged), ("RIFF\0\0\0\0WEBP and then garbage", .damaged),
    ])
    func `what is no picture is refused, whatever it is called`(text: String, code: RenderFailure.Code) async throws {
        let reply = try await RealWorker.render(text.unicodeScalars.map { UInt8($0.value) }).reply
        #expect(reply.failure?.code == code && reply.styles.isEmpty)
    }

    @Test func `a picture of 2500 million pixels is refused by its header`() async throws {
        let bomb = PNGFile.zeros(50_000, 50_000, depth: 1, .grey)
        let reply = try await RealWorker.render(bomb).reply
        #expect(reply.failure?.code == .tooManyPixels)
        #expect(reply.usage.cpuMilliseconds < 500)
    }

    @Test func `bytes, frames and sides have their limits`() async throws {
        var limits = ImagingLimits()
        limits.sourceBytes = 1000
        let large = try await RealWorker.render(RenderTests.quarters(100, 100), StyleSpec.defaults, limits).reply
        #expect(large.failure?.code == .tooLarge)
        limits = ImagingLimits()
        limits.frames = 2
        let gif = GIFFile.frames(4, 4, colours: [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
        #expect(try await RealWorker.render(gif, StyleSpec.defaults, limits).reply.failure?.code == .tooManyFrames)
        limits = ImagingLimits()
        limits.resultSide = 200
        let styles = try await RealWorker.render(RenderTests.quarters(300, 300), StyleSpec.defaults, limits).reply
            .styles
        #expect(styles.map { $0.failure?.code } == [nil, .styleTooLarge])
    }

    @Test func `a picture that needs more memory than allowed fails, and the next one is made`() async throws {
        let hungry = PNGFile.zeros(7000, 7000, depth: 8, .rgba, interlaced: true)
        var limits = ImagingLimits()
        limits.addressSpace = 300_000_000
        try await RealWorker.withPool { pool in
            let refused = try await pool.render(hungry, [.thumb], limits).reply
            #expect(refused.failure?.code == .outOfMemory)
            let next = try await pool.render(RenderTests.quarters(300, 300)).reply
            #expect(next.failure == nil)
            #expect(pool.status.starts == 1)
        }
    }

    @Test func `a JPEG of 883 scans dies within its processor time, and the next one is made`() async throws {
        let bomb = ScanBomb.file(side: 7000)
        #expect(bomb.count < 400_000)
        var limits = ImagingLimits()
        limits.cpuTime = .seconds(1)
        try await RealWorker.withPool { pool in
            let reply = try await pool.render(bomb, StyleSpec.defaults, limits).reply
            #expect(reply.failure?.code == .cpuLimit)
            #expect(reply.usage.cpuMilliseconds < 2500)
            let next = try await pool.render(RenderTests.quarters(300, 300)).reply
            #expect(next.failure == nil)
            #expect(pool.status.starts == 1)
        }
    }

    @Test func `a picture that overruns the deadline is killed with its worker, and the next one is made`() async throws
    {
        var limits = ImagingLimits()
        limits.wallTime = .milliseconds(300)
        try await RealWorker.withPool { pool in
            let reply = try await pool.render(ScanBomb.file(side: 7000), StyleSpec.defaults, limits).reply
            #expect(reply.failure?.code == .timeLimit && reply.failure?.isWorthRetrying == true)
            let next = try await pool.render(RenderTests.quarters(300, 300)).reply
            #expect(next.failure == nil)
            #expect(pool.status.starts == 2)
        }
    }
}
