import NIOHTTP1
import RemoteS3
import S3Protocol

/// The head of a request as it goes on to a remote S3, and that of the answer as it goes back: pure.
enum ForwardedHead {
    /// What says who asks, how long the body is and how it is framed: said anew on our side of the remote.
    private static let ofThisSide = Set([
        "host", "authorization", "x-amz-date", "date", "x-amz-content-sha256", "x-amz-security-token",
        "x-amz-decoded-content-length", "x-amz-trailer", "content-length", "expect", "cookie", "forwarded",
        "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-real-ip",
    ])

    /// Said anew on our side of the client.
    private static let ofThatSide = Set([
        "x-amz-request-id", "x-amz-id-2", "date", "server", "content-length", "set-cookie", "alt-svc",
        "strict-transport-security",
    ])

    /// The headers of a request that go on, those that its presigned URL gives included.
    ///
    /// - Parameters:
    ///   - isFramed: Whether the body came as aws-chunked, which is taken off here.
    ///   - passesOrigin: Whether the remote answers for origins.
    static func request(_ head: RequestHead, isPresigned: Bool, isFramed: Bool, passesOrigin: Bool) -> HeaderList {
        var headers = HeaderList(
            head.headers.fields.filter { field in
                let name = field.lowercasedName
                if ofThisSide.contains(name) || isFramed && name == "content-encoding" { return false }
                return passesOrigin || name != "origin"
            }
        )
        if isFramed, let kept = ChunkedFraming.storedContentEncoding(head.headers.values("Content-Encoding")) {
            headers.append("Content-Encoding", kept)
        }
        return isPresigned ? headers.appending(head.target.amzHeaders) : headers
    }

    /// The headers of an answer that go back.
    ///
    /// - Parameter answersOrigins: Whether this server answers for origins itself.
    static func response(_ headers: HeaderList, region: String, answersOrigins: Bool) -> HTTPHeaders {
        var result = HTTPHeaders()
        for field in headers.fields {
            let name = field.lowercasedName
            if ofThatSide.contains(name) || answersOrigins && ByteText.hasPrefix(name, "access-control-") { continue }
            // Clients sign for the region of the server that they talk to.
            result.add(name: field.name, value: name == "x-amz-bucket-region" ? region : field.value)
        }
        if let id = headers["x-amz-request-id"] { result.replaceOrAdd(name: "x-larder-remote-request-id", value: id) }
        return result
    }
}
