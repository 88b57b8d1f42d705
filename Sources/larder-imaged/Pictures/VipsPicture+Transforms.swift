internal import CLibVips
internal import Imaging

extension VipsPicture {
    /// Both sides scaled to exactly this size.
    func scaled(to target: PixelSize) throws(RenderFailure) -> VipsPicture {
        guard target != size else { return self }
        let horizontal = Double(target.width) / Double(size.width)
        let vertical = Double(target.height) / Double(size.height)
        guard hasAlpha else { return try applying { clibvips_resize($0, $1, horizontal, vertical) } }
        let format = self.format
        return try applying(clibvips_premultiply)
            .applying { clibvips_resize($0, $1, horizontal, vertical) }
            .applying(clibvips_unpremultiply)
            .applying { clibvips_cast($0, $1, format, 0) }
    }

    /// The picture in 8-bit sRGB, or in 8-bit grey when it is grey without alpha.
    func standardColour() throws(RenderFailure) -> VipsPicture {
        let eight = try eightBit()
        if eight.hasProfile, let converted = try? eight.applying(clibvips_profile_to_srgb).inMemory() {
            return converted
        }
        vips_error_clear()
        if eight.bands == 1 { return eight }
        guard eight.interpretation != VIPS_INTERPRETATION_sRGB else { return eight }
        return try eight.applying { clibvips_colourspace($0, $1, VIPS_INTERPRETATION_sRGB) }
    }

    private func eightBit() throws(RenderFailure) -> VipsPicture {
        guard format != VIPS_FORMAT_UCHAR else { return self }
        guard format == VIPS_FORMAT_USHORT else { return try inStandardRange() }
        let isGrey = bands < 3
        let isPlain = interpretation != VIPS_INTERPRETATION_CMYK
        let eight = try applying { clibvips_cast($0, $1, VIPS_FORMAT_UCHAR, 1) }
        guard isPlain else { return eight }
        return try eight.applying {
            clibvips_reinterpret($0, $1, isGrey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB)
        }
    }

    /// Numbers of other kinds, which TIFF can hold: the library knows by the colour space what is white.
    private func inStandardRange() throws(RenderFailure) -> VipsPicture {
        try applying { clibvips_colourspace($0, $1, VIPS_INTERPRETATION_sRGB) }
            .applying { clibvips_cast($0, $1, VIPS_FORMAT_UCHAR, 0) }
    }

    /// The picture with its lightness sharpened; alpha stays as it is.
    func sharpened(_ sigma: Double) throws(RenderFailure) -> VipsPicture {
        guard sigma > 0 else { return self }
        guard hasAlpha else { return try applying { clibvips_sharpen($0, $1, sigma) } }
        let count = Int32(bands - 1)
        let alpha = try applying { clibvips_bands($0, $1, count, 1) }
        let colour = try applying { clibvips_bands($0, $1, 0, count) }.applying { clibvips_sharpen($0, $1, sigma) }
        return try colour.applying { clibvips_join_bands($0, alpha.pointer, $1) }
    }

    /// What is left when all but this size is cut away.
    func cut(
        to target: PixelSize,
        keeping gravity: StyleSpec.Gravity,
        around focus: StyleFraming.Focus? = nil
    ) throws(RenderFailure) -> VipsPicture {
        guard target != size else { return self }
        let (width, height) = (Int32(target.width), Int32(target.height))
        if let focus {
            let left = Self.start(of: target.width, in: size.width, around: focus.x)
            let top = Self.start(of: target.height, in: size.height, around: focus.y)
            return try applying { clibvips_crop($0, $1, left, top, width, height) }
        }
        switch gravity {
        case .attention:
            return try applying { clibvips_smart_crop($0, $1, width, height, VIPS_INTERESTING_ATTENTION) }
        case .entropy:
            return try applying { clibvips_smart_crop($0, $1, width, height, VIPS_INTERESTING_ENTROPY) }
        default:
            let left = Int32(gravity.share.horizontal * (size.width - target.width) / 2)
            let top = Int32(gravity.share.vertical * (size.height - target.height) / 2)
            return try applying { clibvips_crop($0, $1, left, top, width, height) }
        }
    }

    /// Where a piece of a side begins, so that its middle is as near as can be to a point.
    private static func start(of length: Int, in whole: Int, around point: Double) -> Int32 {
        let first = (point * Double(whole) - Double(length) / 2).rounded()
        return Int32(min(max(first, 0), Double(whole - length)))
    }

    /// The picture on a canvas.
    func padded(
        to canvas: PixelSize,
        at place: StyleSpec.Gravity = .center,
        with colour: StyleColor,
        alpha: Bool
    ) throws(RenderFailure) -> VipsPicture {
        guard canvas != size else { return self }
        var picture = self
        if bands < 3 {
            picture = try picture.applying { clibvips_colourspace($0, $1, VIPS_INTERPRETATION_sRGB) }
        }
        if alpha && colour.isTransparent && !picture.hasAlpha {
            picture = try picture.applying(clibvips_add_alpha)
        }
        let opacity = colour.isTransparent && alpha ? 0.0 : 255.0
        let numbers = [Double(colour.red), Double(colour.green), Double(colour.blue), opacity]
        let left = Int32(place.share.horizontal * (canvas.width - size.width) / 2)
        let top = Int32(place.share.vertical * (canvas.height - size.height) / 2)
        let bands = Int32(picture.hasAlpha ? 4 : 3)
        return try picture.applying {
            clibvips_embed($0, $1, left, top, Int32(canvas.width), Int32(canvas.height), numbers, bands)
        }
    }

    /// The picture laid over a colour, without alpha.
    func flattened(over colour: StyleColor) throws(RenderFailure) -> VipsPicture {
        guard hasAlpha else { return self }
        return try applying {
            clibvips_flatten($0, $1, Double(colour.red), Double(colour.green), Double(colour.blue))
        }
    }
}
