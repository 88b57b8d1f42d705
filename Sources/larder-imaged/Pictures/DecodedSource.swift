internal import Imaging

/// The source as the styles of a job need it: decoded once, small enough for the largest of them.
struct DecodedSource {
    private let decoder: SourceDecoder
    private let source: RenderReply.Source
    private let size: PixelSize
    private let hasFilm: Bool
    private var film: Film?
    private var pages: [Int: VipsPicture] = [:]

    init(decoder: SourceDecoder, source: RenderReply.Source, plans: [StylePlan]) {
        self.decoder = decoder
        self.source = source
        let common = StyleGeometry.common(plans.map(\.geometry))
        // What is enlarged is enlarged later: no style needs more pixels than there are.
        size =
            source.kind.isVector
            ? common
            : PixelSize(
                width: min(common.width, source.size.width),
                height: min(common.height, source.size.height)
            )
        hasFilm = plans.contains(where: \.isFilm)
    }

    /// What a style shows: all frames, or one.
    mutating func film(for plan: StylePlan) throws(RenderFailure) -> Film {
        let page = min(plan.style.page, source.frames)
        guard hasFilm else { return Film(frames: [try still(page)]) }
        let whole = try wholeFilm()
        return plan.isFilm ? whole : Film(frames: [whole.frames[min(page, whole.frames.count) - 1]])
    }

    private mutating func wholeFilm() throws(RenderFailure) -> Film {
        if let film { return film }
        let decoded = try decoder.film(source, to: size)
        film = decoded
        return decoded
    }

    private mutating func still(_ page: Int) throws(RenderFailure) -> VipsPicture {
        if let known = pages[page] { return known }
        let decoded = try decoder.still(source, page: page, to: size)
        pages[page] = decoded
        return decoded
    }
}
