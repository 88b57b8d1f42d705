package import HTTPTransport

/// What a cache of remote objects keeps, and for how long.
package struct CacheConfiguration: Hashable, Sendable {
    /// How many bytes of objects are kept.
    package var budget: Int64 = 10 << 30
    /// How many objects are kept, whole or in part.
    package var maximumObjects = 100_000
    /// The largest object that is kept; larger ones are passed through.
    package var maximumObjectSize: Int64 = 5 << 29
    /// For how many seconds a copy is used before the remote is asked whether it is still the object.
    package var freshness: Int64 = 60
    /// For how many seconds it is believed that there is no object; 0 for never.
    package var absence: Int64 = 5
    /// For how many seconds a listing is used; 0 for never.
    package var listing: Int64 = 0
    /// How long the remote is waited for when there is a copy to be used in the place of its answer.
    package var timeoutsWithCopy = TransportTimeouts(connect: .seconds(5), firstByte: .seconds(5))
    /// How much of the disk uploads leave free; a cache leaves twice as much.
    package var reservedBytes: UInt64?
    /// How many requests for what is not here are under way at a time.
    package var maximumRequests = 1280

    /// The defaults.
    package init() {}

    /// The length of a block: what is fetched of an object is whole blocks.
    package static let blockLength: Int64 = 1 << 20

    /// For how many seconds a copy is used without asking, once the remote was asked and did not answer.
    static let pauseAfterFailure = Duration.seconds(2)

    /// How many objects' files are held open: those used last.
    static let openObjects = 256

    /// After how many bytes of a fetch it is looked whether the disk has room for as many more.
    static let roomInterval: Int64 = 16 << 20

    /// How many absences, and how many objects too large to be kept, are remembered.
    static let remembered = 10_000
}
