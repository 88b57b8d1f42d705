internal import CLibVips
internal import CLinux
internal import Glibc
internal import Imaging

/// The library as a whole.
enum Vips {
    /// The loader of a kind; every other that reads a file is blocked.
    static func loader(of kind: ImageKind) -> String {
        switch kind {
        case .jpeg: "VipsForeignLoadJpegBuffer"
        // A frame of a video comes as PNG.
        case .png, .mp4, .mov, .webm, .mkv: "VipsForeignLoadPngBuffer"
        case .webp: "VipsForeignLoadWebpBuffer"
        case .gif: "VipsForeignLoadNsgifBuffer"
        case .tiff: "VipsForeignLoadTiffBuffer"
        case .heic, .avif: "VipsForeignLoadHeifBuffer"
        case .svg: "VipsForeignLoadSvgBuffer"
        case .pdf: "VipsForeignLoadPdfBuffer"
        }
    }

    /// Starts libvips with no cache, one worker thread and only the loaders of these kinds; gives the kinds that it has.
    ///
    /// - Throws: `ImagingError` when it does not start.
    static func start(_ kinds: [ImageKind]) throws -> [ImageKind] {
        setenv("VIPS_BLOCK_UNTRUSTED", "1", 1)
        setenv("VIPS_WARNING", "1", 1)
        // Modules (ImageMagick, OpenSlide, JPEG XL and more) are looked for below this folder, so none is loaded unasked.
        setenv("VIPSHOME", "/nonexistent", 1)
        guard vips_init("larder-imaged") == 0 else { throw ImagingError(.workerBroken, "libvips: \(takeError())") }
        vips_concurrency_set(1)
        vips_cache_set_max(0)
        vips_cache_set_max_mem(0)
        // AVIF is a result too, so its module is there whether or not it may be a source.
        loadModule("vips-heif.so")
        if kinds.contains(.pdf) { loadModule("vips-poppler.so") }
        vips_block_untrusted_set(1)
        vips_operation_block_set("VipsForeignLoad", 1)
        let found = kinds.filter { g_type_from_name(loader(of: $0)) != 0 }
        for kind in found { vips_operation_block_set(loader(of: kind), 0) }
        // Classes are set up when they are first used: here once, instead of in the process of every job.
        _ = vips_class_map_all(vips_operation_get_type(), { _, _ in nil }, nil)
        return found
    }

    /// Loads one module from the folder where this version of the library keeps them; without it its formats are missing.
    private static func loadModule(_ name: String) {
        guard let file = clinux_library_of("vips_init"), let folder = g_path_get_dirname(file) else { return }
        defer { g_free(folder) }
        let path = String(cString: folder)
        _ = g_module_open("\(path)/vips-modules-\(vips_version(0)).\(vips_version(1))/\(name)", GModuleFlags(0))
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
        guard !["out of memory", "memory allocation", "Insufficient memory"].contains(where: text.contains) else {
            return RenderFailure(.outOfMemory, "It needed more memory than is allowed.")
        }
        return RenderFailure(.damaged, text.isEmpty ? "The picture cannot be decoded." : "Cannot be decoded: \(text)")
    }
}
