import Imaging
import NIOCore
import ObjectStorage
import S3Protocol

/// Makes the styles of one attachment and keeps them as objects; the records are the caller's.
struct StyleMaker: Sendable {
    /// How it ended, when somebody did look at the original.
    enum Ending: Sendable {
        /// Styles were made, all or some.
        case made(JobOutcome)
        /// Another object is there than the attachment is pinned to.
        case changed(PinnedObject)
        /// There is no original.
        case missing
        /// Rendering failed in a way that may end differently the next time.
        case interrupted(RenderFailure)
    }

    let configuration: AttachmentsConfiguration
    let objects: any ObjectStore
    let renderer: any StyleRendering

    /// Renders all styles that are not there yet from one decode and stores them.
    ///
    /// - Throws: `ImagingError` when there is no worker; errors of the object store.
    func make(_ record: AttachmentRecord) async throws -> Ending {
        guard let original = try await open(record) else { return .missing }
        let found = PinnedObject(original.record, in: record.object.bucket)
        guard found == record.object else { return .changed(found) }
        let wanted = configuration.styles(of: record.object.key, in: record.object.bucket)
        let kept = try await kept(of: wanted, record)
        let styles = wanted.filter { style in !kept.contains { ByteText.equal($0.name, style.name) } }
        guard !styles.isEmpty else { return .made(JobOutcome(picture: nil, styles: kept, failure: nil)) }
        let files = try styles.map { _ in try OpenDescriptor.inMemory() }
        let reply = try await renderer.render(
            styles,
            source: try OriginalFile.descriptor(of: original.content),
            destinations: files,
            tellsPhoto: configuration.tellsPhotos
        )
        let rendered = zip(styles, files).map { Rendered(style: $0, file: $1) }
        return try await store(reply, rendered, beside: kept, for: record)
    }

    /// The styles that were made of this original by this definition already, and are still there.
    private func kept(of wanted: [StyleSpec], _ record: AttachmentRecord) async throws -> [StyleRecord] {
        var kept: [StyleRecord] = []
        for style in record.styles where style.isOne(of: wanted, for: record.object) {
            guard let there = try await objects.pinned(style.key, in: record.object.bucket) else { continue }
            if there.byteSize == style.byteSize { kept.append(style) }
        }
        return kept
    }

    private struct Rendered {
        let style: StyleSpec
        let file: OpenDescriptor
    }

    private func open(_ record: AttachmentRecord) async throws -> OpenObject? {
        do {
            return try await objects.open(record.object.key, version: nil, in: record.object.bucket)
        } catch let error where StoreFault(error).isAbsence {
            return nil
        }
    }

    private func store(
        _ reply: RenderReply,
        _ rendered: [Rendered],
        beside kept: [StyleRecord],
        for record: AttachmentRecord
    ) async throws -> Ending {
        let failures = [reply.failure].compactMap(\.self) + reply.styles.compactMap(\.failure)
        if let failure = failures.first(where: \.isWorthRetrying) { return .interrupted(failure) }
        var styles = kept
        for one in rendered {
            guard let picture = reply.style(named: one.style.name)?.picture else { continue }
            styles.append(try await store(picture, one, for: record))
        }
        return .made(
            JobOutcome(
                picture: reply.source.map(PictureFacts.init),
                styles: styles,
                failure: failures.first.map(FailureReason.init),
                usage: reply.usage
            )
        )
    }

    private func store(
        _ picture: RenderReply.Picture,
        _ rendered: Rendered,
        for record: AttachmentRecord
    ) async throws -> StyleRecord {
        try StyleFile.check(rendered.file, holds: picture.bytes)
        let digest = StyleNaming.digest(of: rendered.style, for: record.object)
        let key = try StyleNaming.key(
            prefix: configuration.stylesPrefix,
            attachment: record.id,
            style: rendered.style.name,
            digest: digest,
            kind: picture.kind
        )
        try await upload(rendered.file, picture, as: key, to: record.object.bucket)
        return StyleRecord(
            name: rendered.style.name,
            key: key,
            contentType: picture.contentType,
            width: picture.size.width,
            height: picture.size.height,
            byteSize: Int64(picture.bytes),
            digest: digest
        )
    }

    private func upload(
        _ file: OpenDescriptor,
        _ picture: RenderReply.Picture,
        as key: ObjectKey,
        to bucket: BucketName
    ) async throws {
        let upload = try await objects.beginUpload(of: key, to: bucket, digests: ContentDigests())
        do {
            var offset = 0
            while offset < picture.bytes {
                let chunk = try StyleFile.chunk(of: file, at: offset, atMost: picture.bytes - offset)
                offset += chunk.readableBytes
                try await upload.write(chunk)
            }
            _ = try await upload.commit(Self.attributes(picture), demand: ContentDigestDemand(), precondition: .none)
        } catch {
            await upload.abort()
            throw error
        }
    }

    // The name changes with the content, so a copy never grows old.
    private static func attributes(_ picture: RenderReply.Picture) -> ObjectAttributes {
        ObjectAttributes(headers: [
            "content-type": picture.contentType,
            "cache-control": "private, max-age=31536000, immutable",
        ])
    }
}
