package import ObjectStorage
package import S3Protocol

extension Authorizer {
    /// Passes when what comes along with the content of a copy's source may be read there and set here.
    ///
    /// - Parameter carried: What comes along: tags of a copy; tags, lock and list of a rename.
    /// - Throws: as `authorize`.
    package func authorizeCarrying(
        _ carried: ObjectAttributes,
        of request: S3Request,
        from bucket: BucketName,
        _ key: ObjectKey,
        _ version: VersionID?
    ) async throws {
        var destination = try AccessRequest(request)
        if !carried.tags.isEmpty {
            destination.content.tags = try TagSet(carried.tags.map { .init($0.key, $0.value) }, of: .object)
            let reading = version == nil ? "s3:GetObjectTagging" : "s3:GetObjectVersionTagging"
            try await authorize(try AccessRequest(request).source(bucket, key, version), actions: [reading])
        }
        destination.content.lockMode = carried.retention?.mode.rawValue
        destination.content.retainUntil = carried.retention?.retainUntil
        destination.content.legalHold = carried.legalHold.map { ($0 ? LegalHold.on : .off).rawValue }
        try await authorize(destination, actions: carried.actionsToSet)
    }
}

extension ObjectAttributes {
    /// The actions that setting these takes, content and metadata aside.
    fileprivate var actionsToSet: [String] {
        var actions: [String] = []
        if !tags.isEmpty { actions.append("s3:PutObjectTagging") }
        if accessControl != nil { actions.append("s3:PutObjectAcl") }
        if retention != nil { actions.append("s3:PutObjectRetention") }
        if legalHold != nil { actions.append("s3:PutObjectLegalHold") }
        return actions
    }
}
