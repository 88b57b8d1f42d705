import S3Protocol

/// The credentials and the moment that AWS's published examples are made with.
enum SigV4Fixture {
    static let accessKeyID = "AKIAIOSFODNN7EXAMPLE"
    static let secret = SigningSecret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    static let scope = CredentialScope(date: "20130524", region: "us-east-1")
    static let now = Timestamp(basicISO8601: "20130524T000000Z")!
    static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    static let signer = SigV4Signer(accessKeyID: accessKeyID, secret: secret, region: "us-east-1")

    static func head(_ method: String, _ target: String, _ headers: [(String, String)]) throws -> RequestHead {
        RequestHead(method: method, target: try RequestTarget(target), headers: HeaderList(headers))
    }

    /// A GET of `localhost:9000` signed by the signer, with what the arguments add or change.
    static func signedHead(
        _ method: String = "GET",
        _ target: String = "/bucket/k",
        signed: [(String, String)] = [],
        unsigned: [(String, String)] = [],
        payload: PayloadMode = .exact(emptyHash),
        signer: SigV4Signer = signer
    ) throws -> RequestHead {
        let plain = try head(method, target, [("Host", "localhost:9000")] + signed)
        let fields = try signer.sign(plain, payload: payload, at: now).headers.fields
        return try head(method, target, fields.map { ($0.name, $0.value) } + unsigned)
    }

    static func v4(_ head: RequestHead) throws -> SigV4Request {
        switch try AuthenticationScheme.detect(head) {
        case .v4Header(let request), .v4Query(let request): return request
        case .anonymous, .v2Header, .v2Query: throw Unexpected()
        }
    }

    static func v2(_ head: RequestHead) throws -> SigV2Request {
        switch try AuthenticationScheme.detect(head) {
        case .v2Header(let request), .v2Query(let request): return request
        case .anonymous, .v4Header, .v4Query: throw Unexpected()
        }
    }

    @discardableResult
    static func verify(
        _ head: RequestHead,
        now: Timestamp = now,
        policy: VerificationPolicy = VerificationPolicy(),
        cache: SigningKeyCache? = nil
    ) throws -> VerifiedSignature {
        try v4(head).verify(secret: secret, now: now, policy: policy, cache: cache)
    }

    /// The S3 error that `body` throws.
    static func error(_ body: () throws -> Void) -> S3Error? {
        do {
            try body()
            return nil
        } catch {
            return error as? S3Error
        }
    }

    struct Unexpected: Error {}
}

extension S3Error {
    /// The text of the first detail of this name.
    func detail(_ name: String) -> String? {
        details.first { $0.name == name }?.value
    }
}
