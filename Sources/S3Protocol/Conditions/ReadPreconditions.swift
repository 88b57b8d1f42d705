/// The four conditions of a read in S3's order (RFC 9110 section 13.2.2; AWS, "Conditional reads").
package enum ReadPreconditions {
    /// What a read may do.
    package enum Outcome: Equatable, Sendable {
        /// Answer with the object, or the range that was asked for.
        case proceed
        /// Answer 304 without a body.
        case notModified
    }

    /// Holds the conditions in `headers` against an object; dates compare by whole seconds, unreadable ones and an
    /// `If-Modified-Since` in the future do not count.
    ///
    /// - Throws: `PreconditionFailed` with the header's name.
    package static func evaluate(
        _ headers: HeaderList,
        etag: ETag,
        lastModified: Timestamp,
        now: Timestamp
    ) throws(S3Error) -> Outcome {
        if let match = ETagCondition("If-Match", in: headers) {
            guard match.matches(etag, weakly: false) else { throw .preconditionFailed(condition: "If-Match") }
        } else if let date = date("If-Unmodified-Since", in: headers), lastModified.seconds > date.seconds {
            throw .preconditionFailed(condition: "If-Unmodified-Since")
        }
        if let noneMatch = ETagCondition("If-None-Match", in: headers) {
            return noneMatch.matches(etag, weakly: true) ? .notModified : .proceed
        }
        guard let date = date("If-Modified-Since", in: headers), date.seconds <= now.seconds else { return .proceed }
        return lastModified.seconds <= date.seconds ? .notModified : .proceed
    }

    private static func date(_ name: String, in headers: HeaderList) -> Timestamp? {
        headers[name].flatMap { Timestamp(httpDate: ByteText.trimmed($0)) }
    }
}
