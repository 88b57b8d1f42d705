/// A list that has a name, as in `x-amz-acl` and the form field `acl` (AWS, "Canned ACL").
package enum CannedACL: String, CaseIterable, Codable, Sendable {
    /// The owner only.
    case `private` = "private"
    /// Everybody may read.
    case publicRead = "public-read"
    /// Everybody may read and write.
    case publicReadWrite = "public-read-write"
    /// Everybody who signs may read.
    case authenticatedRead = "authenticated-read"
    /// The machine images of EC2 may read, which nobody is here.
    case awsExecRead = "aws-exec-read"
    /// The owner of the bucket may read the object.
    case bucketOwnerRead = "bucket-owner-read"
    /// The owner of the bucket may do everything with the object.
    case bucketOwnerFullControl = "bucket-owner-full-control"
    /// The service that writes access logs may use the bucket.
    case logDeliveryWrite = "log-delivery-write"

    /// The canonical id by which S3 shows EC2's machine images.
    package static let machineImages = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"

    /// The list of this name in a header or field that is called `argument`.
    ///
    /// - Throws: `InvalidArgument` without a text when there is none of this name for the resource.
    package init(
        _ text: String,
        for resource: AccessControlList.Resource,
        argument: String = "x-amz-acl"
    ) throws(S3Error) {
        guard let canned = Self(rawValue: text), resource == .bucket || canned != .logDeliveryWrite else {
            throw .invalidArgument("", name: argument, value: text)
                .because("the canned ACLs are \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = canned
    }

    /// The list; for a bucket both owners are the same.
    package func list(owner: String, bucketOwner: String) -> AccessControlList {
        var list = AccessControlList.private(owner: owner)
        for grant in grants(bucketOwner: bucketOwner) where !list.grants.contains(grant) { list.grants.append(grant) }
        return list
    }

    private func grants(bucketOwner: String) -> [AccessControlList.Grant] {
        switch self {
        case .private: []
        case .awsExecRead: [.init(.user(Self.machineImages), .read)]
        case .publicRead: [.init(.group(.allUsers), .read)]
        case .publicReadWrite: [.init(.group(.allUsers), .read), .init(.group(.allUsers), .write)]
        case .authenticatedRead: [.init(.group(.authenticatedUsers), .read)]
        case .bucketOwnerRead: [.init(.user(bucketOwner), .read)]
        case .bucketOwnerFullControl: [.init(.user(bucketOwner), .fullControl)]
        case .logDeliveryWrite: [.init(.group(.logDelivery), .write), .init(.group(.logDelivery), .readACP)]
        }
    }
}
