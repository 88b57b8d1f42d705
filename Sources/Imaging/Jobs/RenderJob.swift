/// One source and the styles to make of it; the files travel beside it as descriptors.
package struct RenderJob: Hashable, Sendable, Codable {
    /// The most styles of one job: their descriptors go in one message.
    package static let maximumStyles = 32

    package let styles: [StyleSpec]
    package private(set) var limits: ImagingLimits
    /// Whether time and position of the photograph are told.
    package let tellsPhoto: Bool
    /// The kind of video that the source, a PNG, is a frame of; nil when the source is what was uploaded.
    package private(set) var video: ImageKind?

    /// A job.
    ///
    /// - Throws: `ImagingError` with `invalidJob` without a style or with more than `maximumStyles`.
    package init(styles: [StyleSpec], limits: ImagingLimits = ImagingLimits(), tellsPhoto: Bool = false) throws {
        guard (1...Self.maximumStyles).contains(styles.count) else {
            throw ImagingError(.invalidJob, "A job takes 1 to \(Self.maximumStyles) styles, not \(styles.count).")
        }
        self.styles = styles
        self.limits = limits
        self.tellsPhoto = tellsPhoto
    }

    /// The same job on a frame of a video; the frame may have as many bytes as it takes.
    func onFrame(of video: ImageKind) -> RenderJob {
        var job = self
        job.video = video
        job.limits.sourceBytes = max(limits.sourceBytes, limits.frameBytes)
        return job
    }
}
