extension S3Operation {
    /// All the actions that policies must allow for a request of this operation; the preflight has none.
    ///
    /// A version takes the place of the object in the action's name, as AWS has it: who may read versions need not be
    /// allowed to read what is current. DeleteObjects asks for each entry of its document, a form for its fields as if
    /// they were headers. Of a copy this is the destination; see `sourceActions`.
    ///
    /// - Parameters:
    ///   - hasVersion: Whether the request names a version.
    ///   - headers: The request's headers; of several lines of one name any counts.
    package func requiredActions(hasVersion: Bool, headers: HeaderList) -> [String] {
        guard !action.isEmpty else { return [] }
        var actions = ownActions(hasVersion: hasVersion)
        for row in Self.headerActions where row.operations.contains(self) {
            guard headers.fields.contains(where: row.isAsked) else { continue }
            actions += row.actions.filter { !actions.contains($0) }
        }
        return actions
    }

    /// The action that policies must allow on the source of a copy or of a new name; nothing for other operations.
    ///
    /// A rename deletes its source too, which has to be asked for as any deletion.
    package func sourceActions(hasVersion: Bool) -> [String] {
        guard [.copyObject, .uploadPartCopy, .renameObject].contains(self) else { return [] }
        return [hasVersion ? "s3:GetObjectVersion" : "s3:GetObject"]
    }

    private func ownActions(hasVersion: Bool) -> [String] {
        let plain = self == .getObjectAttributes ? ["s3:GetObject", action] : [action]
        return hasVersion ? plain.map { Self.versionActions[$0] ?? $0 } : plain
    }

    private static let versionActions = [
        "s3:GetObject": "s3:GetObjectVersion", "s3:DeleteObject": "s3:DeleteObjectVersion",
        "s3:GetObjectAcl": "s3:GetObjectVersionAcl", "s3:PutObjectAcl": "s3:PutObjectVersionAcl",
        "s3:GetObjectTagging": "s3:GetObjectVersionTagging", "s3:PutObjectTagging": "s3:PutObjectVersionTagging",
        "s3:DeleteObjectTagging": "s3:DeleteObjectVersionTagging", "s3:GetObjectTorrent": "s3:GetObjectVersionTorrent",
        "s3:GetObjectAttributes": "s3:GetObjectVersionAttributes",
    ]
}

// MARK: - Headers

extension S3Operation {
    /// What a header adds to the actions.
    private struct HeaderAction: Sendable {
        let actions: [String]
        /// The names of the header; one that ends with `-` stands for all that begin so.
        let names: [String]
        /// Whether the header counts only with the value `true`.
        var onlyIfTrue = false
        let operations: Set<S3Operation>

        func isAsked(by field: HeaderList.Field) -> Bool {
            let sent = field.lowercasedName
            guard names.contains(where: { $0.hasSuffix("-") ? ByteText.hasPrefix(sent, $0) : ByteText.equal(sent, $0) })
            else { return false }
            return !onlyIfTrue || ByteText.equal(ByteText.lowercasedASCII(ByteText.trimmed(field.value)), "true")
        }
    }

    private static let acl = ["x-amz-acl", "x-amz-grant-"]
    private static let writes: Set<S3Operation> = [.putObject, .postObject, .copyObject, .createMultipartUpload]

    private static let headerActions = [
        HeaderAction(actions: ["s3:PutObjectAcl"], names: acl, operations: writes),
        HeaderAction(actions: ["s3:PutObjectAcl"], names: ["acl"], operations: [.postObject]),
        HeaderAction(actions: ["s3:PutObjectTagging"], names: ["x-amz-tagging"], operations: writes),
        HeaderAction(actions: ["s3:PutObjectTagging"], names: ["tagging"], operations: [.postObject]),
        HeaderAction(
            actions: ["s3:PutObjectRetention"],
            names: ["x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"],
            operations: writes
        ),
        HeaderAction(
            actions: ["s3:PutObjectLegalHold"],
            names: ["x-amz-object-lock-legal-hold"],
            operations: writes
        ),
        HeaderAction(
            actions: ["s3:BypassGovernanceRetention"],
            names: ["x-amz-bypass-governance-retention"],
            onlyIfTrue: true,
            operations: [.deleteObject, .deleteObjects, .putObjectRetention]
        ),
        HeaderAction(actions: ["s3:PutBucketAcl"], names: acl, operations: [.createBucket]),
        HeaderAction(
            actions: ["s3:PutBucketOwnershipControls"],
            names: ["x-amz-object-ownership"],
            operations: [.createBucket]
        ),
        HeaderAction(
            actions: ["s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"],
            names: ["x-amz-bucket-object-lock-enabled"],
            onlyIfTrue: true,
            operations: [.createBucket]
        ),
    ]
}
