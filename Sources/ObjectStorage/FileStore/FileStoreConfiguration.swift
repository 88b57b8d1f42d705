/// How a `FileStore` is set up.
package struct FileStoreConfiguration: Sendable {
    /// The storage root's path; made when it is missing.
    package var root: String
    /// How many threads may wait for the disk at once.
    package var threadCount: Int
    /// Content up to this many bytes comes along with `open`.
    package var inlineLimit: Int
    /// An index checkpoint is made after this many intents.
    package var checkpointLines: Int
    /// An index checkpoint is made after this many bytes of intents.
    package var checkpointBytes: Int
    /// Content of new objects up to this many bytes goes to disk with the intents, its file later; 0 for none.
    package var loggedBytes: Int
    /// An index checkpoint is made this long after the last one, if anything was written.
    package var checkpointInterval: Duration
    /// Whether success waits for the disk, in buckets that do not say otherwise.
    package var durability: Durability
    /// How long after a scan of the files the next one begins; nil for none at all.
    package var scanInterval: Duration?
    /// How many directories are watched for what is done by hand; 0 for none.
    package var watchedDirectories: Int
    /// How long after a scrub of all content the next one begins; nil for none at all.
    package var scrubInterval: Duration?
    /// How many bytes a second a scheduled scrub reads at most.
    package var scrubRate: Int64
    /// How long after it was begun an upload in parts that nobody completed is removed; nil for never.
    package var multipartExpiry: Duration?
    /// Bytes of the disk that uploads leave free; nil for a fiftieth of it, 8 to 256 MiB.
    package var reservedBytes: UInt64?
    /// Who is told which keys were changed; nil for nobody.
    package var feed: (any ChangeFeed)?

    /// A configuration with the usual values.
    package init(
        root: String,
        threadCount: Int = BlockingPool.defaultThreadCount,
        inlineLimit: Int = 64 * 1024,
        checkpointLines: Int = 16_384,
        checkpointBytes: Int = 64 << 20,
        loggedBytes: Int = 16 * 1024,
        checkpointInterval: Duration = .seconds(30),
        durability: Durability = .strict,
        scanInterval: Duration? = nil,
        watchedDirectories: Int = 0,
        scrubInterval: Duration? = nil,
        scrubRate: Int64 = 16 << 20,
        multipartExpiry: Duration? = nil,
        reservedBytes: UInt64? = nil
    ) {
        self.root = root
        self.threadCount = threadCount
        self.inlineLimit = inlineLimit
        self.checkpointLines = checkpointLines
        self.checkpointBytes = checkpointBytes
        self.loggedBytes = min(loggedBytes, LoggedObject.longestContent)
        self.checkpointInterval = checkpointInterval
        self.durability = durability
        self.scanInterval = scanInterval
        self.watchedDirectories = watchedDirectories
        self.scrubInterval = scrubInterval
        self.scrubRate = scrubRate
        self.multipartExpiry = multipartExpiry
        self.reservedBytes = reservedBytes
    }
}
