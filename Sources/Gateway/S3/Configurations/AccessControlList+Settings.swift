import FoundationEssentials
import ObjectStorage
import S3Protocol

/// Lists as the store keeps them with objects: JSON text.
extension AccessControlList {
    /// The list of a text that `jsonText` gave; nil for any other.
    init?(jsonText text: String) {
        guard let list = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = list
    }

    /// The list as JSON.
    func jsonText() throws(S3Error) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            throw .internalError("cannot write the access control list: \(error)")
        }
    }
}

extension AccessControlList {
    /// Refuses a list that a bucket of these settings does not take, for itself or for its objects.
    ///
    /// - Throws: `AccessControlListNotSupported`, `AccessDenied` when it is public and the bucket blocks such.
    func check(_ settings: BucketSettings, bucketOwner: String, _ services: S3Services) throws(S3Error) {
        try check(settings.ownership ?? services.defaultOwnership, bucketOwner: bucketOwner)
        guard !isPublic || settings.publicAccessBlock?.blockPublicAcls != true else {
            throw .accessDenied().because("the bucket's public access block refuses public ACLs")
        }
    }
}

extension S3Services {
    /// Who owns the objects of a bucket.
    func ownership(of bucket: Bucket) -> ObjectOwnership {
        bucket.settings.ownership ?? defaultOwnership
    }

    /// The list of a bucket, as it counts before a public access block.
    func accessControlList(of bucket: Bucket) -> AccessControlList {
        guard ownership(of: bucket) != .bucketOwnerEnforced, let list = bucket.settings.accessControl else {
            return .private(owner: bucket.owner)
        }
        return list
    }

    /// The list of an object with these attributes, as it counts before a public access block.
    ///
    /// Text that cannot be read gives nothing away.
    func accessControlList(of attributes: ObjectAttributes, in bucket: Bucket) -> AccessControlList {
        guard ownership(of: bucket) != .bucketOwnerEnforced else { return .private(owner: bucket.owner) }
        return attributes.accessControl.flatMap { AccessControlList(jsonText: $0) }
            ?? .private(owner: attributes.owner ?? bucket.owner)
    }

    /// What a list in a request can be about.
    func listContext(
        _ resource: AccessControlList.Resource,
        owner: String,
        in bucket: Bucket,
        for request: S3Request
    ) -> AccessControlList.Context {
        listContext(
            resource,
            owner: owner,
            bucketOwner: bucket.owner,
            callerID: request.authenticated.identity.userID
        )
    }

    /// What a list can be about that this caller sends.
    func listContext(
        _ resource: AccessControlList.Resource,
        owner: String,
        bucketOwner: String,
        callerID: String
    ) -> AccessControlList.Context {
        let known = [ownerID, owner, bucketOwner, callerID, CannedACL.machineImages]
        return AccessControlList.Context(resource, owner: owner, bucketOwner: bucketOwner) { [authorizer] id in
            known.contains { ByteText.equal($0, id) } || authorizer.displayName(of: id) != nil
        }
    }
}
