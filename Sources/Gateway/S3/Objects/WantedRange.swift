import NIOHTTP1
import ObjectStorage
import S3Protocol

/// Which bytes of an object a read asks for: all, a range, or those of one part.
struct WantedRange {
    private enum Choice {
        case whole
        case range(ByteRange)
        /// The part at a position, which begins at an offset.
        case part(Int, offset: Int64, size: Int64)
    }

    private let choice: Choice

    /// The number of the part that a request asks for; nil when it asks for none.
    ///
    /// - Throws: `InvalidRequest` for a range beside it, `InvalidArgument` for what is no number of a part.
    static func partNumber(of request: S3Request) throws(S3Error) -> Int? {
        guard let text = request.http.head.target["partNumber"] else { return nil }
        guard request.http.head.headers["Range"] == nil else { throw .rangeAndPartNumber }
        return try PartNumber(query: text).value
    }

    /// What a request asks for.
    ///
    /// - Throws: as `partNumber(of:)`, `InvalidRange`, and `InvalidPartNumber` for a part that the object does not have.
    init(_ request: S3Request, _ record: ObjectRecord) throws {
        guard let number = try Self.partNumber(of: request) else {
            let range = request.http.head.headers["Range"]
            choice = try ByteRange(header: range, size: record.size).map(Choice.range) ?? .whole
            return
        }
        let parts = record.parts.isEmpty ? [ObjectPart(number: 1, size: record.size)] : record.parts
        guard number <= parts.count else { throw S3Error.invalidPartNumber(number, count: parts.count) }
        let offset = parts.prefix(number - 1).reduce(0) { $0 + $1.size }
        choice = .part(number - 1, offset: offset, size: parts[number - 1].size)
    }

    /// Whether it is answered as a part of the whole.
    var isPartial: Bool {
        if case .whole = choice { false } else { true }
    }

    /// Whether it is a part without content.
    var isEmptyPart: Bool {
        if case .part(_, _, size: 0) = choice { true } else { false }
    }

    /// The bytes; nil for all, and for none of an empty part.
    var bytes: ByteRange? {
        switch choice {
        case .whole: nil
        case .range(let range): range
        case .part(_, _, size: 0): nil
        case .part(_, let offset, let size):
            ByteRange(first: offset, last: offset + size - 1)
        }
    }

    /// The checksum that goes with these bytes: the object's with all of them, a part's own with one of many.
    func checksumHeaders(of record: ObjectRecord) -> HTTPHeaders {
        guard case .part(let position, _, _) = choice, !record.parts.isEmpty else {
            return bytes == nil || bytes?.count == record.size ? record.checksumHeaders : [:]
        }
        guard record.checksumType == .composite, let checksum = record.parts[position].checksum else { return [:] }
        return [
            checksum.algorithm.headerName: checksum.base64,
            "x-amz-checksum-type": record.checksumType.rawValue,
        ]
    }

    /// How many parts an object has that came in parts, told when one of them is asked for.
    func partHeaders(of record: ObjectRecord) -> HTTPHeaders {
        guard case .part = choice, !record.parts.isEmpty else { return [:] }
        return ["x-amz-mp-parts-count": "\(record.parts.count)"]
    }
}
