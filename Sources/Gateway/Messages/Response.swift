package import NIOCore
package import NIOHTTP1
package import ObjectStorage
import S3Protocol

/// An answer: status, headers and where the body comes from.
package struct Response: Sendable {
    /// Where the body comes from.
    package enum Body: Sendable {
        /// No body and no Content-Length of one: 204, 304.
        case none
        /// These bytes.
        case bytes(ByteBuffer)
        /// This range of an open file.
        case file(OpenFile, Range<Int64>)
        /// A body that comes later; blanks go out until it does.
        case late(LateBody)
        /// A body that comes from elsewhere while it goes out.
        case stream(StreamedBody)
        /// The answer to HEAD: the headers of a body of this many bytes, without the body.
        case headOnly(length: Int64)
    }

    /// The HTTP status.
    package var status: HTTPResponseStatus
    /// The headers; the front adds Date, Server, the ids, Content-Length and Connection.
    package var headers: HTTPHeaders
    /// The body.
    package var body: Body

    /// An answer of these parts.
    package init(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer with a body of this media type.
    package init(
        _ status: HTTPResponseStatus,
        contentType: String,
        bytes: [UInt8],
        headers: HTTPHeaders = [:]
    ) {
        self.init(status, headers: headers, body: .bytes(ByteBuffer(bytes: bytes)))
        self.headers.replaceOrAdd(name: "Content-Type", value: contentType)
    }

    /// The same answer to a HEAD request: its body becomes its length.
    package var withoutBody: Response {
        var response = self
        switch body {
        case .bytes(let buffer): response.body = .headOnly(length: Int64(buffer.readableBytes))
        case .file(_, let range): response.body = .headOnly(length: Int64(range.count))
        case .stream(let body): response.body = body.length.map { .headOnly(length: $0) } ?? .none
        case .none, .late, .headOnly: break
        }
        return response
    }
}
