import Imaging

/// Those options that say how large the result is and what of the picture is in it.
struct BoxOptions {
    /// How the picture meets the box, in imgproxy's words.
    enum Mode: String {
        case fit, fill, force, auto
        case fillDown = "fill-down"
    }

    /// Factors for both axes.
    struct Zoom {
        var horizontal = 1.0
        var vertical = 1.0
    }

    private static let sides = 0...StyleSpec.maximumSide
    private static let factors = 0.01...100.0

    var width = 0
    var height = 0
    var zoom = Zoom()
    var density = 1.0
    var enlarge = false
    var framing = StyleFraming()
    private var mode = Mode.fit

    init() {}

    /// What a named style says.
    init(_ style: StyleSpec) {
        (width, height, enlarge, framing) = (style.width, style.height, style.enlarge, style.framing)
        mode =
            switch style.mode {
            case .fit, .pad: .fit
            case .fill: .fill
            case .fillDown: .fillDown
            case .auto: .auto
            case .exact: .force
            }
        if style.mode == .pad { framing.extend = true }
    }

    /// Applies an option; false when it is none of these.
    mutating func apply(_ option: StyleOption, _ name: StyleOptionName) throws(StyleAddressError) -> Bool {
        switch name {
        case "resize":
            try option.limit(to: 8)
            if let word = option.argument(0) { mode = try Self.mode(word, option) }
            try applySize(option, from: 1)
        case "size":
            try option.limit(to: 7)
            try applySize(option, from: 0)
        case "resizing_type": mode = try Self.mode(try option.only(), option)
        case "width": width = try option.integer(try option.only(), in: Self.sides)
        case "height": height = try option.integer(try option.only(), in: Self.sides)
        case "min-width": framing.minimumWidth = try option.integer(try option.only(), in: Self.sides)
        case "min-height": framing.minimumHeight = try option.integer(try option.only(), in: Self.sides)
        case "zoom": try applyZoom(option)
        case "dpr": density = try option.number(try option.only(), in: Self.factors)
        case "enlarge": enlarge = try option.truth(try option.only())
        case "extend":
            try option.limit(to: 4)
            try applyExtend(option, from: 0)
        default: return false
        }
        return true
    }

    private static func mode(_ word: String, _ option: StyleOption) throws(StyleAddressError) -> Mode {
        guard let mode = Mode(rawValue: word) else {
            throw .badArgument(option.name, word, expected: "fit, fill, fill-down, force or auto")
        }
        return mode
    }

    private mutating func applySize(_ option: StyleOption, from first: Int) throws(StyleAddressError) {
        if let text = option.argument(first) { width = try option.integer(text, in: Self.sides) }
        if let text = option.argument(first + 1) { height = try option.integer(text, in: Self.sides) }
        if let text = option.argument(first + 2) { enlarge = try option.truth(text) }
        if option.argument(first + 3) != nil { try applyExtend(option, from: first + 3) }
    }

    private mutating func applyExtend(_ option: StyleOption, from first: Int) throws(StyleAddressError) {
        guard let text = option.argument(first) else {
            throw .badArgument(option.name, "", expected: "1 or 0, and where the picture lies")
        }
        framing.extend = try option.truth(text)
        framing.placement = option.argument(first + 1) == nil ? .center : try option.place(at: first + 1)
    }

    private mutating func applyZoom(_ option: StyleOption) throws(StyleAddressError) {
        try option.limit(to: 2)
        zoom.horizontal = try option.number(option.argument(0) ?? "", in: Self.factors)
        zoom.vertical =
            try option.argument(1).map { text throws(StyleAddressError) in
                try option.number(text, in: Self.factors)
            } ?? zoom.horizontal
    }
}

// MARK: - What they come to

extension BoxOptions {
    /// How a style says it.
    var styleMode: StyleSpec.Mode {
        switch mode {
        case .fit: framing.extend && framing.placement == .center ? .pad : .fit
        case .fill: .fill
        case .fillDown: .fillDown
        case .auto: .auto
        case .force: .exact
        }
    }

    /// The frame for all pixels of the screen; `extend` not said twice.
    func styleFraming() throws(StyleAddressError) -> StyleFraming {
        var framing = framing
        framing.minimumWidth = try scaled(framing.minimumWidth, by: density)
        framing.minimumHeight = try scaled(framing.minimumHeight, by: density)
        if styleMode == .pad { framing.extend = false }
        return framing
    }

    /// A side of the box for all pixels of the screen.
    func side(
        _ side: KeyPath<BoxOptions, Int>,
        zoomed factor: KeyPath<Zoom, Double>
    ) throws(StyleAddressError) -> Int {
        guard zoom.horizontal == 1 && zoom.vertical == 1 && density == 1 || width > 0 || height > 0 else {
            throw StyleAddressError(
                .unsupportedOption,
                "Options 'zoom' and 'dpr' multiply a width or a height here; name one of them."
            )
        }
        return try scaled(self[keyPath: side], by: zoom[keyPath: factor] * density)
    }

    private func scaled(_ side: Int, by factor: Double) throws(StyleAddressError) -> Int {
        let length = (Double(side) * factor).rounded()
        guard length <= Double(StyleSpec.maximumSide) else {
            throw StyleAddressError(
                .badArgument,
                "A side of \(side) pixels times \(factor) is more than the \(StyleSpec.maximumSide) that a style may name."
            )
        }
        return side > 0 ? max(1, Int(length)) : 0
    }
}

extension StyleOption {
    private static let places: [String: StyleSpec.Gravity] = [
        "ce": .center, "no": .north, "so": .south, "ea": .east, "we": .west, "noea": .northeast, "nowe": .northwest,
        "soea": .southeast, "sowe": .southwest,
    ]

    /// The place that an argument names, without offsets behind it.
    func place(at index: Int) throws(StyleAddressError) -> StyleSpec.Gravity {
        let word = argument(index) ?? ""
        guard let place = Self.places[word] else {
            throw .badArgument(name, word, expected: "ce, no, so, ea, we, noea, nowe, soea or sowe")
        }
        for offset in arguments.dropFirst(index + 1) where !["", "0", "0.0"].contains(offset) {
            throw StyleAddressError(
                .unsupportedOption,
                "Option '\(name)' has the offset '\(offset)'; offsets are not honoured here, fp:X:Y is."
            )
        }
        return place
    }
}
