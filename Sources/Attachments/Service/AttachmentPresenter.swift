import Imaging
package import S3Protocol

/// Writes attachments as documents, with links that work.
package struct AttachmentPresenter: Sendable {
    private let configuration: AttachmentsConfiguration
    private let signer: StableURLSigner
    private let clock: @Sendable () -> Timestamp

    /// A presenter that signs links by `signer`; styles come in the order of the configuration.
    package init(
        configuration: AttachmentsConfiguration,
        signer: StableURLSigner,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.configuration = configuration
        self.signer = signer
        self.clock = clock
    }

    /// The document of an attachment, its links by the addresses under which the client reaches the server.
    package func document(
        _ record: AttachmentRecord,
        addresses: PublicAddresses
    ) throws -> AttachmentDocument {
        let now = clock()
        let original = try signer.url(
            of: record.object.key,
            in: record.object.bucket,
            contentType: record.object.contentType,
            disposition: DownloadDisposition(
                contentType: record.object.contentType,
                filename: record.filename
            ),
            at: now,
            addresses: addresses
        )
        return AttachmentDocument(
            id: record.id,
            originalURL: original,
            filename: record.filename,
            styleURLs: try sorted(record).map { style in
                (style.name, try url(of: style, record, at: now, addresses: addresses))
            },
            contentType: record.object.contentType,
            byteSize: record.object.byteSize,
            size: record.size,
            picture: record.picture,
            tellsPhoto: configuration.tellsPhotos,
            state: record.state,
            reason: record.reason
        )
    }

    /// The document of a page.
    package func document(
        _ page: AttachmentPage,
        addresses: PublicAddresses
    ) throws -> AttachmentListDocument {
        AttachmentListDocument(try page.records.map { try document($0, addresses: addresses) })
    }

    private func url(
        of style: StyleRecord,
        _ record: AttachmentRecord,
        at now: Timestamp,
        addresses: PublicAddresses
    ) throws -> String {
        try signer.url(
            of: style.key,
            in: record.object.bucket,
            contentType: style.contentType,
            disposition: DownloadDisposition(
                .inline,
                filename: StyleNaming.filename(of: style, original: record.filename)
            ),
            at: now,
            addresses: addresses
        )
    }

    private func sorted(_ record: AttachmentRecord) -> [StyleRecord] {
        let order = configuration.styles(of: record.object.key, in: record.object.bucket).map(\.name)
        return record.styles.sorted { left, right in
            let (one, other) = (order.firstIndex(of: left.name), order.firstIndex(of: right.name))
            return (one ?? .max, left.name) < (other ?? .max, right.name)
        }
    }
}
