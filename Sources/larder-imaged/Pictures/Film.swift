internal import CLibVips
internal import Imaging

/// Frames of one size with their timing; a still picture is a film of one frame.
struct Film {
    let frames: [VipsPicture]
    /// How long each frame is shown, in milliseconds.
    var delays: [Int32] = []
    /// How often it is played; 0 for ever.
    var loop: Int32 = 0

    /// Each frame changed by `body`.
    func mapped(_ body: (VipsPicture) throws(RenderFailure) -> VipsPicture) throws(RenderFailure) -> Film {
        var changed: [VipsPicture] = []
        for frame in frames { changed.append(try body(frame)) }
        return Film(frames: changed, delays: delays, loop: loop)
    }

    /// The same part of each frame: what the style keeps of the first.
    func cut(to target: PixelSize, for style: StyleSpec) throws(RenderFailure) -> Film {
        guard let first = frames.first, first.size != target else { return self }
        let kept = try first.cut(to: target, keeping: style.gravity, around: style.framing.focus)
        guard frames.count > 1 else { return Film(frames: [kept]) }
        let (left, top) = kept.offset
        return try mapped { frame throws(RenderFailure) in
            try frame.applying { clibvips_crop($0, $1, left, top, Int32(target.width), Int32(target.height)) }
        }
    }

    /// One picture with all frames below each other and the timing beside them, as the savers take it.
    ///
    /// `keepsMetadata` leaves EXIF, XMP and IPTC in it.
    func strip(keepsMetadata: Bool) throws(RenderFailure) -> VipsPicture {
        guard frames.count > 1, let height = frames.first?.size.height else {
            return try frames[0].stripped(keepsMetadata: keepsMetadata)
        }
        var pointers: [VipsPicture.Pointer?] = frames.map(\.pointer)
        let stack = try VipsPicture { clibvips_stack(&pointers, Int32(frames.count), $0) }
        let plain = try stack.stripped(keepsMetadata: keepsMetadata)
        vips_image_set_int(plain.pointer, VIPS_META_PAGE_HEIGHT, Int32(height))
        vips_image_set_int(plain.pointer, "loop", loop)
        vips_image_set_array_int(plain.pointer, "delay", delays, Int32(delays.count))
        return plain
    }
}
