/// The conditions that a copy puts on its source (AWS, "CopyObject", `x-amz-copy-source-if-…`).
package enum CopySourcePreconditions {
    /// Holds the conditions in `headers` against the source, in the order of reads; dates compare by whole seconds,
    /// unreadable ones and an `…-if-modified-since` in the future do not count.
    ///
    /// - Throws: `PreconditionFailed` with the header's name, also where a read would be answered 304.
    package static func evaluate(
        _ headers: HeaderList,
        of source: CopySourceHeader = .copy,
        etag: ETag,
        lastModified: Timestamp,
        now: Timestamp
    ) throws(S3Error) {
        let conditions = Conditions(headers: headers, prefix: source.rawValue)
        if let match = conditions.etags("If-Match") {
            guard match.matches(etag, weakly: false) else { throw conditions.failure("If-Match") }
        } else if let date = conditions.date("If-Unmodified-Since"), lastModified.seconds > date.seconds {
            throw conditions.failure("If-Unmodified-Since")
        }
        if let noneMatch = conditions.etags("If-None-Match") {
            guard !noneMatch.matches(etag, weakly: true) else { throw conditions.failure("If-None-Match") }
        } else if let date = conditions.date("If-Modified-Since"), date.seconds <= now.seconds {
            guard lastModified.seconds > date.seconds else { throw conditions.failure("If-Modified-Since") }
        }
    }
}

/// The headers of one request whose names begin with those of its source.
private struct Conditions {
    let headers: HeaderList
    let prefix: String

    func etags(_ name: String) -> ETagCondition? {
        ETagCondition(spelt(name), in: headers)
    }

    func date(_ name: String) -> Timestamp? {
        headers[spelt(name)].flatMap { Timestamp(httpDate: ByteText.trimmed($0)) }
    }

    func failure(_ name: String) -> S3Error {
        .preconditionFailed(condition: spelt(name))
    }

    private func spelt(_ name: String) -> String {
        "\(prefix)-\(name)"
    }
}
