extension StyleSpec: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, width, height, mode, gravity, format, quality, background
    }

    /// A style from an object with `name`, `width`, `height` and any of the rest.
    ///
    /// - Throws: `DecodingError`; an unknown key and a value outside its range are errors.
    package init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.allCases)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        do {
            try self.init(
                name: values.decode(String.self, forKey: .name),
                width: values.decode(Int.self, forKey: .width),
                height: values.decode(Int.self, forKey: .height),
                mode: values.decodeIfPresent(Mode.self, forKey: .mode) ?? .fit,
                gravity: values.decodeIfPresent(Gravity.self, forKey: .gravity) ?? .attention,
                format: values.decodeIfPresent(Format.self, forKey: .format) ?? .auto,
                quality: values.decodeIfPresent(Int.self, forKey: .quality) ?? 80,
                background: values.decodeIfPresent(StyleColor.self, forKey: .background) ?? .white
            )
        } catch let error as ImagingError {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: error.message))
        }
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
    }
}
