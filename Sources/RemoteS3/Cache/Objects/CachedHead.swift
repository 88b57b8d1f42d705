import FoundationEssentials
package import S3Protocol

/// What a remote said of an object, as it is kept beside the content: pure.
package struct CachedHead: Sendable, Equatable {
    /// The longest document that is written or read.
    static let longest = 64 << 10

    /// Of the connection, of that one answer, or said anew with each.
    private static let ofTheAnswer = Set([
        "date", "server", "connection", "keep-alive", "content-length", "content-range", "accept-ranges",
        "x-amz-request-id", "x-amz-id-2", "set-cookie", "alt-svc", "age", "via", "warning", "vary",
    ])

    /// What is never sent when an object is asked for, so that what varies with it is the same for all.
    private static let unsent = Set([
        "origin", "access-control-request-headers", "access-control-request-method", "accept-encoding",
    ])

    /// What changes while content and metadata do not.
    private static let changing = Set([
        "x-amz-tagging-count", "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date",
        "x-amz-object-lock-legal-hold", "x-amz-storage-class", "x-amz-restore", "x-amz-expiration",
        "x-amz-replication-status",
    ])
    private static let ofContent = Set([
        "content-type", "content-encoding", "content-disposition", "content-language", "cache-control", "expires",
        "x-amz-website-redirect-location",
    ])
    /// What not every answer tells.
    private static let told =
        ["x-amz-version-id"] + ChecksumAlgorithm.allCases.map(\.headerName)

    private struct Document: Codable {
        var name: String
        var size: Int64
        var headers: [[String]]
    }

    /// How many bytes the content has.
    package let size: Int64
    /// The entity tag as it came, quotes and all.
    package let etag: String
    /// The headers in order, those of the one answer left out.
    package let headers: HeaderList

    /// The head in the answer 200 to GET or HEAD; nil for one that cannot be kept: without a length or a strong entity tag, or
    /// different for each who asks.
    init?(_ response: HeaderList) {
        guard let size = response["Content-Length"].flatMap({ Int64($0) }), size >= 0,
            response["x-amz-server-side-encryption-customer-algorithm"] == nil,
            response.values("Vary").allSatisfy(Self.isOfUnsent)
        else { return nil }
        self.init(size: size, headers: response.fields.filter { !Self.ofTheAnswer.contains($0.lowercasedName) })
    }

    private init?(size: Int64, headers: [HeaderList.Field]) {
        self.headers = HeaderList(headers)
        guard let etag = self.headers["ETag"], etag.utf8.count > 2, ByteText.hasPrefix(etag, "\"") else { return nil }
        self.size = size
        self.etag = etag
    }

    private static func isOfUnsent(_ names: String) -> Bool {
        names.split(separator: ",").allSatisfy { unsent.contains(ByteText.lowercasedASCII(ByteText.trimmed($0))) }
    }

    /// The document of the copy called `name`; nil when it would be too long.
    func document(of name: String) -> [UInt8]? {
        let document = Document(name: name, size: size, headers: headers.fields.map { [$0.name, $0.value] })
        guard let bytes = try? JSONEncoder().encode(document), bytes.count <= Self.longest else { return nil }
        return Array(bytes)
    }

    /// Reads the document of the copy called `name`; nil when it is none, or that of another.
    init?(_ document: [UInt8], of name: String) {
        guard document.count <= Self.longest,
            let read = try? JSONDecoder().decode(Document.self, from: Data(document)),
            ByteText.equal(read.name, name), read.size >= 0, read.headers.allSatisfy({ $0.count == 2 })
        else { return nil }
        self.init(size: read.size, headers: read.headers.map { HeaderList.Field($0[0], $0[1]) })
    }

    /// Whether a later answer is about the same object: content and metadata are those that are kept.
    func isSame(as later: HeaderList) -> Bool {
        guard let etag = later["ETag"], ByteText.equal(etag, self.etag) else { return false }
        // The tag of a copy onto itself stays, its metadata do not; the time tells.
        guard let modified = later["Last-Modified"], let kept = headers["Last-Modified"] else { return true }
        return ByteText.equal(modified, kept)
    }

    /// Whether all that a later answer to HEAD says of the object is as it is kept.
    func isCurrent(_ later: HeaderList) -> Bool {
        isSame(as: later) && later["Content-Length"].flatMap { Int64($0) } == size
            && Self.described(later) == Self.described(headers)
            && Self.told.allSatisfy { name in
                guard let new = later[name], let old = headers[name] else { return true }
                return ByteText.equal(new, old)
            }
    }

    /// What a writer sets, and what changes while content and metadata do not.
    private static func described(_ headers: HeaderList) -> [String] {
        headers.fields.filter { field in
            let name = field.lowercasedName
            return changing.contains(name) || ofContent.contains(name) || ByteText.hasPrefix(name, "x-amz-meta-")
        }.map { "\($0.lowercasedName)\n\($0.value)" }.sorted()
    }

    /// The headers, and the length of the content among them.
    var headersWithLength: HeaderList { headers.appending(HeaderList([("Content-Length", "\(size)")])) }

    /// When the object was changed last.
    package var modified: Timestamp {
        headers["Last-Modified"].flatMap { Timestamp(httpDate: $0) } ?? Timestamp(seconds: 0)
    }

    package static func == (left: CachedHead, right: CachedHead) -> Bool {
        left.size == right.size && left.etag == right.etag
            && left.headers.fields.map { [$0.name, $0.value] } == right.headers.fields.map { [$0.name, $0.value] }
    }
}
