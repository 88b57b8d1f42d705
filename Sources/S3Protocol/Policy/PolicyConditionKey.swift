/// The condition keys, in lower case: what of a request a policy can look at.
enum PolicyConditionKey {
    /// Whether the text has the form of a key: a service, a colon and a name.
    static func isWellFormed(_ key: String) -> Bool {
        let parts = key.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
        return parts[0].utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
            && parts[1].utf8.allSatisfy { $0 > 0x20 && !"\"*?,'${}".utf8.contains($0) }
    }

    /// Whether a policy may have a condition on the key.
    ///
    /// Of S3's own keys only those that exist; of AWS's any, since there are ever more; those of other services in the
    /// policy of a user alone.
    static func isKnown(_ key: String, holder: PolicyHolder) -> Bool {
        if tagFamilies.contains(where: { ByteText.hasPrefix(key, $0) && key.utf8.count > $0.utf8.count }) {
            return true
        }
        guard isWellFormed(key) else { return false }
        if ByteText.hasPrefix(key, "s3:") {
            return ofS3.contains(String(decoding: key.utf8.dropFirst(3), as: UTF8.self))
        }
        if ByteText.hasPrefix(key, "aws:") { return true }
        if case .user = holder { return true }
        return false
    }

    // Tags may have blanks in their keys.
    private static let tagFamilies = [
        "s3:existingobjecttag/", "s3:requestobjecttag/", "s3:buckettag/", "aws:principaltag/", "aws:resourcetag/",
        "aws:requesttag/",
    ]

    // AWS, "Actions, resources, and condition keys for Amazon S3".
    private static let ofS3: Set<String> = [
        "accessgrantsinstancearn", "accesspointnetworkorigin", "accesspointtag", "authtype", "dataaccesspointaccount",
        "dataaccesspointarn", "delimiter", "existingjoboperation", "existingjobpriority", "if-match", "if-none-match",
        "inventoryaccessibleoptionalfields", "jobsuspendedcause", "locationconstraint", "max-keys",
        "object-lock-legal-hold", "object-lock-mode", "object-lock-remaining-retention-days",
        "object-lock-retain-until-date", "objectcreationoperation", "prefix", "requestjoboperation",
        "requestjobpriority", "requestobjecttagkeys", "resourceaccount", "signatureage", "signatureversion",
        "tlsversion", "versionid", "x-amz-acl", "x-amz-content-sha256", "x-amz-copy-source",
        "x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-write",
        "x-amz-grant-write-acp", "x-amz-metadata-directive", "x-amz-object-ownership",
        "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-server-side-encryption-customer-algorithm", "x-amz-storage-class", "x-amz-website-redirect-location",
    ]
}
