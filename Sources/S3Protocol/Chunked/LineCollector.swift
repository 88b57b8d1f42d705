/// Collects lines of framing that may be split over pieces; bounded.
struct LineCollector: Sendable {
    /// A line without its end.
    struct Line: Sendable, Equatable {
        let bytes: [UInt8]
        /// Whether it ended in CRLF, not in LF alone.
        let endsWithCR: Bool
    }

    private let limit: Int
    private var partial: [UInt8] = []

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether no line has begun.
    var isEmpty: Bool { partial.isEmpty }

    /// Reads on from `offset` to the end of the line, or of the piece; nil when the line goes on.
    ///
    /// - Throws: `IncompleteBody` when the line is longer than the limit.
    mutating func next(in bytes: UnsafeRawBufferPointer, from offset: inout Int) throws(S3Error) -> Line? {
        let room = min(bytes.count, offset + limit - partial.count + 1)
        let end = bytes[offset..<room].firstIndex(of: UInt8(ascii: "\n"))
        partial.append(contentsOf: bytes[offset..<(end ?? room)])
        offset = end.map { $0 + 1 } ?? room
        guard partial.count <= limit else { throw .chunkedBodyTerminated("a line of framing that is too long") }
        guard end != nil else { return nil }
        defer { partial = [] }
        guard partial.last == UInt8(ascii: "\r") else { return Line(bytes: partial, endsWithCR: false) }
        return Line(bytes: Array(partial.dropLast()), endsWithCR: true)
    }
}
