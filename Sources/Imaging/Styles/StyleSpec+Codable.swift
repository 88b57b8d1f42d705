extension StyleSpec: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, width, height, mode, gravity, format, quality, background, enlarge, sharpen, metadata, animated, page
        case flatten, focus, extend, placement
        case minimumWidth = "min_width"
        case minimumHeight = "min_height"
    }

    /// A style from an object with `name` and any of the rest.
    ///
    /// - Throws: `DecodingError`; an unknown key and a value outside its range are errors.
    package init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.allCases)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        do {
            try self.init(
                name: values.decode(String.self, forKey: .name),
                width: values.decodeIfPresent(Int.self, forKey: .width) ?? 0,
                height: values.decodeIfPresent(Int.self, forKey: .height) ?? 0,
                mode: values.decodeIfPresent(Mode.self, forKey: .mode) ?? .fit,
                gravity: values.decodeIfPresent(Gravity.self, forKey: .gravity) ?? .attention,
                format: values.decodeIfPresent(Format.self, forKey: .format) ?? .auto,
                quality: values.decodeIfPresent(Int.self, forKey: .quality),
                background: values.decodeIfPresent(StyleColor.self, forKey: .background) ?? .white,
                enlarge: values.decodeIfPresent(Bool.self, forKey: .enlarge) ?? false,
                sharpen: values.decodeIfPresent(Double.self, forKey: .sharpen) ?? 0,
                metadata: values.decodeIfPresent(Metadata.self, forKey: .metadata) ?? .strip,
                animated: values.decodeIfPresent(Bool.self, forKey: .animated) ?? false,
                page: values.decodeIfPresent(Int.self, forKey: .page) ?? 1,
                flatten: values.decodeIfPresent(Bool.self, forKey: .flatten) ?? false,
                framing: Self.framing(values)
            )
        } catch let error as ImagingError {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: error.message))
        }
    }

    private static func framing(_ values: KeyedDecodingContainer<CodingKeys>) throws -> StyleFraming {
        var framing = StyleFraming()
        framing.focus = try values.decodeIfPresent(StyleFraming.Focus.self, forKey: .focus)
        framing.minimumWidth = try values.decodeIfPresent(Int.self, forKey: .minimumWidth) ?? 0
        framing.minimumHeight = try values.decodeIfPresent(Int.self, forKey: .minimumHeight) ?? 0
        framing.extend = try values.decodeIfPresent(Bool.self, forKey: .extend) ?? false
        framing.placement = try values.decodeIfPresent(Gravity.self, forKey: .placement) ?? .center
        return framing
    }

    /// Writes every property, defaults included.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(width, forKey: .width)
        try values.encode(height, forKey: .height)
        try values.encode(mode, forKey: .mode)
        try values.encode(gravity, forKey: .gravity)
        try values.encode(format, forKey: .format)
        try values.encode(quality, forKey: .quality)
        try values.encode(background, forKey: .background)
        try values.encode(enlarge, forKey: .enlarge)
        try values.encode(sharpen, forKey: .sharpen)
        try values.encode(metadata, forKey: .metadata)
        try values.encode(animated, forKey: .animated)
        try values.encode(page, forKey: .page)
        try values.encode(flatten, forKey: .flatten)
        try values.encodeIfPresent(framing.focus, forKey: .focus)
        try values.encode(framing.minimumWidth, forKey: .minimumWidth)
        try values.encode(framing.minimumHeight, forKey: .minimumHeight)
        try values.encode(framing.extend, forKey: .extend)
        try values.encode(framing.placement, forKey: .placement)
    }
}
