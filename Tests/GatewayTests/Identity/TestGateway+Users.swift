import FoundationEssentials
import Gateway
import NIOHTTP1
import ObjectStorage
import S3Protocol

/// Users of a test gateway, whose access key is their name, and the bucket `box` that they meet in.
extension TestGateway {
    static let box = try! BucketName("box")
    private static let usersSecret = "a secret of all users"

    /// The canonical id of a user; the root's is that of the gateway.
    static func id(_ name: String) -> String {
        switch name {
        case "root": String(repeating: "a", count: 64)
        case "alice": String(repeating: "a1", count: 32)
        default: String(repeating: "b0", count: 32)
        }
    }

    /// A policy of these statements.
    static func policy(_ statements: [String]) -> String {
        #"{"Version":"2012-10-17","Statement":["# + statements.joined(separator: ",") + "]}"
    }

    /// Makes users known, each with the statements of its policy, and forgets all others.
    func know(_ users: [String: [String]?]) async throws {
        try await keys.replaceUsers {
            try users.map { name, statements in
                AccessKeys.Key(
                    identity: Identity(
                        kind: .user,
                        accessKeyID: name,
                        userID: Self.id(name),
                        displayName: name,
                        name: name,
                        policy: try statements.map {
                            AccessPolicy(try Policy(userPolicy: Array(Self.policy($0).utf8)))
                        }
                    ),
                    secret: SigningSecret(Self.usersSecret)
                )
            }
        }
    }

    /// Makes the bucket `box` with the object `k` in it, which has the tag `kind=cat`.
    func makeBox(
        owner: String,
        objectList: CannedACL? = nil,
        _ change: @escaping @Sendable (inout BucketSettings) -> Void = { _ in }
    ) async throws {
        let owner = Self.id(owner)
        _ = try await store.createBucket(Self.box, owner: owner, settings: BucketSettings())
        _ = try await send("PUT", "/box/k", headers: [("x-amz-tagging", "kind=cat")], body: "hello")
        if let objectList {
            let text = try JSONEncoder().encode(objectList.list(owner: owner, bucketOwner: owner))
            _ = try await store.updateAttributes(of: ObjectKey("k"), version: nil, in: Self.box) {
                $0.accessControl = String(decoding: text, as: UTF8.self)
            }
        }
        _ = try await store.updateBucket(Self.box, change)
    }

    /// The answer to a request of a user, the root, or `-` for nobody.
    func send(
        as caller: String,
        _ method: String,
        _ target: String,
        headers: [(String, String)] = [],
        body: String = ""
    ) async throws -> Answer {
        if caller == "root" || caller == "-" {
            return try await send(method, target, headers: headers, body: body, isSigned: caller == "root")
        }
        let target = try RequestTarget(target)
        let head = RequestHead(method: method, target: target, headers: HeaderList([("Host", "localhost")] + headers))
        let signer = SigV4Signer(accessKeyID: caller, secret: SigningSecret(Self.usersSecret), region: "us-east-1")
        let signed = try signer.sign(head, payload: .unsigned, at: Self.now)
        return try await send(RequestHead(method: method, target: target, headers: signed.headers), body: body)
    }
}

extension TestGateway.Answer {
    /// Why it was refused.
    var reason: String { headers.first(name: "x-larder-reason") ?? "" }

    /// Status and code of the answer.
    var outcome: String { ([String(status)] + headers["x-larder-error"]).joined(separator: " ") }
}

/// Statements that several tests use.
enum Statement {
    static let publicRead =
        #"{"Sid":"all","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::box/*"}"#
    static let denyAll =
        #"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::box","arn:aws:s3:::box/*"]}"#
    static let aliceReads = reading(#"{"AWS":"arn:aws:iam::000000000000:user/alice"}"#)
    static let aliceReadsByID = reading(#"{"CanonicalUser":"\#(TestGateway.id("alice"))"}"#)
    static let accountReads = reading(#"{"AWS":"000000000000"}"#)

    /// A user's right to an action, on the bucket or on what is in it.
    static func own(
        _ action: String,
        _ resource: String = "box/*",
        effect: String = "Allow",
        _ more: String = ""
    ) -> String {
        #"{"Effect":"\#(effect)","Action":"\#(action)","Resource":"arn:aws:s3:::\#(resource)"\#(more)}"#
    }

    private static func reading(_ principal: String) -> String {
        #"{"Effect":"Allow","Principal":\#(principal),"Action":"s3:GetObject","Resource":"arn:aws:s3:::box/*"}"#
    }
}
