import Attachments
import FoundationEssentials
import Gateway
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ObjectStorage
import S3Protocol

/// The S3 surface on a file store of its own in a temporary directory; requests go in without a socket.
final class TestGateway: Sendable {
    static let accessKey = "AKIAIOSFODNN7EXAMPLE"
    static let secret = SigningSecret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    static let now = Timestamp(seconds: 1_700_000_000)

    let root: String
    let store: FileStore
    let services: S3Services
    let keys: AccessKeys
    private let surface: S3Surface
    private let addressing: Addressing

    private init(root: String, store: FileStore, isEncryptionDeclared: Bool) throws {
        self.root = root
        self.store = store
        addressing = Addressing(baseDomains: ["s3.test"], customHosts: ["files.test": try BucketName("uploads")])
        let identity = Identity(
            kind: .root,
            accessKeyID: Self.accessKey,
            userID: String(repeating: "a", count: 64),
            displayName: "root"
        )
        keys = AccessKeys([.init(identity: identity, secret: Self.secret)])
        services = S3Services(
            store: store,
            authenticator: Authenticator(keys: keys, policy: VerificationPolicy()),
            authorizer: Authorizer(styles: StylesGuard(try .standard()), store: store, keys: keys),
            region: "us-east-1",
            ownerID: identity.userID,
            publicScheme: nil,
            isEncryptionDeclared: isEncryptionDeclared,
            clock: { Self.now }
        )
        surface = S3Surface(services)
    }

    /// Runs `body` with a gateway that has the bucket `uploads`.
    static func run(
        isEncryptionDeclared: Bool = false,
        _ body: @Sendable (TestGateway) async throws -> Void
    ) async throws {
        let root = "\(FileManager.default.temporaryDirectory.path)/larder-test-\(UUID().uuidString)"
        let store = try await FileStore.open(
            FileStoreConfiguration(root: root, threadCount: 4, durability: .relaxed),
            log: Logger(label: "test"),
            clock: { now }
        )
        _ = try await store.createBucket(
            BucketName("uploads"),
            owner: "o",
            settings: BucketSettings(allowedOrigins: ["https://app.test"])
        )
        let gateway = try TestGateway(root: root, store: store, isEncryptionDeclared: isEncryptionDeclared)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(gateway))
        } catch {
            result = .failure(error)
        }
        await store.close()
        try FileManager.default.removeItem(atPath: root)
        try result.get()
    }

    /// An answer as a client sees it.
    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let body: String

        /// The text of an element of an XML body.
        func element(_ name: String) -> String? {
            guard let start = body.firstRange(of: "<\(name)>"), let end = body.firstRange(of: "</\(name)>") else {
                return nil
            }
            return String(body[start.upperBound..<end.lowerBound])
        }
    }

    /// The answer to a request; signed by SigV4 in its headers unless `isSigned` is false.
    func send(
        _ method: String,
        _ target: String,
        headers: [(String, String)] = [],
        body: String = "",
        host: String = "localhost:9000",
        isSigned: Bool = true
    ) async throws -> Answer {
        let target = try RequestTarget(target)
        var head = RequestHead(method: method, target: target, headers: HeaderList([("Host", host)] + headers))
        if isSigned {
            let signer = SigV4Signer(accessKeyID: Self.accessKey, secret: Self.secret, region: "us-east-1")
            let signed = try signer.sign(head, payload: .unsigned, at: Self.now)
            head = RequestHead(method: method, target: target, headers: signed.headers)
        }
        return try await send(head, body: body)
    }

    /// The answer to this head, on an event loop as in the front.
    func send(_ head: RequestHead, body: String = "") async throws -> Answer {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let executor = EventLoopExecutor(eventLoop)
        return try await Task(executorPreference: executor) {
            let request = Request(
                id: RequestID(),
                head: head,
                body: RequestBody(ByteBuffer(string: body), on: eventLoop),
                contentLength: head.headers["Content-Length"].flatMap { Int64($0) } ?? Int64(body.utf8.count),
                received: Self.now,
                remoteAddress: "127.0.0.1",
                isSecure: false
            )
            let response = await self.surface.respond(to: request, address: try self.addressing.resolve(head))
            return try await Self.answer(response, eventLoop)
        }.value
    }

    /// The answer to a request that came over a socket.
    func respond(to request: Request) async throws -> Response {
        await surface.respond(to: request, address: try addressing.resolve(request.head))
    }

    private static func answer(_ response: Response, _ eventLoop: any EventLoop) async throws -> Answer {
        if case .late(let late) = response.body {
            var whole = late.beginning
            while true {
                guard var rest = await late.rest(within: .milliseconds(10), on: eventLoop) else {
                    whole.writeString(" ")
                    continue
                }
                whole.writeBuffer(&rest)
                return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: whole))
            }
        }
        if case .stream(let stream) = response.body {
            var whole = ByteBuffer()
            while var next = try await stream.next() { whole.writeBuffer(&next) }
            return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: whole))
        }
        let body =
            switch response.body {
            case .stream: ""
            case .none, .late, .headOnly: ""
            case .bytes(let buffer): String(buffer: buffer)
            case .file(let file, let range):
                String(buffer: try file.read(offset: range.lowerBound, length: range.count))
            }
        return Answer(status: Int(response.status.code), headers: response.headers, body: body)
    }
}
