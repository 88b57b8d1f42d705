internal import Imaging

/// The source as the styles of a job need it: each page decoded once, small enough for the largest style that shows it.
struct DecodedSource {
    private let decoder: SourceDecoder
    private let sizes: [Int: PixelSize]
    private let hasFilm: Bool
    private var film: Film?
    private var pages: [Int: VipsPicture] = [:]

    init(decoder: SourceDecoder, plans: [StylePlan]) {
        self.decoder = decoder
        let hasFilm = plans.contains(where: \.isFilm)
        self.hasFilm = hasFilm
        // A film has all frames, so it serves the styles of each.
        sizes = Dictionary(grouping: plans) { hasFilm ? 1 : $0.page }.mapValues(Self.size)
    }

    private static func size(for plans: [StylePlan]) -> PixelSize {
        let common = StyleGeometry.common(plans.map(\.geometry))
        guard let source = plans.first?.source, !source.kind.isVector else { return common }
        // What is enlarged is enlarged later: no style needs more pixels than there are.
        return PixelSize(
            width: min(common.width, source.size.width),
            height: min(common.height, source.size.height)
        )
    }

    /// What a style shows: all frames, or one.
    mutating func film(for plan: StylePlan) throws(RenderFailure) -> Film {
        guard hasFilm else { return Film(frames: [try still(plan)]) }
        let whole = try wholeFilm(plan.source)
        return plan.isFilm ? whole : Film(frames: [whole.frames[min(plan.page, whole.frames.count) - 1]])
    }

    private mutating func wholeFilm(_ source: RenderReply.Source) throws(RenderFailure) -> Film {
        if let film { return film }
        let decoded = try decoder.film(source, to: sizes[1] ?? source.size)
        film = decoded
        return decoded
    }

    private mutating func still(_ plan: StylePlan) throws(RenderFailure) -> VipsPicture {
        if let known = pages[plan.page] { return known }
        let size = sizes[plan.page] ?? plan.source.size
        let decoded = try decoder.still(plan.source, page: plan.page, to: size)
        pages[plan.page] = decoded
        return decoded
    }
}
