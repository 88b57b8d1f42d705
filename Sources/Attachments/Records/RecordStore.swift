package import S3Protocol

/// The records of attachments: what cannot be derived from the objects.
///
/// Each method is one transaction, durable when it returns, and blocks no thread of its caller. SQLite is the
/// embedded conformer; several gateways that share records need another.
package protocol RecordStore: Sendable {
    // MARK: Tokens

    /// Keeps a new token and gives it an id that was never used before.
    func insertToken(name: String, digest: [UInt8], created: Timestamp) async throws -> TokenRecord
    /// The token of this digest.
    func token(digest: [UInt8]) async throws -> TokenRecord?
    /// All tokens by id.
    func tokens() async throws -> [TokenRecord]
    /// Removes a token; false when there is none.
    func deleteToken(_ id: Int64) async throws -> Bool
    /// Notes that a token was used.
    func touchToken(_ id: Int64, at now: Timestamp) async throws

    // MARK: Authorizations

    /// Keeps a new authorization.
    func insertAuthorization(_ authorization: AuthorizationRecord) async throws
    /// The authorization of this prefix.
    func authorization(prefix: String) async throws -> AuthorizationRecord?
    /// Closes those that are due and gives them, with those closed before and not finished, the oldest first.
    func closeDueAuthorizations(at now: Timestamp, limit: Int) async throws -> [AuthorizationRecord]
    /// Which of these keys no attachment stands for.
    func unclaimedKeys(_ keys: [ObjectKey], in bucket: BucketName) async throws -> [ObjectKey]
    /// Puts a sweep off that did not succeed, so that it keeps no other waiting.
    func postponeSweep(prefix: String, until time: Timestamp) async throws
    /// Ends a sweep: the authorization goes unless an attachment still comes from it.
    func finishSweep(prefix: String, at now: Timestamp) async throws

    // MARK: Attachments

    /// Makes the attachment, claims its authorization and queues its job; the one that is there already if there is.
    ///
    /// Nil when the authorization has gone or was closed meanwhile. Throws `APIError.queueFull` when so many jobs of the
    /// token wait already.
    func claim(_ new: NewAttachment, queueLimit: Int, at now: Timestamp) async throws -> AttachmentRecord?
    /// The attachment of this id, unless it is being deleted.
    func attachment(_ id: Int64) async throws -> AttachmentRecord?
    /// The attachment of this object, unless it is being deleted.
    func attachment(key: ObjectKey, in bucket: BucketName) async throws -> AttachmentRecord?
    /// A token's attachments by id, and how many there are.
    func attachments(
        ofToken token: Int64,
        offset: Int,
        limit: Int
    ) async throws -> (
        records: [AttachmentRecord], total: Int
    )
    /// Pins the attachment to the object as it is now, forgets its styles and queues a new job in place of any other.
    ///
    /// Nil when the attachment has gone. Changes nothing when it is pinned to that object already, unless `always`.
    func restart(
        _ id: Int64,
        with object: PinnedObject,
        needsStyles: Bool,
        priority: JobRecord.Priority,
        always: Bool,
        at now: Timestamp
    ) async throws -> AttachmentRecord?
    /// Hides the attachment and drops its job, before its objects go.
    func beginDeletion(_ id: Int64) async throws -> AttachmentRecord?
    /// Attachments with a higher id whose deletion began and did not end, by id.
    func unfinishedDeletions(after id: Int64, limit: Int) async throws -> [AttachmentRecord]
    /// Removes the rows of the attachment, after its objects went.
    func finishDeletion(_ id: Int64) async throws
    /// Which of these style objects belong to no attachment any more; those of one with a job are not among them.
    func orphans(among styles: [StyleObject]) async throws -> [StyleObject]

    // MARK: Jobs

    /// Gives the job whose turn it is to the caller, counted as an attempt; nil when none is due, and during a pause.
    func claimJob(at now: Timestamp) async throws -> JobRecord?
    /// When the next queued job may begin, pauses included; nil without one.
    func nextJobTime() async throws -> Timestamp?
    /// Records what came of a job; false when it was replaced or dropped meanwhile, and then nothing changes.
    func completeJob(_ job: JobRecord, _ outcome: JobOutcome, at now: Timestamp) async throws -> Bool
    /// Records that a job did not succeed; false when it was replaced or dropped meanwhile.
    func setBack(_ job: JobRecord, _ setback: JobSetback, at now: Timestamp) async throws -> Bool
    /// Queues again what a stopped process was running, and ends a pause; gives how many jobs there were.
    func requeueRunningJobs() async throws -> Int
    /// Jobs with a higher id, by id.
    func jobs(_ filter: JobFilter, after id: Int64, limit: Int) async throws -> [JobRecord]
    /// Queues so many dead jobs again as if they were new, and ends a pause; gives those.
    func retryJobs(_ filter: JobFilter, at now: Timestamp, limit: Int) async throws -> [JobRecord]
    /// Forgets so many dead jobs; gives how many there were.
    func purgeJobs(_ filter: JobFilter, limit: Int) async throws -> Int
    /// What waits and why.
    func jobBacklog() async throws -> JobBacklog
}

extension RecordStore {
    /// Jobs of a state by id.
    package func jobs(_ state: JobRecord.State, limit: Int) async throws -> [JobRecord] {
        try await jobs(JobFilter(states: [state]), after: 0, limit: limit)
    }

    /// How many jobs there are of each state.
    package func jobCounts() async throws -> [JobRecord.State: Int] {
        try await jobBacklog().counts
    }
}

/// An object under the styles prefix, with the attachment that its key names.
package struct StyleObject: Hashable, Sendable {
    /// The attachment.
    package let attachmentID: Int64
    /// The bucket.
    package let bucket: BucketName
    /// The object's key.
    package let key: ObjectKey

    /// A style object of these parts.
    package init(attachmentID: Int64, bucket: BucketName, key: ObjectKey) {
        self.attachmentID = attachmentID
        self.bucket = bucket
        self.key = key
    }
}
