internal import CLibVips
internal import Imaging

/// An image of libvips: a recipe until something asks for its pixels.
final class VipsPicture {
    typealias Pointer = UnsafeMutablePointer<VipsImage>

    let pointer: Pointer

    /// Takes over a reference.
    init(owning pointer: Pointer) {
        self.pointer = pointer
    }

    /// The picture that an operation makes.
    convenience init(_ operation: (UnsafeMutablePointer<Pointer?>) -> Int32) throws(RenderFailure) {
        var made: Pointer?
        guard operation(&made) == 0, let made else { throw Vips.takeFailure() }
        self.init(owning: made)
    }

    deinit {
        g_object_unref(pointer)
    }

    var size: PixelSize {
        PixelSize(width: Int(vips_image_get_width(pointer)), height: Int(vips_image_get_height(pointer)))
    }

    var bands: Int { Int(vips_image_get_bands(pointer)) }
    var hasAlpha: Bool { vips_image_hasalpha(pointer) != 0 }
    var frames: Int { max(1, Int(vips_image_get_n_pages(pointer))) }
    var orientation: Int { Int(vips_image_get_orientation(pointer)) }
    var format: VipsBandFormat { vips_image_get_format(pointer) }
    var interpretation: VipsInterpretation { vips_image_guess_interpretation(pointer) }
    var hasProfile: Bool { vips_image_get_typeof(pointer, VIPS_META_ICC_NAME) != 0 }

    /// The names of all metadata.
    var fields: [String] {
        guard let names = vips_image_get_fields(pointer) else { return [] }
        defer { g_strfreev(names) }
        var result: [String] = []
        var next = names
        while let name = next.pointee {
            result.append(String(cString: name))
            next += 1
        }
        return result
    }

    /// The picture made of this one by an operation.
    func applying(
        _ operation: (Pointer, UnsafeMutablePointer<Pointer?>) -> Int32
    ) throws(RenderFailure) -> VipsPicture {
        try VipsPicture { operation(pointer, $0) }
    }

    /// The pixels computed, once; this is where a broken source fails.
    func inMemory() throws(RenderFailure) -> VipsPicture {
        guard let copy = vips_image_copy_memory(pointer) else { throw Vips.takeFailure() }
        return VipsPicture(owning: copy)
    }

    /// The pixels without any metadata.
    ///
    /// By hand, because the WebP saver of 8.14.1 keeps EXIF (position of the photographer included) despite `strip`.
    func stripped() throws(RenderFailure) -> VipsPicture {
        let copy = try applying(clibvips_copy)
        for field in copy.fields { vips_image_remove(copy.pointer, field) }
        return copy
    }
}
