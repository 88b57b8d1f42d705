/// What became of each entry of DeleteObjects, to be written as a `DeleteResult` document.
package struct DeleteObjectsResult: Sendable {
    /// What became of one entry.
    package enum Outcome: Sendable {
        /// It is gone, or was not there; with the delete marker that was made, or that was itself deleted.
        case deleted(marker: VersionID?)
        /// It could not be deleted.
        case failed(S3Error)
    }

    /// The entries in the order of the request, each with its outcome.
    package let outcomes: [(entry: DeleteObjectsRequest.Entry, outcome: Outcome)]
    /// Whether only what failed is written.
    package let isQuiet: Bool

    /// A result of these outcomes.
    package init(outcomes: [(entry: DeleteObjectsRequest.Entry, outcome: Outcome)], isQuiet: Bool) {
        self.outcomes = outcomes
        self.isQuiet = isQuiet
    }

    /// The `DeleteResult` document.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "DeleteResult") { xml in
            for (entry, outcome) in outcomes {
                switch outcome {
                case .deleted(let marker): if !isQuiet { write(entry, marker: marker, to: xml) }
                case .failed(let error): write(entry, error, to: xml)
                }
            }
        }
    }

    private func write(_ entry: DeleteObjectsRequest.Entry, marker: VersionID?, to xml: XMLDocument) {
        xml.element("Deleted") { element in
            element.text("Key", entry.key)
            element.text("VersionId", ifPresent: entry.version)
            guard let marker else { return }
            element.text("DeleteMarker", "true")
            element.text("DeleteMarkerVersionId", marker.text)
        }
    }

    private func write(_ entry: DeleteObjectsRequest.Entry, _ error: S3Error, to xml: XMLDocument) {
        xml.element("Error") { element in
            element.text("Key", entry.key)
            element.text("VersionId", ifPresent: entry.version)
            element.text("Code", error.code.rawValue)
            element.text("Message", error.message)
        }
    }
}
