/// The sizes that a style gives to one source; pure arithmetic, the source being upright already.
package struct StyleGeometry: Hashable, Sendable {
    /// The whole picture at the style's scale; larger than the source only when the style enlarges.
    package let scaled: PixelSize
    /// What is left of it after cutting.
    package let cut: PixelSize
    /// The size of the result; larger than `cut` only for `pad` and what is extended.
    package let canvas: PixelSize

    /// The geometry of a style for a source of this size; `mayEnlarge` when the style or the source has it so.
    package init(style: StyleSpec, source: PixelSize, mayEnlarge: Bool) {
        let box = StyleBox(style, for: source)
        scaled = box.scaled(source, mayEnlarge: mayEnlarge)
        cut = box.cut(of: scaled)
        canvas = box.canvas(around: cut)
    }

    /// The geometry of a style for a source of this size.
    package init(style: StyleSpec, source: PixelSize) {
        self.init(style: style, source: source, mayEnlarge: style.enlarge)
    }

    /// The size from which all these styles can be made by scaling down: one decode serves them all.
    package static func common(_ geometries: [StyleGeometry]) -> PixelSize {
        PixelSize(
            width: geometries.map(\.scaled.width).max() ?? 1,
            height: geometries.map(\.scaled.height).max() ?? 1
        )
    }
}

/// The box of a style as one source meets it.
private struct StyleBox {
    private enum Meeting {
        case inside, covering, coveringInShape, stretched
    }

    private let meeting: Meeting
    /// The sides that the style names; nil for those that follow from the other.
    private let width: Int?
    private let height: Int?
    private let isExtended: Bool
    private let framing: StyleFraming

    init(_ style: StyleSpec, for source: PixelSize) {
        width = style.width > 0 ? style.width : nil
        height = style.height > 0 ? style.height : nil
        framing = style.framing
        isExtended = style.mode == .pad || framing.extend
        meeting =
            switch style.mode {
            case .exact: .stretched
            case .fit, .pad: .inside
            case .fill: .covering
            case .fillDown: .coveringInShape
            case .auto:
                (style.width >= style.height) == (source.width >= source.height) ? .covering : .inside
            }
    }

    func scaled(_ source: PixelSize, mayEnlarge: Bool) -> PixelSize {
        guard meeting != .stretched else {
            let box = PixelSize(width: width ?? source.width, height: height ?? source.height)
            return grown(mayEnlarge ? box : box.smaller(source))
        }
        var scale = min(mayEnlarge ? .infinity : 1, self.scale(source))
        if framing.minimumWidth > 0 { scale = max(scale, Double(framing.minimumWidth) / Double(source.width)) }
        if framing.minimumHeight > 0 { scale = max(scale, Double(framing.minimumHeight) / Double(source.height)) }
        return source.scaled(by: scale)
    }

    private func scale(_ source: PixelSize) -> Double {
        let horizontal = width.map { Double($0) / Double(source.width) }
        let vertical = height.map { Double($0) / Double(source.height) }
        guard let horizontal, let vertical else { return horizontal ?? vertical ?? 1 }
        return meeting == .inside ? min(horizontal, vertical) : max(horizontal, vertical)
    }

    private func grown(_ size: PixelSize) -> PixelSize {
        PixelSize(width: max(size.width, framing.minimumWidth), height: max(size.height, framing.minimumHeight))
    }

    func cut(of whole: PixelSize) -> PixelSize {
        let inside = PixelSize(
            width: min(width ?? whole.width, whole.width),
            height: min(height ?? whole.height, whole.height)
        )
        guard meeting == .coveringInShape, let width, let height else { return inside }
        let scale = min(1, Double(whole.width) / Double(width), Double(whole.height) / Double(height))
        return PixelSize(width: width, height: height).scaled(by: scale)
    }

    func canvas(around cut: PixelSize) -> PixelSize {
        guard isExtended else { return cut }
        return PixelSize(width: max(width ?? 0, cut.width), height: max(height ?? 0, cut.height))
    }
}

extension PixelSize {
    fileprivate func scaled(by scale: Double) -> PixelSize {
        guard scale != 1 else { return self }
        // A number beyond any limit is refused by those that hold it against the limits.
        let side = { (length: Int) in max(1, Int(min((Double(length) * scale).rounded(), 1e9))) }
        return PixelSize(width: side(width), height: side(height))
    }

    fileprivate func smaller(_ other: PixelSize) -> PixelSize {
        PixelSize(width: min(width, other.width), height: min(height, other.height))
    }
}
