/// A refusal in S3's words: the code and status that clients branch on, the text, and the elements between them
/// and the request id.
///
/// Errors are made by the catalogue in the `S3Error+….swift` files beside this one, never spelt out at the place
/// that refuses, so each text exists once.
package struct S3Error: Error, Equatable, Sendable {
    /// The text of `<Code>`; open, so that an upstream's codes pass through.
    package struct Code: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
        /// The code as it stands on the wire.
        package let rawValue: String

        /// A code of this text.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// A code written in the source.
        package init(stringLiteral value: StaticString) { self.rawValue = value.description }
    }

    /// One extra element or header: a name with its value.
    package struct Field: Equatable, Sendable {
        /// The element's or header's name.
        package let name: String
        /// Its text, not yet escaped.
        package let value: String

        /// A field of this name and value.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What SDKs branch on.
    package var code: Code
    /// The HTTP status, 3xx to 5xx.
    package var status: Int
    /// The text for people, as AWS words it.
    package var message: String
    /// Elements that stand between `Message` and `RequestId`, in their order.
    package var details: [Field]
    /// Headers that go with the answer (`Allow`, `x-amz-bucket-region`, `Content-Range`, `Retry-After`).
    package var headers: [Field]
    /// What the operator or caller can do about it, or what was compared; for the log and the `x-larder-reason`
    /// header, never a secret.
    package var reason: String?
    /// What only the log is told, in the place of `reason`; nil when that may be told to everybody.
    package var loggedReason: String?

    /// An error of these parts; call a catalogue function instead.
    init(
        _ code: Code,
        status: Int,
        _ message: String,
        details: [Field] = [],
        headers: [Field] = [],
        reason: String? = nil
    ) {
        self.code = code
        self.status = status
        self.message = message
        self.details = details
        self.headers = headers
        self.reason = reason
    }

    /// The same error with a reason for the log and the `x-larder-reason` header.
    package func because(_ reason: String) -> S3Error {
        var error = self
        error.reason = reason
        return error
    }

    /// The same error with a reason for the `x-larder-reason` header and a longer one for the log.
    package func because(_ reason: String, logged: String) -> S3Error {
        var error = because(reason)
        error.loggedReason = logged
        return error
    }
}

/// An error of another target that knows how S3 would say it; errors meet HTTP through this alone.
package protocol S3ErrorConvertible: Error {
    /// The refusal in S3's words.
    var s3Error: S3Error { get }
}

extension S3Error: S3ErrorConvertible {
    /// Itself.
    package var s3Error: S3Error { self }
}
