/// What must hold of a key's current version for a write to take place; decided at the commit, under the key's lock.
package enum WritePrecondition: Hashable, Sendable {
    /// Nothing.
    case none
    /// There is no current version (`If-None-Match: *`); a delete marker counts as none.
    case ifAbsent
    /// There is a current version (`If-Match: *`, on DELETE only).
    case ifExists
    /// The current version has this entity tag (`If-Match`).
    case ifMatches(ETag)

    /// Whether a write may take place when there is no current version.
    package var isMetByAbsence: Bool {
        switch self {
        case .none, .ifAbsent: true
        case .ifExists, .ifMatches: false
        }
    }

    /// Holds the precondition against the entity tag of the current version, nil when there is none.
    ///
    /// - Throws: `PreconditionFailed`, or `NoSuchKey` when a version must be there and is not.
    package func check(current: ETag?, key: ObjectKey) throws(S3Error) {
        switch self {
        case .none: return
        case .ifAbsent:
            guard current == nil else { throw .preconditionFailed(condition: "If-None-Match") }
        case .ifExists:
            guard current != nil else { throw .noSuchKey(key) }
        case .ifMatches(let etag):
            guard let current else { throw .noSuchKey(key) }
            guard current == etag else { throw .preconditionFailed(condition: "If-Match") }
        }
    }
}

extension WritePrecondition {
    /// The precondition of PutObject, CopyObject and CompleteMultipartUpload.
    ///
    /// - Throws: `NotImplemented` for values other than S3's: `*` and one tag respectively, never both headers.
    package init(putting headers: HeaderList) throws(S3Error) {
        let (match, noneMatch) = (headers["If-Match"], headers["If-None-Match"])
        guard match == nil || noneMatch == nil else {
            throw .notImplemented(
                header: "If-Match,If-None-Match",
                additionalMessage: "Multiple conditional request headers present in the request"
            )
        }
        if let noneMatch {
            guard ByteText.equal(ByteText.trimmed(noneMatch), "*") else { throw Self.refusedValue("If-None-Match") }
            self = .ifAbsent
        } else if let match {
            guard let etag = Self.singleTag(match) else { throw Self.refusedValue("If-Match") }
            self = .ifMatches(etag)
        } else {
            self = .none
        }
    }

    /// The precondition of DeleteObject.
    ///
    /// - Throws: `NotImplemented` for the headers that only directory buckets know, and for `If-None-Match`.
    package init(deleting headers: HeaderList) throws(S3Error) {
        for name in ["x-amz-if-match-last-modified-time", "x-amz-if-match-size", "If-None-Match"]
        where headers[name] != nil {
            throw .notImplemented(header: name)
        }
        guard let match = headers["If-Match"] else {
            self = .none
            return
        }
        if ByteText.equal(ByteText.trimmed(match), "*") {
            self = .ifExists
        } else {
            guard let etag = Self.singleTag(match) else { throw Self.refusedValue("If-Match") }
            self = .ifMatches(etag)
        }
    }

    private static func singleTag(_ value: String) -> ETag? {
        let text = ByteText.trimmed(value)
        guard !text.isEmpty, !ByteText.equal(text, "*"), !text.utf8.contains(UInt8(ascii: ",")) else { return nil }
        return ETag(text)
    }

    private static func refusedValue(_ header: String) -> S3Error {
        .notImplemented(
            header: header,
            additionalMessage: "We don't accept the provided value of \(header) header for this API"
        )
    }
}
