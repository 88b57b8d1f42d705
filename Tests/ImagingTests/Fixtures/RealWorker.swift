import Glibc
import Imaging
import Testing

/// The built worker beside the test program.
enum RealWorker {
    static let isBuilt = WorkerProgram().isThere

    /// Whether this machine's libvips has the module; Debian's has.
    static let hasAVIF = glob(isAt: "/usr/lib/*/vips-modules-*/vips-heif.so")

    private static func glob(isAt pattern: String) -> Bool {
        var found = glob_t()
        defer { globfree(&found) }
        return Glibc.glob(pattern, 0, nil, &found) == 0
    }

    struct Rendered {
        let reply: RenderReply
        let files: [[UInt8]]
    }

    static func withPool<Result>(
        _ change: (inout ImageWorkerPool.Configuration) -> Void = { _ in },
        _ body: (ImageWorkerPool) async throws -> Result
    ) async throws -> Result {
        var configuration = ImageWorkerPool.Configuration()
        configuration.workers = 1
        change(&configuration)
        let pool = try ImageWorkerPool(configuration)
        do {
            let result = try await body(pool)
            await pool.shutdown()
            return result
        } catch {
            await pool.shutdown()
            throw error
        }
    }

    static func render(
        _ source: [UInt8],
        _ styles: [StyleSpec] = StyleSpec.defaults,
        _ limits: ImagingLimits = ImagingLimits()
    ) async throws -> Rendered {
        try await withPool { try await $0.render(source, styles, limits) }
    }

    /// A picture in another format, made by the worker itself.
    static func convert(_ png: [UInt8], to format: StyleSpec.Format) async throws -> [UInt8] {
        let style = try StyleSpec(name: "whole", width: 4000, height: 4000, format: format, quality: 95)
        let file = try #require(try await render(png, [style]).files.first)
        try #require(!file.isEmpty)
        return file
    }
}

extension ImageWorkerPool {
    func render(
        _ source: [UInt8],
        _ styles: [StyleSpec] = StyleSpec.defaults,
        _ limits: ImagingLimits = ImagingLimits()
    ) async throws -> RealWorker.Rendered {
        let file = try OpenDescriptor.inMemory()
        try source.withUnsafeBytes { try file.replaceContent(with: $0) }
        let destinations = try styles.map { _ in try OpenDescriptor.inMemory() }
        let reply = try await render(
            RenderJob(styles: styles, limits: limits),
            source: file,
            destinations: destinations
        )
        // Empty where there is no picture, so that a test which looks at it fails instead of ending all.
        let files = try zip(destinations, styles).map { destination, style in
            try destination.read(count: reply.style(named: style.name)?.picture?.bytes ?? 0)
        }
        return RealWorker.Rendered(reply: reply, files: files)
    }
}
