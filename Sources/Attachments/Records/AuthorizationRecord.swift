package import S3Protocol

/// The permission to upload under one prefix, as it is kept.
package struct AuthorizationRecord: Equatable, Sendable {
    /// What keys begin with, without a slash at the end: `async_uploads/<uuid>`.
    package let prefix: String
    /// The token that may claim.
    package let tokenID: Int64
    /// The team, the app and the installation that the client named.
    package let context: ClientContext
    /// The bucket that the form is posted to.
    package let bucket: BucketName
    /// The one content type of the form.
    package let contentType: String
    /// The one file name of the form, if it was narrowed to one.
    package let filename: String?
    /// The largest file of the form.
    package let maximumBytes: Int64
    /// When it was given.
    package let created: Timestamp
    /// When the form can no longer be used.
    package let expires: Timestamp
    /// When what was not claimed is removed.
    package let sweepDue: Timestamp
    /// When an upload of it was first claimed.
    package var claimed: Timestamp?
    /// When the removal of what was not claimed began: no claim after it.
    package var closed: Timestamp?

    /// A new authorization, neither claimed nor closed.
    package init(
        prefix: String,
        tokenID: Int64,
        context: ClientContext,
        bucket: BucketName,
        contentType: String,
        filename: String?,
        maximumBytes: Int64,
        created: Timestamp,
        expires: Timestamp,
        sweepDue: Timestamp
    ) {
        self.prefix = prefix
        self.tokenID = tokenID
        self.context = context
        self.bucket = bucket
        self.contentType = contentType
        self.filename = filename
        self.maximumBytes = maximumBytes
        self.created = created
        self.expires = expires
        self.sweepDue = sweepDue
    }
}

/// What a client says of itself in `X-TeamId`, `X-AppId` and `X-InstallationId`; recorded, never trusted.
package struct ClientContext: Equatable, Sendable {
    /// The team.
    package var teamID: String?
    /// The app.
    package var appID: String?
    /// The installation.
    package var installationID: String?

    /// A context of these ids, each cut to 256 characters.
    package init(teamID: String? = nil, appID: String? = nil, installationID: String? = nil) {
        self.teamID = teamID.map { String($0.prefix(256)) }
        self.appID = appID.map { String($0.prefix(256)) }
        self.installationID = installationID.map { String($0.prefix(256)) }
    }
}
