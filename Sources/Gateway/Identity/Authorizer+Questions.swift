import Attachments
package import ObjectStorage
package import S3Protocol

/// What others ask, before they act or answer.
extension Authorizer {
    private static let documentOperations: Set<S3Operation> = [
        .createBucket, .putObjectTagging, .putObjectRetention, .putObjectLegalHold,
    ]

    /// Whether the caller of a read may also do this, which shows it more of the object.
    package func permits(_ action: String, of request: S3Request) async -> Bool {
        do {
            try await authorize(try AccessRequest(request), actions: [action])
            return true
        } catch {
            return false
        }
    }

    /// The error that the caller is told: who may not list a bucket does not learn that there is no such key.
    func told(_ error: any Error, of request: S3Request) -> any Error {
        guard let refusal = (error as? any S3ErrorConvertible)?.s3Error,
            ["NoSuchKey", "NoSuchVersion"].contains(refusal.code), request.address.key != nil,
            ["GET", "HEAD"].contains(request.http.head.method),
            let access = try? AccessRequest(request), let matter = try? matter(of: access), !mayList(matter)
        else { return error }
        return S3Error.accessDenied().because(
            "there is no such key, which the caller is not told without s3:ListBucket on the bucket"
        )
    }

    /// Whether a policy looks into the document of the request, which has to be read before it is decided then.
    func asksForDocument(of request: S3Request) -> Bool {
        guard Self.documentOperations.contains(request.operation),
            let access = try? AccessRequest(request), let matter = try? matter(of: access)
        else { return false }
        return matter.asksForDocument
    }

    /// The buckets that ListBuckets shows the caller, by name: its own and those that its policy lets it list; all to
    /// the root.
    ///
    /// - Parameter others: Buckets that the store does not list.
    package func visibleBuckets(to request: S3Request, beside others: [Bucket] = []) throws -> [Bucket] {
        let identity = request.authenticated.identity
        let buckets = others.isEmpty ? store.buckets() : (store.buckets() + others).sorted { $0.name < $1.name }
        guard identity.kind != .root else { return buckets }
        let access = try AccessRequest(request)
        return buckets.filter { bucket in
            guard !identity.isUser(bucket.owner) else { return true }
            var listing = access
            listing.bucket = bucket.name
            guard let matter = try? matter(of: listing.listing) else { return false }
            return matter.isListedByOwnPolicy
        }
    }

    /// The canonical id to keep as the owner of what the caller makes in a bucket; nil when that is the bucket's owner.
    ///
    /// `acl` is the canned list that the caller asks for.
    package func ownedID(_ identity: Identity, in bucket: BucketName, acl: String?) -> String? {
        guard let bucket = try? store.bucket(bucket), !ByteText.equal(identity.userID, bucket.owner) else { return nil }
        switch bucket.settings.ownership ?? defaultOwnership {
        case .bucketOwnerEnforced: return nil
        case .bucketOwnerPreferred where acl == CannedACL.bucketOwnerFullControl.rawValue: return nil
        case .bucketOwnerPreferred, .objectWriter: return identity.userID
        }
    }

    /// As `ownedID(_:in:acl:)`, of what a request makes.
    package func ownedID(of request: S3Request) -> String? {
        guard let bucket = request.address.bucket else { return nil }
        return ownedID(request.authenticated.identity, in: bucket, acl: request.header("x-amz-acl"))
    }

    /// The name that is shown for a canonical id; nil when there is no such user, or no longer.
    package func displayName(of userID: String) -> String? {
        keys.displayName(of: userID)
    }
}
