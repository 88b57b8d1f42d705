package import Imaging

/// Makes pictures smaller, somewhere else.
package protocol StyleRendering: Sendable {
    /// Makes all styles of a source, each in the destination at its place.
    ///
    /// A source that cannot be rendered is a reply with a failure. With `tellsPhoto`, time and place of the photograph are
    /// read too.
    /// - Throws: `ImagingError` when nobody could look at the source.
    func render(
        _ styles: [StyleSpec],
        source: OpenDescriptor,
        destinations: [OpenDescriptor],
        tellsPhoto: Bool
    ) async throws -> RenderReply
}

/// The worker processes as `StyleRendering`, with the limits of the configuration.
package struct ImageWorkerRendering: StyleRendering {
    private let pool: ImageWorkerPool
    private let limits: ImagingLimits
    private let isUrgent: Bool

    /// Rendering by a pool, whose owner shuts it down after the job queue has stopped; what is urgent goes before the rest.
    package init(pool: ImageWorkerPool, limits: ImagingLimits = ImagingLimits(), isUrgent: Bool = false) {
        self.pool = pool
        self.limits = limits
        self.isUrgent = isUrgent
    }

    /// Makes all styles of a source.
    package func render(
        _ styles: [StyleSpec],
        source: OpenDescriptor,
        destinations: [OpenDescriptor],
        tellsPhoto: Bool
    ) async throws -> RenderReply {
        let job = try RenderJob(styles: styles, limits: limits, tellsPhoto: tellsPhoto)
        return try await pool.render(job, source: source, destinations: destinations, isUrgent: isUrgent)
    }
}
