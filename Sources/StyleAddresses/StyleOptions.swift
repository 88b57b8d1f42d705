import Imaging
import S3Protocol

/// What the options of an address come to, one applied after the other.
struct StyleOptions {
    let terms: StyleRequest.Terms
    var box = BoxOptions()
    var gravity = StyleSpec.Gravity.center
    var format = StyleSpec.Format.auto
    var quality: Int?
    var formatQualities: [StyleSpec.Format: Int] = [:]
    /// Around an extended picture, and under transparency where a format has none; there it is white.
    var background = StyleColor.transparent
    var flatten = false
    var sharpen = 0.0
    var metadata = StyleSpec.Metadata.strip
    var animated = false
    var page = 1
    var expires: Timestamp?
    var filename: String?
    var isAttachment = false

    init(_ terms: StyleRequest.Terms) {
        self.terms = terms
    }

    /// Applies one option.
    mutating func apply(_ option: StyleOption) throws(StyleAddressError) {
        let name = StyleOptionName(option.name)
        if terms.presetsOnly, !StyleOptionName.harmless.contains(name) {
            throw StyleAddressError(
                .forbiddenOption,
                "Option '\(option.name)' is not allowed here: on_the_fly.presets_only takes preset, format, expires, "
                    + "cachebuster, filename and return_attachment."
            )
        }
        if try box.apply(option, name) { return }
        if try applyPixels(option, name) { return }
        if try applyHandling(option, name) { return }
        try StyleOptionName.refuse(option)
    }

    /// The style that all of them make.
    func style() throws(StyleAddressError) -> StyleSpec {
        do {
            return try StyleSpec(
                name: StyleRequest.styleName,
                width: try box.side(\.width, zoomed: \.horizontal),
                height: try box.side(\.height, zoomed: \.vertical),
                mode: box.styleMode,
                gravity: gravity,
                format: format,
                quality: quality ?? formatQualities[format],
                background: background,
                enlarge: box.enlarge,
                sharpen: sharpen,
                metadata: metadata,
                animated: animated,
                page: page,
                flatten: flatten,
                framing: try box.styleFraming()
            )
        } catch let error as StyleAddressError {
            throw error
        } catch {
            throw StyleAddressError(.badArgument, (error as? ImagingError)?.message ?? "\(error)")
        }
    }
}

// MARK: - Pixels

extension StyleOptions {
    private mutating func applyPixels(_ option: StyleOption, _ name: StyleOptionName) throws(StyleAddressError) -> Bool
    {
        switch name {
        case "gravity": try applyGravity(option)
        case "quality":
            let value = try option.integer(try option.only(), in: 0...100)
            quality = value > 0 ? value : nil
        case "format_quality": try applyFormatQuality(option)
        case "format": format = try Self.format(try option.only(), option)
        case "background": try applyBackground(option)
        case "sharpen": sharpen = try option.number(try option.only(), in: 0...StyleSpec.maximumSharpening)
        case "strip_metadata": metadata = try option.truth(try option.only()) ? .strip : .keep
        case "disable_animation": animated = try !option.truth(try option.only())
        case "page": page = try option.integer(try option.only(), in: 0...(StyleSpec.maximumPage - 1)) + 1
        default: return false
        }
        return true
    }

    private mutating func applyGravity(_ option: StyleOption) throws(StyleAddressError) {
        guard let word = option.argument(0) else { throw Self.badGravity(option) }
        box.framing.focus = nil
        switch word {
        case "fp":
            try option.limit(to: 3)
            guard let x = option.argument(1), let y = option.argument(2) else {
                throw .badArgument(option.name, "fp", expected: "fp:X:Y, both from 0 to 1")
            }
            box.framing.focus = StyleFraming.Focus(
                x: try option.number(x, in: 0...1),
                y: try option.number(y, in: 0...1)
            )
        case "sm":
            try option.limit(to: 1)
            gravity = .attention
        default: gravity = try option.place(at: 0)
        }
    }

    private static func badGravity(_ option: StyleOption) -> StyleAddressError {
        .badArgument(option.name, "", expected: "ce, no, so, ea, we, noea, nowe, soea, sowe, sm or fp:X:Y")
    }

