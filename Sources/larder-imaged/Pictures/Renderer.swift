internal import Imaging

/// Makes all styles of one job, from one decode of each page that they show.
struct Renderer {
    let job: RenderJob
    let destinations: [OpenDescriptor]
    /// The kinds of source that may be decoded.
    let kinds: [ImageKind]

    /// Renders the source; whatever goes wrong is in the reply.
    func render(_ bytes: UnsafeRawBufferPointer) -> RenderReply {
        var source: RenderReply.Source?
        do throws(RenderFailure) {
            let decoder = try SourceDecoder(bytes, job: job, kinds: kinds)
            var probed = try decoder.probe()
            source = probed
            let styles = try styles(decoder, &probed)
            return RenderReply(source: probed, styles: styles)
        } catch {
            return RenderReply(failure: error, source: source)
        }
    }

    private func styles(
        _ decoder: SourceDecoder,
        _ source: inout RenderReply.Source
    ) throws(RenderFailure) -> [RenderReply.Style] {
        let plans = plans(decoder, source)
        let possible = plans.compactMap { try? $0.get() }.filter(\.isAllowed)
        var decoded = DecodedSource(decoder: decoder, plans: possible)
        source.details = try details(possible, &decoded)
        return zip(zip(job.styles, plans), destinations).map { named, destination in
            let (style, plan) = named
            switch plan {
            case .failure(let failure): return RenderReply.Style(name: style.name, failure: failure)
            case .success(let plan) where !plan.isAllowed: return refused(style)
            case .success(let plan): return make(plan, of: &decoded, in: destination)
            }
        }
    }

    /// What is told of the picture, by the first of its styles that can be decoded; nil without any.
    ///
    /// - Throws: why the first cannot be, when another page cannot either.
    private func details(
        _ plans: [StylePlan],
        _ decoded: inout DecodedSource
    ) throws(RenderFailure) -> PictureDetails? {
        var first: RenderFailure?
        var tried: Set<Int> = []
        for plan in plans where tried.insert(plan.page).inserted {
            do throws(RenderFailure) {
                let film = try decoded.film(for: plan)
                return film.frames.first.map { DetailsReader(tellsPhoto: job.tellsPhoto).details(of: $0) }
            } catch {
                first = first ?? error
            }
        }
        if let first { throw first }
        return nil
    }

    /// How each style is made, or why its page cannot be: pages have sizes of their own, which the limits hold for too;
    /// frames of a film have one.
    private func plans(
        _ decoder: SourceDecoder,
        _ first: RenderReply.Source
    ) -> [Result<StylePlan, RenderFailure>] {
        job.styles.map { style in
            let page = min(style.page, first.frames)
            do throws(RenderFailure) {
                let source = page == 1 || first.kind.isAnimation ? first : try decoder.probe(page: page)
                return .success(StylePlan(style, page: page, source: source, limits: job.limits))
            } catch {
                return .failure(error)
            }
        }
    }

    private func refused(_ style: StyleSpec) -> RenderReply.Style {
        let reason = "The result would have a side of more than \(job.limits.resultSide) pixels."
        return RenderReply.Style(name: style.name, failure: RenderFailure(.styleTooLarge, reason))
    }

    private func make(
        _ plan: StylePlan,
        of decoded: inout DecodedSource,
        in destination: OpenDescriptor
    ) -> RenderReply.Style {
        do throws(RenderFailure) {
            let film = try compose(plan, of: try decoded.film(for: plan))
            let bytes = try PictureEncoder.encode(
                film,
                as: plan.kind,
                quality: plan.style.quality,
                keepsMetadata: plan.style.metadata == .keep
            )
            try write(bytes, to: destination)
            let picture = RenderReply.Picture(kind: plan.kind, size: plan.geometry.canvas, bytes: bytes.count)
            return RenderReply.Style(name: plan.style.name, picture: picture)
        } catch {
            return RenderReply.Style(name: plan.style.name, failure: error)
        }
    }

    private func compose(_ plan: StylePlan, of film: Film) throws(RenderFailure) -> Film {
        let (style, geometry, keepsAlpha) = (plan.style, plan.geometry, plan.kind != .jpeg)
        // Attention and entropy look at the pixels more than once, so they are computed first.
        let scaled = try film.mapped { frame throws(RenderFailure) in try frame.scaled(to: geometry.scaled).inMemory() }
        return try scaled.cut(to: geometry.cut, for: style).mapped { frame throws(RenderFailure) in
            let opaque = keepsAlpha && !style.flatten ? frame : try frame.flattened(over: style.background)
            return try opaque.sharpened(style.sharpen)
                .padded(
                    to: geometry.canvas,
                    at: style.framing.placement,
                    with: style.background,
                    alpha: keepsAlpha
                )
        }
    }

    private func write(_ bytes: [UInt8], to destination: OpenDescriptor) throws(RenderFailure) {
        guard bytes.count <= job.limits.resultBytes else {
            throw RenderFailure(.destination, "The result is larger than \(job.limits.resultBytes) bytes.")
        }
        do {
            try bytes.withUnsafeBytes { try destination.replaceContent(with: $0) }
        } catch {
            throw RenderFailure(.destination, "The result cannot be written: \(error)")
        }
    }
}
