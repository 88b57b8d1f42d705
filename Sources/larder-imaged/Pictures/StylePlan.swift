internal import Imaging

/// What one style means for one source.
struct StylePlan {
    let style: StyleSpec
    /// The page or frame that it shows, which is there.
    let page: Int
    /// The source as its page has it.
    let source: RenderReply.Source
    let geometry: StyleGeometry
    let kind: ImageKind
    /// Whether all frames are kept.
    let isFilm: Bool
    /// Whether its pixels are within the limits.
    let isAllowed: Bool

    init(_ style: StyleSpec, page: Int, source: RenderReply.Source, limits: ImagingLimits) {
        self.style = style
        self.page = page
        self.source = source
        geometry = StyleGeometry(
            style: style,
            source: source.size,
            mayEnlarge: style.enlarge || source.kind.isVector
        )
        kind = style.resultKind(of: source.kind, hasAlpha: source.hasAlpha)
        isAllowed =
            max(geometry.canvas.width, geometry.canvas.height) <= limits.resultSide
            && Self.pixels(geometry.scaled, 1) <= limits.pixels
        isFilm =
            style.animated && source.kind.isAnimation && kind.isAnimation
            && source.frames > 1 && source.frames <= limits.animationFrames
            && Self.pixels(source.size, source.frames) <= limits.animationPixels
            && Self.pixels(geometry.scaled, source.frames) <= limits.animationPixels
            && Self.pixels(geometry.canvas, source.frames) <= limits.animationPixels
    }

    /// All pixels of so many frames; more than any limit when the number cannot be held.
    private static func pixels(_ size: PixelSize, _ frames: Int) -> Int {
        let (area, first) = size.width.multipliedReportingOverflow(by: size.height)
        let (all, second) = area.multipliedReportingOverflow(by: frames)
        return first || second ? .max : all
    }
}
