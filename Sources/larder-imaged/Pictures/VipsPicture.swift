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

    /// The height of one of the frames that lie below each other.
    var pageHeight: Int { max(1, Int(vips_image_get_page_height(pointer))) }

    /// Where it was cut out of the picture that it is of.
    var offset: (left: Int32, top: Int32) {
        (-Int32(vips_image_get_xoffset(pointer)), -Int32(vips_image_get_yoffset(pointer)))
    }

    /// A number among the metadata, 0 when there is none.
    func integer(_ name: String) -> Int32 {
        var value: Int32 = 0
        guard vips_image_get_typeof(pointer, name) != 0, vips_image_get_int(pointer, name, &value) == 0 else {
            return 0
        }
        return value
    }

    /// Numbers among the metadata.
    func integers(_ name: String) -> [Int32] {
        var (values, count): (UnsafeMutablePointer<Int32>?, Int32) = (nil, 0)
        guard vips_image_get_typeof(pointer, name) != 0,
            vips_image_get_array_int(pointer, name, &values, &count) == 0
        else { return [] }
        return Array(UnsafeBufferPointer(start: values, count: Int(count)))
    }

    /// A text among the metadata.
    func text(_ name: String) -> String? {
        var value: UnsafePointer<CChar>?
        guard vips_image_get_typeof(pointer, name) != 0, vips_image_get_string(pointer, name, &value) == 0 else {
            return nil
        }
        return value.map { String(cString: $0) }
    }

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

    /// The pixels without any metadata, or with what describes the photograph: EXIF, XMP and IPTC.
    ///
    /// By hand, because the WebP saver of 8.14.1 keeps EXIF (position of the photographer included) despite `strip`. The
    /// colour profile goes in any case: the pixels are sRGB by now.
    func stripped(keepsMetadata: Bool) throws(RenderFailure) -> VipsPicture {
        let copy = try applying(clibvips_copy)
        for field in copy.fields where !(keepsMetadata && Self.describesPhoto(field)) {
            vips_image_remove(copy.pointer, field)
        }
        return copy
    }

    /// Takes over what another picture says of itself: how it was held, its colour profile, EXIF, XMP and IPTC.
    func takeMetadata(of other: VipsPicture) {
        let kept = other.fields.filter { Self.describesPhoto($0) }
        for field in kept + [VIPS_META_ORIENTATION, VIPS_META_ICC_NAME] {
            clibvips_copy_field(other.pointer, pointer, field)
        }
    }

    private static func describesPhoto(_ field: String) -> Bool {
        field.hasPrefix("exif-") || field == VIPS_META_XMP_NAME || field == VIPS_META_IPTC_NAME
    }
}
