package import ObjectStorage
import RemoteS3
import S3Protocol

/// In which parts an object goes to the remote: pure.
package struct PartPlan: Sendable, Equatable {
    /// One part.
    package struct Part: Sendable, Equatable {
        /// Its number.
        package let number: Int
        /// Its bytes.
        package let range: Range<Int64>
    }

    /// The parts in order.
    package let parts: [Part]
    /// The bytes of each part but the last; 0 where they are those that the object was uploaded in.
    package let size: Int64

    /// The parts of an object; nil for one that goes as a whole.
    ///
    /// One that was uploaded in parts goes in the same, so that both sides have the same entity tag; else a long one goes in
    /// parts of `bytes`, or larger ones where that were too many.
    package init?(_ record: ObjectRecord, bytes: Int64) {
        if let own = Self.own(record) {
            (parts, size) = (own, 0)
            return
        }
        guard let ranges = UploadPlan(partLength: bytes).parts(of: record.size) else { return nil }
        size = ranges.first.map { Int64($0.count) } ?? 0
        parts = ranges.enumerated().map { Part(number: $0.offset + 1, range: $0.element) }
    }

    private static func own(_ record: ObjectRecord) -> [Part]? {
        guard !record.parts.isEmpty, record.parts.dropLast().allSatisfy({ $0.size >= MultipartLimits.minimumPartSize }),
            record.parts.allSatisfy({ $0.size <= MultipartLimits.maximumPartSize && $0.size > 0 })
        else { return nil }
        var (parts, offset): ([Part], Int64) = ([], 0)
        for part in record.parts {
            parts.append(Part(number: part.number, range: offset..<offset + part.size))
            offset += part.size
        }
        return offset == record.size ? parts : nil
    }
}
