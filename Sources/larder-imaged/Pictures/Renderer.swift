internal import Imaging

/// Makes all styles of one job from one decode.
struct Renderer {
    let job: RenderJob
    let destinations: [OpenDescriptor]

    /// Renders the source; whatever goes wrong is in the reply.
    func render(_ bytes: UnsafeRawBufferPointer) -> RenderReply {
        var source: RenderReply.Source?
        do throws(RenderFailure) {
            let decoder = try SourceDecoder(bytes, limits: job.limits)
            let probed = try decoder.probe()
            source = probed
            return RenderReply(source: probed, styles: try styles(decoder, probed))
        } catch {
            return RenderReply(failure: error, source: source)
        }
    }

    private func styles(
        _ decoder: SourceDecoder,
        _ source: RenderReply.Source
    ) throws(RenderFailure) -> [RenderReply.Style] {
        let geometries = job.styles.map { StyleGeometry(style: $0, source: source.size) }
        let possible = geometries.filter { isAllowed($0) }
        guard !possible.isEmpty else { return job.styles.map(refused) }
        let common = try decoder.decode(source, to: StyleGeometry.common(possible))
        return zip(job.styles, zip(geometries, destinations)).map { style, place in
            guard isAllowed(place.0) else { return refused(style) }
            return make(style, place.0, of: common, kind: source.kind, in: place.1)
        }
    }

    private func isAllowed(_ geometry: StyleGeometry) -> Bool {
        max(geometry.canvas.width, geometry.canvas.height) <= job.limits.resultSide
    }

    private func refused(_ style: StyleSpec) -> RenderReply.Style {
        let reason = "The result would have a side of more than \(job.limits.resultSide) pixels."
        return RenderReply.Style(name: style.name, failure: RenderFailure(.styleTooLarge, reason))
    }

    private func make(
        _ style: StyleSpec,
        _ geometry: StyleGeometry,
        of common: VipsPicture,
        kind: ImageKind,
        in destination: OpenDescriptor
    ) -> RenderReply.Style {
        do throws(RenderFailure) {
            let result = style.format.kind ?? kind
            let picture = try compose(style, geometry, of: common, as: result)
            let count = try write(picture, as: result, quality: style.quality, to: destination)
            return RenderReply.Style(
                name: style.name,
                picture: RenderReply.Picture(kind: result, size: picture.size, bytes: count)
            )
        } catch {
            return RenderReply.Style(name: style.name, failure: error)
        }
    }

    private func compose(
        _ style: StyleSpec,
        _ geometry: StyleGeometry,
        of common: VipsPicture,
        as kind: ImageKind
    ) throws(RenderFailure) -> VipsPicture {
        let keepsAlpha = kind != .jpeg
        // Attention and entropy look at the pixels more than once, so they are computed first.
        let scaled = try common.scaled(to: geometry.scaled).inMemory()
        let cut = try scaled.cut(to: geometry.cut, keeping: style.gravity)
        let opaque = keepsAlpha ? cut : try cut.flattened(over: style.background)
        return try opaque.padded(to: geometry.canvas, with: style.background, alpha: keepsAlpha)
    }

    private func write(
        _ picture: VipsPicture,
        as kind: ImageKind,
        quality: Int,
        to destination: OpenDescriptor
    ) throws(RenderFailure) -> Int {
        let bytes = try PictureEncoder.encode(picture, as: kind, quality: quality)
        guard bytes.count <= job.limits.resultBytes else {
            throw RenderFailure(.destination, "The result is larger than \(job.limits.resultBytes) bytes.")
        }
        do {
            try bytes.withUnsafeBytes { try destination.replaceContent(with: $0) }
        } catch {
            throw RenderFailure(.destination, "The result cannot be written: \(error)")
        }
        return bytes.count
    }
}

extension StyleSpec.Format {
    /// The kind to encode, nil for that of the source.
    fileprivate var kind: ImageKind? { ImageKind(rawValue: rawValue) }
}
