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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        bytes.append(contentsOf: head.method.utf8)
        bytes.append(Self.lineEnd)
        bytes.append(contentsOf: try Self.path(head.target.rawPath).utf8)
        bytes.append(Self.lineEnd)
        bytes.append(contentsOf: Self.query(head.target.parameters, query).utf8)
        bytes.append(Self.lineEnd)
        Self.append(head.headers, signedHeaders, to: &bytes)
        bytes.append(Self.lineEnd)
        bytes.append(contentsOf: signedHeaders.text.utf8)
        bytes.append(Self.lineEnd)
        bytes.append(contentsOf: payloadHash.utf8)
        self.bytes = bytes
    }

    /// The canonical request as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Its SHA-256 in lower-case hexadecimal.
    package var hash: String { SHA256.hash(data: bytes).withUnsafeBytes { Hex.encode($0) } }

    private static let lineEnd = UInt8(ascii: "\n")

    /// The path decoded once and encoded once; nothing is normalised and a raw `+` is a plus.
    ///
    /// - Throws: `InvalidURI` when an escape is bad or the path is not UTF-8.
    package static func path(_ rawPath: String) throws(S3Error) -> String {
        // Most paths are canonical as they come.
        if !rawPath.isEmpty, PercentEncoding.isCanonicalPath(rawPath) { return rawPath }
        guard let decoded = PercentEncoding.decode(rawPath.utf8, plusIsBlank: false),
            String(validating: decoded, as: UTF8.self) != nil
        else { throw .invalidURI("bad escape in the path") }
        return decoded.isEmpty ? "/" : PercentEncoding.encode(decoded, keepingSlash: true)
    }

    /// The parameters encoded anew and sorted by name, then value; repeats stay, a missing value is an empty one.
    package static func query(_ parameters: [RequestTarget.Parameter], _ form: Query = .whole) -> String {
        guard !parameters.isEmpty else { return "" }
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
        var bytes: [UInt8] = []
        append(headers, signedHeaders, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ headers: HeaderList, _ signedHeaders: SignedHeaderNames, to bytes: inout [UInt8]) {
        let fields = headers.fields
        guard fields.count * signedHeaders.names.count > fewPairs else {
            for name in signedHeaders.names { append(name, of: fields, to: &bytes) }
            return
        }
        // Both are in the order of their names, so that one walk over each is enough, however many an attacker sends.
        let signed = fields.indices.filter { signedHeaders.contains(fields[$0].lowercasedName) }.sorted { left, right in
            let (one, other) = (fields[left].lowercasedName, fields[right].lowercasedName)
            return ByteText.equal(one, other) ? left < right : ByteText.precedes(one, other)
        }
        var (start, end) = (0, 0)
        for (index, name) in signedHeaders.names.enumerated() {
            // A name that is listed twice has its values twice.
            if index == 0 || !ByteText.equal(signedHeaders.names[index - 1], name) { start = end }
            end = start
            bytes.append(contentsOf: name.utf8)
            bytes.append(UInt8(ascii: ":"))
            while end < signed.count, ByteText.equal(fields[signed[end]].lowercasedName, name) {
                if end > start { bytes.append(UInt8(ascii: ",")) }
                append(value: fields[signed[end]].value, to: &bytes)
                end += 1
            }
            bytes.append(lineEnd)
        }
    }

    /// So many comparisons of names cost less than sorting.
    private static let fewPairs = 512

    private static func append(_ name: String, of fields: [HeaderList.Field], to bytes: inout [UInt8]) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: ":"))
        var isFirst = true
        for field in fields where ByteText.equal(field.lowercasedName, name) {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            append(value: field.value, to: &bytes)
        }
        bytes.append(lineEnd)
    }

    /// A header value trimmed, each run of blanks and line folds in it made one blank.
    package static func value(_ raw: String) -> String {
        var bytes: [UInt8] = []
        append(value: raw, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(value raw: String, to bytes: inout [UInt8]) {
        // Most values have no blank.
        let isPlain = ByteText.withBytes(of: raw) { raw in
            guard !raw.contains(where: isBlank) else { return false }
            bytes.append(contentsOf: raw)
            return true
        }
        guard !isPlain else { return }
        let start = bytes.count
        var pendingBlank = false
        for byte in raw.utf8 {
            if isBlank(byte) {
                pendingBlank = bytes.count > start
            } else {
                if pendingBlank { bytes.append(0x20) }
                pendingBlank = false
                bytes.append(byte)
            }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }
}
