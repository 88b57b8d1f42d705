/// The sizes that a style gives to one source; pure arithmetic, the source being upright already.
package struct StyleGeometry: Hashable, Sendable {
    /// The whole picture at the style's scale; larger than the source only when the style enlarges.
    package let scaled: PixelSize
    /// What is left of it after cutting; equal to `scaled` unless the mode is `fill`.
    package let cut: PixelSize
    /// The size of the result; larger than `cut` only when the mode is `pad`.
    package let canvas: PixelSize

    /// The geometry of a style for a source of this size; `mayEnlarge` when the style or the source has it so.
    package init(style: StyleSpec, source: PixelSize, mayEnlarge: Bool) {
        let box = PixelSize(width: style.width, height: style.height)
        let largest = mayEnlarge ? Double.infinity : 1
        switch style.mode {
        case .fit:
            self.init(whole: Self.scale(source, to: box, covering: false, atMost: largest))
        case .pad:
            let whole = Self.scale(source, to: box, covering: false, atMost: largest)
            self.init(scaled: whole, cut: whole, canvas: box)
        case .exact:
            self.init(whole: mayEnlarge ? box : Self.smaller(box, source))
        case .fill:
            let whole = Self.scale(source, to: box, covering: true, atMost: largest)
            let cut = Self.smaller(box, whole)
            self.init(scaled: whole, cut: cut, canvas: cut)
        }
    }

    /// The geometry of a style for a source of this size.
    package init(style: StyleSpec, source: PixelSize) {
        self.init(style: style, source: source, mayEnlarge: style.enlarge)
    }

    private init(whole: PixelSize) {
        self.init(scaled: whole, cut: whole, canvas: whole)
    }

    private init(scaled: PixelSize, cut: PixelSize, canvas: PixelSize) {
        self.scaled = scaled
        self.cut = cut
        self.canvas = canvas
    }

    /// The size from which all these styles can be made by scaling down: one decode serves them all.
    package static func common(_ geometries: [StyleGeometry]) -> PixelSize {
        PixelSize(
            width: geometries.map(\.scaled.width).max() ?? 1,
            height: geometries.map(\.scaled.height).max() ?? 1
        )
    }

    private static func scale(
        _ source: PixelSize,
        to box: PixelSize,
        covering: Bool,
        atMost largest: Double
    ) -> PixelSize {
        let horizontal = Double(box.width) / Double(source.width)
        let vertical = Double(box.height) / Double(source.height)
        let scale = min(largest, covering ? max(horizontal, vertical) : min(horizontal, vertical))
        guard scale != 1 else { return source }
        return PixelSize(
            width: max(1, Int((Double(source.width) * scale).rounded())),
            height: max(1, Int((Double(source.height) * scale).rounded()))
        )
    }

    private static func smaller(_ left: PixelSize, _ right: PixelSize) -> PixelSize {
        PixelSize(width: min(left.width, right.width), height: min(left.height, right.height))
    }
}
