package import S3Protocol

/// How content goes to a remote: in one request, or in parts where it is long; pure.
package struct UploadPlan: Hashable, Sendable {
    /// Content beyond this length goes in parts of it.
    package var partLength: Int64
    /// How many parts of one object are sent at a time.
    package var transfers: Int
    /// How long the remote may take to put the parts together, in which some say nothing.
    package var completion: Duration

    /// A plan of these numbers.
    package init(partLength: Int64 = 64 << 20, transfers: Int = 4, completion: Duration = .seconds(600)) {
        self.partLength = partLength
        self.transfers = transfers
        self.completion = completion
    }

    /// The parts of so many bytes; nil for content that goes in one request.
    ///
    /// Parts become longer where 10,000 would not suffice. A checksum of the whole that does not follow from those of
    /// parts is kept by one request, as far as one may bring it.
    package func parts(of length: Int64, checksum: ChecksumAlgorithm? = nil) -> [Range<Int64>]? {
        let isKeptByParts = checksum?.multipartTypes.contains(.fullObject) ?? true
        guard length > (isKeptByParts ? partLength : MultipartLimits.maximumPartSize) else { return nil }
        let longest = Self.suffices(partLength, for: length) ? partLength : Self.shortestPart(of: length)
        return stride(from: 0, to: length, by: Int64.Stride(longest)).map { $0..<min($0 + longest, length) }
    }

    private static func suffices(_ part: Int64, for length: Int64) -> Bool {
        (length + part - 1) / part <= Int64(MultipartLimits.maximumParts)
    }

    /// The length, in whole MiB, that 10,000 parts suffice for.
    private static func shortestPart(of length: Int64) -> Int64 {
        let parts = Int64(MultipartLimits.maximumParts)
        let (least, unit) = ((length + parts - 1) / parts, Int64(1) << 20)
        return (least + unit - 1) / unit * unit
    }
}