    private mutating func applyFormatQuality(_ option: StyleOption) throws(StyleAddressError) {
        guard option.arguments.count.isMultiple(of: 2) else {
            throw .badArgument(option.name, option.arguments.joined(separator: ":"), expected: "FORMAT:QUALITY:…")
        }
        for index in stride(from: 0, to: option.arguments.count, by: 2) {
            let format = try Self.format(option.arguments[index], option)
            formatQualities[format] = try option.integer(option.arguments[index + 1], in: 1...100)
        }
    }

    private static func format(_ text: String, _ option: StyleOption) throws(StyleAddressError) -> StyleSpec.Format {
        let name = text == "jpg" ? "jpeg" : text
        guard let format = StyleSpec.Format(rawValue: name), format != .auto else {
            throw .badArgument(option.name, text, expected: "jpg, png, webp, avif or gif")
        }
        return format
    }

    private mutating func applyBackground(_ option: StyleOption) throws(StyleAddressError) {
        try option.limit(to: 3)
        guard option.arguments != [""] else {
            (background, flatten) = (.transparent, false)
            return
        }
        if option.arguments.count == 3 {
            var parts: [UInt8] = []
            for text in option.arguments { parts.append(UInt8(try option.integer(text, in: 0...255))) }
            background = StyleColor(red: parts[0], green: parts[1], blue: parts[2])
        } else {
            background = try Self.colour(try option.only(), option)
        }
        flatten = true
    }

    private static func colour(_ text: String, _ option: StyleOption) throws(StyleAddressError) -> StyleColor {
        let digits = text.utf8.count == 3 ? text.map { "\($0)\($0)" }.joined() : text
        guard let colour = StyleColor(digits), !colour.isTransparent, !text.hasPrefix("#") else {
            throw .badArgument(option.name, text, expected: "RRGGBB, RGB or RED:GREEN:BLUE")
        }
        return colour
    }
}

// MARK: - Handling

extension StyleOptions {
    private mutating func applyHandling(
        _ option: StyleOption,
        _ name: StyleOptionName
    ) throws(StyleAddressError) -> Bool {
        switch name {
        case "preset": for style in option.arguments { try applyStyle(style) }
        case "expires": try applyExpiry(option)
        // It is part of the signed path and of the address, which is all that it is for.
        case "cachebuster": try option.limit(to: 1)
        case "filename": filename = try Self.filename(option)
        case "return_attachment": isAttachment = try option.truth(try option.only())
        default: return false
        }
        return true
    }

    private mutating func applyStyle(_ name: String) throws(StyleAddressError) {
        guard let style = terms.styles.first(where: { ByteText.equal($0.name, name) }) else {
            let known = terms.styles.map(\.name).joined(separator: ", ")
            throw StyleAddressError(
                .unknownStyle,
                "There is no style '\(name)' for this source; there are \(known.isEmpty ? "none" : known)."
            )
        }
        box = BoxOptions(style)
        (gravity, format, background, flatten) = (style.gravity, style.format, style.background, style.flatten)
        quality = style.quality == StyleSpec.standardQuality(style.format) ? nil : style.quality
        (sharpen, metadata, animated, page) = (style.sharpen, style.metadata, style.animated, style.page)
    }

    private mutating func applyExpiry(_ option: StyleOption) throws(StyleAddressError) {
        let seconds = try option.integer(try option.only(), in: 0...253_402_300_799)
        guard seconds > 0 else { return }
        let time = Timestamp(seconds: Int64(seconds))
        guard terms.now < time else {
            throw StyleAddressError(
                .expired,
                "The address ended at \(time.iso8601); it is \(Timestamp(seconds: terms.now.seconds).iso8601)."
            )
        }
        expires = expires.map { min($0, time) } ?? time
    }

    private static func filename(_ option: StyleOption) throws(StyleAddressError) -> String? {
        try option.limit(to: 2)
        guard let text = option.argument(0) else { return nil }
        guard let flag = option.argument(1), try option.truth(flag) else { return text }
        guard let bytes = Base64URL.decode(text.utf8), let name = String(validating: bytes, as: UTF8.self) else {
            throw .badArgument(option.name, text, expected: "URL-safe Base64 of UTF-8, or no second argument")
        }
        return name.isEmpty ? nil : name
    }
}
