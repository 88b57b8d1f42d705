package import Attachments
package import S3Protocol

/// Decides who may do what; the one place that does.
package struct Authorizer: Sendable {
    private let styles: StylesGuard
    private static let readOperations: Set<S3Operation> = [.getObject, .headObject]

    /// An authorizer with this guard.
    package init(styles: StylesGuard) {
        self.styles = styles
    }

    /// Passes when the caller may do this.
    ///
    /// - Throws: `AccessDenied` with the reason.
    package func authorize(
        _ identity: Identity,
        to operation: S3Operation,
        bucket: BucketName?,
        key: ObjectKey?
    ) throws(S3Error) {
        switch identity.kind {
        case .root: break
        case .signer:
            guard operation == .postObject || Self.readOperations.contains(operation) else {
                throw .accessDenied().because("the internal key may read objects and upload by forms, nothing else")
            }
        case .anonymous:
            throw .accessDenied().because("the request is not signed, and nothing here is public")
        }
        guard let bucket, let key, !Self.readOperations.contains(operation) else { return }
        try styles.checkWrite(key, in: bucket)
    }
}
