internal import CLibVips
internal import Glibc
internal import Imaging

/// The library as a whole.
enum Vips {
    /// The loaders that stay usable; everything else that reads a file is blocked.
    static let allowedLoaders = [
        "VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer",
        "VipsForeignLoadNsgifBuffer",
    ]

    /// Starts libvips with no cache, one worker thread, no modules and only the allowed loaders.
    ///
    /// - Throws: `ImagingError` when it does not start.
    static func start() throws {
        setenv("VIPS_BLOCK_UNTRUSTED", "1", 1)
        setenv("VIPS_WARNING", "1", 1)
        // Modules (PDF, ImageMagick, OpenSlide, JPEG XL) are looked for below this folder, so none is ever loaded.
        setenv("VIPSHOME", "/nonexistent", 1)
        guard vips_init("larder-imaged") == 0 else { throw ImagingError(.workerBroken, "libvips: \(takeError())") }
        vips_concurrency_set(1)
        vips_cache_set_max(0)
        vips_cache_set_max_mem(0)
        vips_block_untrusted_set(1)
        vips_operation_block_set("VipsForeignLoad", 1)
        for loader in allowedLoaders { vips_operation_block_set(loader, 0) }
    }

    /// The version of the library in this process.
    static var version: String {
        (0..<3).map { String(vips_version(Int32($0))) }.joined(separator: ".")
    }

    /// What the library complained of since the last call, in one line.
    static func takeError() -> String {
        defer { vips_error_clear() }
        guard let text = vips_error_buffer() else { return "" }
        return String(cString: text).split(whereSeparator: \.isNewline).prefix(3).joined(separator: "; ")
    }

    /// The last complaint as a failure of the picture.
    static func takeFailure() -> RenderFailure {
        let text = takeError()
        guard !text.contains("out of memory"), !text.contains("memory allocation") else {
            return RenderFailure(.outOfMemory, "It needed more memory than is allowed.")
        }
        return RenderFailure(.damaged, text.isEmpty ? "The picture cannot be decoded." : "Cannot be decoded: \(text)")
    }
}
