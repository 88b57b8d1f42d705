/// What a style can say of the picture's frame beyond its box.
package struct StyleFraming: Hashable, Sendable {
    /// A point of the picture, each side going from 0 to 1.
    package struct Focus: Hashable, Sendable, Codable {
        package let x: Double
        package let y: Double

        package init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// The point around which `fill` cuts, in place of the gravity.
    package var focus: Focus?
    /// The least width that the picture is scaled to, even when it grows by that; 0 for none.
    package var minimumWidth = 0
    /// The least height.
    package var minimumHeight = 0
    /// Whether a result smaller than the box is set on a canvas that has its size.
    package var extend = false
    /// Where on that canvas it lies: no `attention` and no `entropy`.
    package var placement = StyleSpec.Gravity.center

    /// A frame of which nothing is said.
    package init() {}

    /// Says what is wrong with it; nil when nothing is.
    var problem: String? {
        let sides = 0...StyleSpec.maximumSide
        guard sides.contains(minimumWidth), sides.contains(minimumHeight) else {
            return "min_width and min_height must be 0 to \(StyleSpec.maximumSide)"
        }
        if let focus, !(0...1).contains(focus.x) || !(0...1).contains(focus.y) { return "focus must be 0 to 1" }
        return placement.isPlace ? nil : "placement must be center or a direction"
    }

    /// What it adds to a style's canonical text.
    var canonicalParts: [String] {
        var parts: [String] = []
        if let focus { parts.append("focus=\(focus.x),\(focus.y)") }
        if minimumWidth > 0 { parts.append("min_width=\(minimumWidth)") }
        if minimumHeight > 0 { parts.append("min_height=\(minimumHeight)") }
        if extend { parts.append("extend=true") }
        if placement != .center { parts.append("placement=\(placement.rawValue)") }
        return parts
    }
}

extension StyleSpec.Gravity {
    /// Whether it names a place, not something to look for.
    package var isPlace: Bool { self != .attention && self != .entropy }

    /// How many halves of what is left over lie to the left of the place and above it.
    package var share: (horizontal: Int, vertical: Int) {
        switch self {
        case .north: (1, 0)
        case .northeast: (2, 0)
        case .east: (2, 1)
        case .southeast: (2, 2)
        case .south: (1, 2)
        case .southwest: (0, 2)
        case .west: (0, 1)
        case .northwest: (0, 0)
        case .center, .attention, .entropy: (1, 1)
        }
    }
}
