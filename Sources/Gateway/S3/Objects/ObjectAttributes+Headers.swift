import ObjectStorage
import S3Protocol

extension ObjectAttributes {
    /// Media type of an object whose writer named none.
    static let defaultContentType = "binary/octet-stream"

    /// The most bytes of user metadata, names and values together (AWS, "Working with object metadata").
    static let maximumMetadata = 2048

    private static let contentHeaders = [
        "cache-control", "content-disposition", "content-encoding", "content-language", "expires",
    ]

    /// Headers that change what is stored in ways not yet done.
    ///
    /// Refused, since ignoring them would be a lie.
    private static let refusedHeaders = [
        "x-amz-write-offset-bytes"
    ]

    private static let storageClasses: Set<String> = [
        "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER",
        "DEEP_ARCHIVE", "GLACIER_IR",
    ]

    /// What the headers of a PUT set.
    ///
    /// - Throws: `NotImplemented` for what is not honoured, `MetadataTooLarge`, `InvalidStorageClass`,
    ///   `InvalidArgument` for tags.
    init(putting request: S3Request) throws(S3Error) {
        for name in Self.refusedHeaders where request.header(name) != nil { throw .notImplemented(header: name) }
        self.init(headers: try Self.headers(request), metadata: try Self.metadata(request), tags: [])
        if let tagging = request.header("x-amz-tagging") {
            tags = try TagSet(header: tagging).tags.map { Tag(key: $0.key, value: $0.value) }
        }
    }

    private static func headers(_ request: S3Request) throws(S3Error) -> [String: String] {
        var result: [String: String] = [:]
        for name in contentHeaders { result[name] = request.http.head.headers[name] }
        if case .streaming = request.authenticated.payload {
            let values = request.http.head.headers.values("content-encoding")
            result["content-encoding"] = ChunkedFraming.storedContentEncoding(values)
        }
        let type = request.http.head.headers["content-type"] ?? ""
        result["content-type"] = type.isEmpty ? defaultContentType : type
        if let storageClass = request.header("x-amz-storage-class") {
            guard storageClasses.contains(storageClass) else { throw .invalidStorageClass(storageClass) }
            if storageClass != "STANDARD" { result["x-amz-storage-class"] = storageClass }
        }
        if let location = request.header("x-amz-website-redirect-location") {
            guard ["/", "http://", "https://"].contains(where: { ByteText.hasPrefix(location, $0) }) else {
                throw .invalidRedirectLocation
            }
            result["x-amz-website-redirect-location"] = location
        }
        return result
    }

    private static func metadata(_ request: S3Request) throws(S3Error) -> [String: String] {
        let prefix = "x-amz-meta-"
        var result: [String: String] = [:]
        for field in request.headers.fields {
            let name = field.lowercasedName
            guard ByteText.hasPrefix(name, prefix) else { continue }
            let value = EncodedWord.decode(ByteText.trimmed(field.value))
            let key = String(name.dropFirst(prefix.count))
            // A name from the query is decoded, so it could hold what ends a header.
            guard HeaderText.isToken(key) else {
                throw .invalidArgument("The name of a metadata field is invalid.", name: name, value: value)
            }
            result[key] = result[key].map { $0 + "," + value } ?? value
        }
        try checkSize(of: result)
        return result
    }

    /// Refuses user metadata beyond 2 KiB.
    static func checkSize(of metadata: [String: String]) throws(S3Error) {
        let size = metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard size <= maximumMetadata else { throw .metadataTooLarge(size: size) }
    }
}
