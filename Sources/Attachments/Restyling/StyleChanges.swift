import Imaging
import ObjectStorage
import S3Protocol

/// What has to be done for an attachment to have the styles that the configuration says now.
struct StyleChanges: Equatable, Sendable {
    /// Styles to be made: new ones, changed ones, and those whose object has gone.
    let making: [String]
    /// Styles that are not wanted any more.
    let dropping: [String]

    init(_ record: AttachmentRecord, _ configuration: AttachmentsConfiguration, _ objects: any ObjectStore) async throws
    {
        let wanted =
            configuration.needsStyles(record.object)
            ? configuration.styles(of: record.object.key, in: record.object.bucket) : []
        var kept: [String] = []
        for style in record.styles where style.isOne(of: wanted, for: record.object) {
            let there = try await objects.pinned(style.key, in: record.object.bucket)
            if there?.byteSize == style.byteSize { kept.append(style.name) }
        }
        making = wanted.map(\.name).filter { name in !kept.contains { ByteText.equal($0, name) } }
        dropping = record.styles.map(\.name).filter { name in
            !wanted.contains { ByteText.equal($0.name, name) }
        }
    }

    var isEmpty: Bool { making.isEmpty && dropping.isEmpty }

    /// The changes in words.
    var text: String {
        let parts = [("make", making), ("drop", dropping)].filter { !$0.1.isEmpty }
        return parts.map { "\($0.0) \($0.1.joined(separator: ", "))" }.joined(separator: "; ")
    }
}
