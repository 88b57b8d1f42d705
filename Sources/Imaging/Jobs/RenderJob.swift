/// One source and the styles to make of it; the files travel beside it as descriptors.
package struct RenderJob: Hashable, Sendable, Codable {
    /// The most styles of one job: their descriptors go in one message.
    package static let maximumStyles = 32

    package let styles: [StyleSpec]
    package let limits: ImagingLimits
    /// Whether time and position of the photograph are told.
    package let tellsPhoto: Bool

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
}
