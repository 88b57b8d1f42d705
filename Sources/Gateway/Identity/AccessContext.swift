import ObjectStorage
import S3Protocol

/// What the condition keys of policies stand for in a request.
///
/// Source: AWS, "Actions, resources, and condition keys for Amazon S3" and "AWS global condition context keys".
struct AccessContext: Sendable {
    /// The request.
    let request: AccessRequest
    /// The tags that the object has; nil when it has none, is not there, or no policy asks.
    let existingTags: [ObjectAttributes.Tag]?
    /// The tags that the bucket has.
    var bucketTags: [ObjectAttributes.Tag] = []

    /// The values of a key in lower case; nil for what the request does not have.
    func values(_ key: String) -> [String]? {
        if ByteText.hasPrefix(key, "aws:") { return global(key).map { [$0] } }
        if ByteText.hasPrefix(key, Self.amz) { return header(Self.rest(of: key, after: "s3:")) }
        if ByteText.hasPrefix(key, Self.requestTag) {
            return Self.values(of: Self.rest(of: key, after: Self.requestTag), in: request.content.tags?.pairs)
        }
        if ByteText.hasPrefix(key, AccessPolicy.existingTag) {
            let tags = existingTags?.map { ($0.key, $0.value) }
            return Self.values(of: Self.rest(of: key, after: AccessPolicy.existingTag), in: tags)
        }
        if ByteText.hasPrefix(key, Self.bucketTag) {
            return Self.values(of: Self.rest(of: key, after: Self.bucketTag), in: bucketTags.map { ($0.key, $0.value) })
        }
        if ByteText.equal(key, "s3:requestobjecttagkeys") { return request.content.tags?.pairs.map(\.0) }
        return service(key).map { [$0] }
    }

    // By bytes: a character of a tag's key may combine with the slash before it.
    private static func rest(of key: String, after prefix: String) -> String {
        String(decoding: key.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    private static let amz = "s3:x-amz-"
    private static let requestTag = "s3:requestobjecttag/"
    private static let bucketTag = "s3:buckettag/"

    private func global(_ key: String) -> String? {
        let http = request.http
        return switch key {
        case "aws:sourceip": http.remoteAddress.isEmpty ? nil : http.remoteAddress
        case "aws:securetransport": String(http.isSecure)
        case "aws:useragent": http.head.headers["User-Agent"]
        case "aws:referer": http.head.headers["Referer"]
        case "aws:currenttime": http.received.iso8601
        case "aws:epochtime": "\(http.received.seconds)"
        case "aws:principalisawsservice", "aws:viaawsservice": "false"
        case "aws:resourceaccount": account
        default: nil
        }
    }

    private func service(_ key: String) -> String? {
        switch key {
        case "s3:prefix", "s3:delimiter", "s3:max-keys": listParameter(Self.rest(of: key, after: "s3:"))
        case "s3:versionid": request.version?.text
        case "s3:signatureversion": request.proof?.version
        case "s3:authtype": request.proof?.method
        case "s3:signatureage": signatureAge
        case "s3:if-match", "s3:if-none-match": request.headers[Self.rest(of: key, after: "s3:")]
        case "s3:objectcreationoperation": createsObject.map { String($0) }
        case "s3:object-lock-mode": request.content.lockMode
        case "s3:object-lock-retain-until-date": request.content.retainUntil?.iso8601
        case "s3:object-lock-remaining-retention-days": remainingDays
        case "s3:object-lock-legal-hold": request.content.legalHold
        case "s3:resourceaccount": account
        case "s3:tlsversion": request.http.tlsVersion
        case "s3:locationconstraint": request.content.location
        default: nil
        }
    }

    private var account: String? { request.bucket == nil ? nil : Identity.account }

    /// The value that operations go by: the first.
    private func header(_ name: String) -> [String]? {
        guard let value = request.headers[name] else { return nil }
        // However a client spells it: with a slash before it, escaped, with a version.
        if ByteText.equal(name, CopySourceHeader.copy.rawValue), let source = try? CopySource(copySource: value) {
            return ["\(source.bucket.string)/\(source.key.string)"]
        }
        return [value]
    }

    private static let listings: Set<S3Operation> = [
        .listObjects, .listObjectsV2, .listObjectVersions, .listMultipartUploads,
    ]

    private func listParameter(_ name: String) -> String? {
        guard Self.listings.contains(request.operation) else { return nil }
        return request.http.head.target[name]
    }

    /// In milliseconds.
    private var signatureAge: String? {
        request.proof?.signed.map { signed in
            "\(max(0, (request.http.received.nanoseconds - signed.nanoseconds) / 1_000_000))"
        }
    }

    /// Whether the operation makes an object, or only takes part in making one in parts.
    private var createsObject: Bool? {
        switch request.operation {
        case .putObject, .postObject, .copyObject, .renameObject, .completeMultipartUpload: true
        case .createMultipartUpload, .uploadPart, .uploadPartCopy: false
        default: nil
        }
    }

    /// Days that have begun count as whole ones.
    private var remainingDays: String? {
        request.content.retainUntil.map { until in
            let seconds = max(0, until.seconds - request.http.received.seconds)
            return "\((seconds + 86_399) / 86_400)"
        }
    }

    /// Names of condition keys have no case, and so the keys of tags in them have none.
    private static func values(of key: String, in tags: [(String, String)]?) -> [String]? {
        let values = tags?.filter { ByteText.equal(ByteText.lowercasedASCII($0.0), key) }.map(\.1)
        return values?.isEmpty == false ? values : nil
    }
}

extension TagSet {
    fileprivate var pairs: [(String, String)] { tags.map { ($0.key, $0.value) } }
}
