import S3Protocol

/// What the attributes of a bucket's folder tell of it.
///
/// There is no creation date but the folder's own time.
package struct VersityBucket: Hashable, Sendable {
    /// One grant of the access control list.
    package struct Grant: Hashable, Sendable {
        /// What is granted, in the words of S3: `READ`, `WRITE`, `FULL_CONTROL`.
        package let permission: String
        /// An access key, or `all-users`.
        package let grantee: String
        /// `CanonicalUser` or `Group`.
        package let kind: String
    }

    /// The access control list.
    package struct AccessList: Hashable, Sendable {
        /// The owner's access key.
        package let owner: String
        /// The grants in order.
        package let grants: [Grant]
    }

    /// The configuration of object lock.
    package struct Lock: Hashable, Sendable {
        /// Whether object lock is on.
        package let isEnabled: Bool
        /// The default retention, of so many days or years; nil when there is none.
        package let mode: ForeignRetention.Mode?
        /// The default retention's days.
        package let days: Int64?
        /// The default retention's years.
        package let years: Int64?
    }

    /// The access control list.
    package private(set) var accessList: AccessList?
    /// `BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`.
    package private(set) var ownership: String?
    /// The policy in JSON as its owner sent it; empty when not set.
    package private(set) var policy: [UInt8] = []
    /// The `CORSConfiguration` in XML; empty when not set.
    package private(set) var cors: [UInt8] = []
    /// The `WebsiteConfiguration` in XML; empty when not set.
    package private(set) var website: [UInt8] = []
    /// The bucket's tags in byte order of their keys.
    package private(set) var tags: [ForeignTag] = []
    /// True when versioning is enabled, false when suspended, nil when it never was enabled.
    package private(set) var versioning: Bool?
    /// The configuration of object lock.
    package private(set) var lock: Lock?
    /// What cannot be taken over.
    package private(set) var losses: [ImportLoss] = []

    /// Decodes attributes by their names without `user.`; a repeated name counts once, the last time.
    package init(_ attributes: [ForeignAttribute]) {
        let values = Dictionary(attributes.map { ($0.name, $0.value) }) { _, last in last }
        policy = values[VersityAttribute.policy.rawValue] ?? []
        cors = values[VersityAttribute.cors.rawValue] ?? []
        if let value = values[VersityAttribute.acl.rawValue] { readAccessList(value) }
        if let value = values[VersityAttribute.ownership.rawValue] { readOwnership(value) }
        if let value = values[VersityAttribute.website.rawValue] { readWebsite(value) }
        if let value = values[VersityAttribute.tagging.rawValue] { readTags(value) }
        if let value = values[VersityAttribute.versioning.rawValue] { readVersioning(value) }
        if let value = values[VersityAttribute.lock.rawValue] { readLock(value) }
    }

    private mutating func lose(_ subject: String, _ message: String) {
        losses.append(ImportLoss(subject, message))
    }
}

extension VersityBucket {
    private mutating func readAccessList(_ bytes: [UInt8]) {
        let json = VersityJSON.read(bytes)
        guard let owner = json?.member(anyCase: "Owner")?.string else {
            return lose("acl", "the access control list is no JSON with an owner")
        }
        let elements = json?.member(anyCase: "Grantees")?.elements ?? []
        let grants = elements.compactMap(Self.grant)
        if grants.count < elements.count { lose("acl", "a grant is not understood") }
        accessList = AccessList(owner: owner, grants: grants)
    }

    private static func grant(_ json: JSONValue) -> Grant? {
        guard let permission = json.member(anyCase: "Permission")?.string,
            let grantee = json.member(anyCase: "Access")?.string
        else { return nil }
        return Grant(permission: permission, grantee: grantee, kind: json.member(anyCase: "Type")?.string ?? "")
    }

    private mutating func readOwnership(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self),
            ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"].contains(text)
        else { return lose("ownership", "the object ownership is not understood") }
        ownership = text
    }

    private mutating func readWebsite(_ bytes: [UInt8]) {
        do throws(ForeignDriveError) {
            website = try VersityJSON.plain(bytes)
        } catch {
            lose("website", error.message)
        }
    }

    private mutating func readTags(_ bytes: [UInt8]) {
        guard let tags = VersityJSON.tags(bytes) else { return lose("tags", "the tags are no JSON object of strings") }
        self.tags = tags
    }

    private mutating func readVersioning(_ bytes: [UInt8]) {
        guard bytes == [0] || bytes == [1] else { return lose("versioning", "the state is neither 0 nor 1") }
        versioning = bytes == [1]
    }

    private mutating func readLock(_ bytes: [UInt8]) {
        let json = VersityJSON.read(bytes)
        guard let isEnabled = json?.member(anyCase: "Enabled")?.boolean else {
            return lose("lock", "the configuration of object lock is no JSON with a switch")
        }
        let retention = json?.member(anyCase: "DefaultRetention")
        let modeText = retention?.member(anyCase: "Mode")?.string ?? ""
        let mode = ForeignRetention.Mode(rawValue: modeText)
        if mode == nil, !modeText.isEmpty { lose("lock", "the retention mode \(modeText) is not understood") }
        let days = retention?.member(anyCase: "Days")?.integer
        lock = Lock(isEnabled: isEnabled, mode: mode, days: days, years: retention?.member(anyCase: "Years")?.integer)
    }
}
