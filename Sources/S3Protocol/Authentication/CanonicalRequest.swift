import Crypto

/// The bytes that a SigV4 signature covers: method, path, query, headers and payload hash in one fixed spelling.
///
/// Source: AWS, "Signature calculations: authenticating requests", `CanonicalRequest`, with S3's exceptions: the path
/// is encoded once and never normalised. It is made from the request as sent.
package struct CanonicalRequest: Sendable, Equatable {
    /// Which parameters the canonical query leaves out.
    package enum Query: Sendable {
        /// None: the signature is in the headers.
        case whole
        /// `X-Amz-Signature`: the request is presigned.
        case withoutSignature
    }

    /// The canonical request as it is hashed.
    package let bytes: [UInt8]

    /// The canonical form of `head` for these signed headers and this payload hash line.
    ///
    /// - Throws: `InvalidURI` when the path has a bad escape or is not UTF-8.
    package init(
        _ head: RequestHead,
        signedHeaders: SignedHeaderNames,
        payloadHash: String,
        query: Query = .whole
    ) throws(S3Error) {
        var text = head.method + "\n"
        text += try Self.path(head.target.rawPath) + "\n"
        text += Self.query(head.target.parameters, query) + "\n"
        text += Self.headers(head.headers, signedHeaders) + "\n"
        text += signedHeaders.text + "\n" + payloadHash
        bytes = Array(text.utf8)
    }

    /// The canonical request as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Its SHA-256 in lower-case hexadecimal.
    package var hash: String { Hex.encode(SHA256.hash(data: bytes)) }

    /// The path decoded once and encoded once; nothing is normalised and a raw `+` is a plus.
    ///
    /// - Throws: `InvalidURI` when an escape is bad or the path is not UTF-8.
    package static func path(_ rawPath: String) throws(S3Error) -> String {
        guard let decoded = PercentEncoding.decode(rawPath.utf8, plusIsBlank: false),
            String(validating: decoded, as: UTF8.self) != nil
        else { throw .invalidURI("bad escape in the path") }
        return decoded.isEmpty ? "/" : PercentEncoding.encode(decoded, keepingSlash: true)
    }

    /// The parameters encoded anew and sorted by name, then value; repeats stay, a missing value is an empty one.
    package static func query(_ parameters: [RequestTarget.Parameter], _ form: Query = .whole) -> String {
        var pairs: [(name: String, value: String)] = []
        for parameter in parameters {
            if form == .withoutSignature, ByteText.equal(parameter.name, "X-Amz-Signature") { continue }
            pairs.append(
                (
                    PercentEncoding.encode(parameter.name, keepingSlash: false),
                    PercentEncoding.encode(parameter.value, keepingSlash: false)
                )
            )
        }
        pairs.sort { left, right in
            ByteText.equal(left.name, right.name)
                ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
                : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        return pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    /// One line for each signed name: its values in the order received, joined by commas; empty when it was not sent.
    package static func headers(_ headers: HeaderList, _ signedHeaders: SignedHeaderNames) -> String {
        var values: [[UInt8]: [String]] = [:]
        for field in headers.fields {
            let name = ByteText.lowercasedASCII(field.name)
            guard signedHeaders.contains(name) else { continue }
            values[Array(name.utf8), default: []].append(value(field.value))
        }
        var text = ""
        for name in signedHeaders.names {
            text += name + ":" + (values[Array(name.utf8)] ?? []).joined(separator: ",") + "\n"
        }
        return text
    }

    /// A header value trimmed, each run of blanks and line folds in it made one blank.
    package static func value(_ raw: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.utf8.count)
        var pendingBlank = false
        for byte in raw.utf8 {
            switch byte {
            case 0x20, 0x09, 0x0D, 0x0A: pendingBlank = !bytes.isEmpty
            default:
                if pendingBlank { bytes.append(0x20) }
                pendingBlank = false
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
