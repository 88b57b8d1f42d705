/// What the operator decided about signatures.
package struct VerificationPolicy: Sendable {
    /// How far a request's time may lie from ours, either way.
    package static let maximumSkewSeconds: Int64 = 15 * 60
    /// The longest life of a presigned URL of version 4: seven days.
    package static let maximumPresignedSeconds: Int64 = 604_800

    /// The region that signatures must be for; nil accepts every region.
    package var region: String?
    /// Regions accepted beside `region`, such as `us-east-1` for GetBucketLocation.
    package var alsoAcceptedRegions: [String]
    /// Whether `Authorization: AWS …` is accepted.
    package var allowsVersion2Header: Bool
    /// Whether URLs presigned with version 2 are accepted.
    package var allowsVersion2Query: Bool
    /// Whether form uploads signed with version 2 are accepted.
    package var allowsVersion2Form: Bool

    /// A policy; by default every region, and version 2 in query and form only, since boto3 still presigns with it.
    package init(
        region: String? = nil,
        alsoAcceptedRegions: [String] = [],
        allowsVersion2Header: Bool = false,
        allowsVersion2Query: Bool = true,
        allowsVersion2Form: Bool = true
    ) {
        self.region = region
        self.alsoAcceptedRegions = alsoAcceptedRegions
        self.allowsVersion2Header = allowsVersion2Header
        self.allowsVersion2Query = allowsVersion2Query
        self.allowsVersion2Form = allowsVersion2Form
    }

    /// Holds a credential's region against the policy; the form surface calls it too.
    package func check(_ scope: CredentialScope) throws(CredentialFault) {
        guard let region, !ByteText.equal(region, scope.region) else { return }
        guard !alsoAcceptedRegions.contains(where: { ByteText.equal($0, scope.region) }) else { return }
        throw .region(scope.region, expected: region)
    }

    static func isSkewed(_ date: Timestamp, now: Timestamp) -> Bool {
        date > now.advanced(bySeconds: maximumSkewSeconds) || date < now.advanced(bySeconds: -maximumSkewSeconds)
    }
}
