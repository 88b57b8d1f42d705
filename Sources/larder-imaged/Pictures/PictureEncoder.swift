internal import CLibVips
internal import Imaging

/// Encodes a finished picture.
enum PictureEncoder {
    /// The encoded bytes, which hold no metadata unless it is to be kept.
    static func encode(
        _ film: Film,
        as kind: ImageKind,
        quality: Int,
        keepsMetadata: Bool = false
    ) throws(RenderFailure) -> [UInt8] {
        let picture = try film.strip(keepsMetadata: keepsMetadata)
        let encoded = try save(picture, as: kind, Int32(quality), strip: keepsMetadata ? 0 : 1)
        guard kind == .webp && !keepsMetadata else { return encoded }
        guard let clean = WebPContainer.withoutMetadata(encoded) else {
            throw RenderFailure(.worker, "The WebP encoder gave a broken file.")
        }
        return clean
    }

    private static func save(
        _ picture: VipsPicture,
        as kind: ImageKind,
        _ quality: Int32,
        strip: gboolean
    ) throws(RenderFailure) -> [UInt8] {
        var bytes: UnsafeMutableRawPointer?
        var length = 0
        let result =
            switch kind {
            case .jpeg: clibvips_save_jpeg(picture.pointer, quality, strip, &bytes, &length)
            case .png: clibvips_save_png(picture.pointer, strip, &bytes, &length)
            case .webp: clibvips_save_webp(picture.pointer, quality, strip, &bytes, &length)
            case .gif: clibvips_save_gif(picture.pointer, &bytes, &length)
            case .avif: clibvips_save_avif(picture.pointer, quality, strip, &bytes, &length)
            case .heic, .tiff, .svg, .pdf, .mp4, .mov, .webm, .mkv:
                throw RenderFailure(.worker, "No style is made as \(kind.rawValue).")
            }
        guard result == 0, let bytes else { throw Vips.takeFailure() }
        defer { g_free(bytes) }
        return Array(UnsafeRawBufferPointer(start: bytes, count: length))
    }
}
