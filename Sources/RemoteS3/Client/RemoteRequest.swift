package import HTTPTransport
package import NIOCore
package import S3Protocol

/// A request to a remote S3, before it is signed.
package struct RemoteRequest: Sendable {
    /// What the body is.
    package enum Payload: Sendable {
        /// None.
        case none
        /// These bytes.
        case bytes(ByteBuffer)
        /// What a `RemoteBody` gives.
        case stream(Stream)
    }

    /// What is known of a body before it is read.
    package struct Stream: Sendable {
        /// How many bytes it has; nil when nobody knows, which S3 itself does not take.
        package var length: Int64?
        /// Its SHA-256 in hexadecimal, when somebody vouches for it.
        package var sha256: String?
        /// The checksum that follows it.
        package var trailer: ChecksumAlgorithm?
        /// Whether it may go unsigned in the clear, since that is how it came here.
        package var isUnsigned = false

        /// A body of these properties.
        package init(length: Int64?, sha256: String? = nil, trailer: ChecksumAlgorithm? = nil) {
            self.length = length
            self.sha256 = sha256
            self.trailer = trailer
        }
    }

    /// The method.
    package var method: String
    /// The bucket's name there; nil for the service.
    package var bucket: String?
    /// The key there; nil for the bucket.
    package var key: [UInt8]?
    /// The query as it is sent, without the `?`.
    package var query: String?
    /// The headers, without those of signature and connection.
    package var headers: HeaderList
    /// The body.
    package var payload: Payload
    /// Its own timeouts instead of the transport's.
    package var timeouts: TransportTimeouts?
    /// Whether sending it twice does the same as once, of a POST that only its sender knows.
    package var isSafeToRepeat = false
    /// Whether who asks looks for himself what came of it before he asks again, so that it is sent twice only where the
    /// remote has done nothing.
    package var isSentOnce = false

    /// A request of these parts.
    package init(
        _ method: String,
        bucket: String? = nil,
        key: [UInt8]? = nil,
        query: String? = nil,
        headers: HeaderList = HeaderList(),
        payload: Payload = .none,
        timeouts: TransportTimeouts? = nil
    ) {
        self.method = method
        self.bucket = bucket
        self.key = key
        self.query = query
        self.headers = headers
        self.payload = payload
        self.timeouts = timeouts
    }

    /// Whether sending it twice does the same as once: a condition may not hold the second time.
    var isIdempotent: Bool {
        switch method {
        case "GET", "HEAD": true
        case "PUT", "DELETE": isUnconditional && !isSentOnce
        default: isSafeToRepeat && isUnconditional
        }
    }

    private var isUnconditional: Bool { headers["If-Match"] == nil && headers["If-None-Match"] == nil }
}

/// A body that is read on the executor of the task that sends it, once if it cannot be rewound.
package struct RemoteBody {
    /// The next bytes; nil at the end.
    let next: () async throws -> ByteBuffer?
    /// The checksum behind the end, in Base64.
    let trailer: () -> String?
    /// Goes back to the first byte; nil for a body that is gone once it was read.
    let rewind: (() -> Void)?

    /// A body of what `next` gives, and `trailer` behind it when one was announced.
    package init(
        trailer: @escaping () -> String? = { nil },
        rewind: (() -> Void)? = nil,
        next: @escaping () async throws -> ByteBuffer?
    ) {
        self.next = next
        self.trailer = trailer
        self.rewind = rewind
    }
}

/// An answer of a remote S3.
package struct RemoteResponse: Sendable {
    /// The body.
    package enum Content: Sendable {
        /// All of it: of refusals, and of what has none.
        case bytes(ByteBuffer)
        /// As it comes.
        case stream(TransportBody)
    }

    /// The status.
    package let status: Int
    /// The headers, without those of the connection.
    package let headers: HeaderList
    /// The body.
    package let content: Content

    /// The whole body.
    ///
    /// - Throws: `RemoteError` when it breaks off or is longer than `limit`.
    package func collect(upTo limit: Int, from endpoint: String) async throws -> ByteBuffer {
        switch content {
        case .bytes(let buffer): return buffer
        case .stream(let body):
            do {
                return try await body.collect(upTo: limit)
            } catch let error as TransportError {
                throw RemoteError(error, endpoint: endpoint)
            }
        }
    }

    /// The refusal in its document; nil for a success, and for a refusal without one.
    package var refusal: RemoteRefusal? {
        guard status >= 300, case .bytes(let buffer) = content else { return nil }
        return RemoteRefusal(Array(buffer.readableBytesView))
    }
}

/// What a remote S3 says when it refuses: its code, its words, and the elements behind them.
package struct RemoteRefusal: Equatable, Sendable {
    /// What clients branch on.
    package let code: String
    /// The words.
    package let message: String
    /// The other elements in order, those that name the request left out.
    package let details: [S3Error.Field]

    /// The region that the bucket is in, when the refusal is about that.
    package var region: String? {
        details.first { ByteText.equal($0.name, "Region") }?.value
    }

    /// Reads a document; nil when it is not S3's.
    package init?(_ document: [UInt8]) {
        guard document.count <= XMLLimits.standard.bytes, let root = try? XMLNode.parse(document) else { return nil }
        self.init(root)
    }

    /// Reads the root of a document; nil when it is not that of a refusal.
    init?(_ root: XMLNode) {
        guard ByteText.equal(root.name, "Error"), let code = root["Code"]?.text, !code.isEmpty else { return nil }
        self.code = code
        message = root["Message"]?.text ?? ""
        let others = root.children.filter { !Self.known.contains($0.name) && $0.children.isEmpty }
        details = others.map { S3Error.Field($0.name, $0.text) }
    }

    private static let known = Set(["Code", "Message", "RequestId", "HostId"])
}
