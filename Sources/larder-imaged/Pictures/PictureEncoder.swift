internal import CLibVips
internal import Imaging

/// Encodes a finished picture.
enum PictureEncoder {
    /// The encoded bytes, which hold no metadata.
    static func encode(
        _ picture: VipsPicture,
        as kind: ImageKind,
        quality: Int
    ) throws(RenderFailure) -> [UInt8] {
        let plain = try picture.stripped()
        var bytes: UnsafeMutableRawPointer?
        var length = 0
        let result =
            switch kind {
            case .jpeg: clibvips_save_jpeg(plain.pointer, Int32(quality), &bytes, &length)
            case .png: clibvips_save_png(plain.pointer, &bytes, &length)
            case .webp: clibvips_save_webp(plain.pointer, Int32(quality), &bytes, &length)
            case .gif: clibvips_save_gif(plain.pointer, &bytes, &length)
            }
        guard result == 0, let bytes else { throw Vips.takeFailure() }
        defer { g_free(bytes) }
        let encoded = Array(UnsafeRawBufferPointer(start: bytes, count: length))
        guard kind == .webp else { return encoded }
        guard let clean = WebPContainer.withoutMetadata(encoded) else {
            throw RenderFailure(.worker, "The WebP encoder gave a broken file.")
        }
        return clean
    }
}
