package import ObjectStorage
package import RemoteS3
package import S3Protocol

/// What the handlers of S3's operations work with.
///
/// Every handler holds it, so it is made once and shared.
package final class S3Services: Sendable {
    /// The objects and buckets.
    package let store: any Storage
    /// Which buckets are in a remote S3.
    package let remote: RemoteRoutes
    /// Who requests are from.
    package let authenticator: Authenticator
    /// What they may do.
    package let authorizer: Authorizer
    /// The region this server answers for.
    package let region: String
    /// The canonical id of the user who owns what is made here.
    package let ownerID: String
    /// `https` or `http` when clients reach us by a public URL of that scheme, nil for the connection's own.
    package let publicScheme: String?
    /// Who owns the objects of buckets on which that was never set.
    package let defaultOwnership: ObjectOwnership
    /// Whether the operator declares that what lies on disk is encrypted.
    package let isEncryptionDeclared: Bool
    /// How long a day of lifecycle rules is.
    package let lifecycleDay: LifecycleDay
    /// The time.
    package let clock: @Sendable () -> Timestamp

    /// Services of these parts.
    package init(
        store: any Storage,
        remote: RemoteRoutes = .none,
        authenticator: Authenticator,
        authorizer: Authorizer,
        region: String,
        ownerID: String,
        publicScheme: String?,
        defaultOwnership: ObjectOwnership = .bucketOwnerEnforced,
        isEncryptionDeclared: Bool = false,
        lifecycleDay: LifecycleDay = .standard,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.remote = remote
        self.authenticator = authenticator
        self.authorizer = authorizer
        self.region = region
        self.ownerID = ownerID
        self.publicScheme = publicScheme
        self.defaultOwnership = defaultOwnership
        self.isEncryptionDeclared = isEncryptionDeclared
        self.lifecycleDay = lifecycleDay
        self.clock = clock
    }
}

extension S3Services {
    /// `http` or `https`, as the client reaches us.
    func scheme(of request: S3Request) -> String {
        publicScheme ?? (request.http.isSecure ? "https" : "http")
    }

    /// The canonical id of who owns an object: who made it, else the bucket's owner.
    func owner(_ maker: String?, of bucket: BucketName) -> String {
        maker ?? (try? store.bucket(bucket))?.owner ?? ownerID
    }

    /// Who is kept as the owner of what a request makes; nil when that is the bucket's owner.
    func maker(of request: S3Request) -> String? {
        authorizer.ownedID(of: request)
    }

    /// The name that goes with a canonical id.
    func displayName(of userID: String) -> String {
        authorizer.displayName(of: userID) ?? userID
    }
}
