import ForeignDrives
import ObjectStorage
import S3Protocol

extension BucketDraft {
    /// The draft of a bucket of versitygw; its owner here is `owner`.
    init(_ bucket: VersityBucket, named name: String, modified: Timestamp, owner: String) {
        created = modified
        losses = bucket.losses
        settings.versioning = bucket.versioning.map { $0 ? .enabled : .suspended }
        if let lock = bucket.lock, lock.isEnabled { takeLock(lock) }
        takePolicy(bucket.policy, of: name)
        take("cors", bucket.cors, to: \.cors) { document throws(S3Error) in
            try CORSConfiguration(document: document)
        }
        takeTags(bucket.tags)
        settings.ownership = bucket.ownership.flatMap(ObjectOwnership.init(rawValue:))
        if !bucket.website.isEmpty { lose("website", "buckets are no websites here") }
        if let list = bucket.accessList { takeAccess(list, owner) }
    }

    private mutating func takeLock(_ lock: VersityBucket.Lock) {
        settings.versioning = .enabled
        settings.objectLock = ObjectLockConfiguration()
        guard let mode = lock.mode.flatMap({ RetentionMode(rawValue: $0.rawValue) }) else { return }
        let (days, years) = (lock.days ?? 0, lock.years ?? 0)
        switch (days, years) {
        case (1...Int64(DefaultRetention.maximumDays), 0):
            settings.objectLock?.defaultRetention = DefaultRetention(mode: mode, period: .days(Int(days)))
        case (0, 1...Int64(DefaultRetention.maximumYears)):
            settings.objectLock?.defaultRetention = DefaultRetention(mode: mode, period: .years(Int(years)))
        default: lose("lock", "a default retention of \(days) days and \(years) years")
        }
    }

    private mutating func takeTags(_ tags: [ForeignTag]) {
        do throws(S3Error) {
            settings.tags = try TagSet(tags.map { .init($0.key, $0.value) }, of: .bucket).kept
        } catch {
            lose("tags", error.reason ?? error.message)
        }
    }

    /// Grants to everybody are taken over, those to accounts are not: the accounts are not here.
    private mutating func takeAccess(_ list: VersityBucket.AccessList, _ owner: String) {
        var grants: [AccessControlList.Grant] = []
        for grant in list.grants where !ByteText.equal(grant.grantee, list.owner) {
            let permission = AccessControlList.Permission(rawValue: grant.permission)
            if let permission, ByteText.equal(grant.grantee, "all-users") {
                grants.append(.init(.group(.allUsers), permission))
            } else {
                lose("acl", "\(grant.permission) for the account \(grant.grantee)")
            }
        }
        guard !grants.isEmpty else { return }
        guard settings.ownership != .bucketOwnerEnforced else {
            return lose("acl", "grants without effect, as the bucket's owner owns all objects")
        }
        settings.accessControl = AccessControlList(
            owner: owner,
            grants: [.init(.user(owner), .fullControl)] + grants
        )
    }
}
