import ObjectStorage
import RemoteS3
import S3Protocol
import Synchronization
import Testing

@Suite("Credentials of a remote") struct CredentialsTests {
    private let file = """
        # a comment
        [default]
        aws_access_key_id = AKIA1 ; behind a blank
        aws_secret_access_key=se;cr#et=
        [profile other]
        AWS_ACCESS_KEY_ID=AKIA2
        aws_secret_access_key = two
        aws_session_token = token
        s3 =
            aws_access_key_id = nested
        [half]
        aws_access_key_id = AKIA3
        [ spaced ]\r
        aws_access_key_id=AKIA4\r
        aws_secret_access_key=four\r
        no equals sign
        = no name
        [broken
        aws_access_key_id = lost
        """

    @Test(arguments: [("default", "AKIA1", nil), ("other", "AKIA2", "token"), ("spaced", "AKIA4", nil as String?)])
    func `a profile has its keys`(profile: String, id: String, token: String?) throws {
        let found = try #require(try ProfileFile(Array(file.utf8)).credentials(of: profile))
        #expect(found.accessKeyID == id && found.securityToken == token && found.expires == nil)
    }

    @Test func `values keep what only looks like a comment`() {
        #expect(ProfileFile(Array(file.utf8)).profiles["default"]?["aws_secret_access_key"] == "se;cr#et=")
        #expect(ProfileFile(Array(file.utf8)).profiles["default"]?["aws_access_key_id"] == "AKIA1")
    }

    @Test func `half of the keys is a mistake, none is none`() throws {
        #expect(throws: RemoteError.self) { try ProfileFile(Array(file.utf8)).credentials(of: "half") }
        #expect(try ProfileFile(Array(file.utf8)).credentials(of: "missing")?.accessKeyID == nil)
    }

    @Test func `a device that is always empty has no profile`() async throws {
        let pool = BlockingPool(threadCount: 1)
        let nowhere = ["AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/nonexistent/config"]
        let found = try await ProfileCredentials(profile: nil, environment: nowhere, pool: pool).load()
        #expect(found?.accessKeyID == nil)
        await pool.shutdown()
    }

    @Test func `any bytes are a file without profiles, or one with`() {
        for seed in 0..<200 {
            var state = UInt64(seed)
            let bytes = (0..<300).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return [91, 93, 61, 10, 13, 35, 32, 9, 97, 0xFF][Int(state >> 33) % 10] as UInt8
            }
            _ = ProfileFile(bytes)
        }
        #expect(ProfileFile([]).profiles.isEmpty)
    }

    @Test func `a metadata document has keys and an end`() throws {
        let json = """
            {"Code":"Success","AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t","Expiration":"2030-01-01T00:00:00Z"}
            """
        let found = try CredentialsDocument.parse(metadata: Array(json.utf8))
        #expect(found.accessKeyID == "ASIA" && found.securityToken == "t")
        #expect(found.expires == Timestamp(iso8601: "2030-01-01T00:00:00Z"))
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"AccessKeyId\":\"a\"}", "{\"AccessKeyId\":1,\"SecretAccessKey\":\"s\"}",
        "{\"Code\":\"Failed\",\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"s\"}",
        "{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"s\",\"Expiration\":\"soon\"}",
    ])
    func `what is no such document is refused, and not quoted`(json: String) {
        let error = #expect(throws: RemoteError.self) { try CredentialsDocument.parse(metadata: Array(json.utf8)) }
        #expect(error?.message.contains("\"s\"") == false)
    }

    @Test func `the token service answers in XML`() throws {
        let xml = """
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey>
              <SessionToken>T</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>
              </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
            """
        let found = try CredentialsDocument.parse(webIdentity: Array(xml.utf8))
        #expect(found.accessKeyID == "A" && found.securityToken == "T" && found.expires != nil)
        let refused =
            "<ErrorResponse><Error><Code>ExpiredTokenException</Code><Message>old</Message></Error></ErrorResponse>"
        let error = #expect(throws: RemoteError.self) {
            try CredentialsDocument.parse(webIdentity: Array(refused.utf8))
        }
        #expect(error?.message.contains("ExpiredTokenException: old") == true)
        #expect(throws: RemoteError.self) { try CredentialsDocument.parse(webIdentity: Array("<a/>".utf8)) }
    }

    @Test func `a token goes to the service encoded`() {
        let form = WebIdentityCredentials.form(role: "arn:aws:iam::1:role/r", session: "a b", token: "x+/=")
        #expect(
            form.hasSuffix(
                "&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=a%20b&WebIdentityToken=x%2B%2F%3D"
            )
        )
    }

    @Test(arguments: [
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x", "http://169.254.170.2/v2/x"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://example.com/c", "https://example.com/c"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/c", "http://127.0.0.1:9/c"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1", "http://169.254.170.23/v1"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://[fd00:ec2::23]/v1", "http://[fd00:ec2::23]/v1"),
    ])
    func `a container's endpoint may be here, or over TLS`(name: String, value: String, url: String) throws {
        #expect(try ContainerCredentials.url(in: [name: value]) == url)
    }

    @Test(arguments: ["http://example.com/", "http://10.0.0.1/", "nonsense", "http://169.254.169.254/"])
    func `and nowhere else`(value: String) {
        #expect(throws: RemoteError.self) {
            try ContainerCredentials.url(in: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": value])
        }
    }

    @Test func `the environment has all or nothing`() async throws {
        #expect(try await EnvironmentCredentials([:]).load()?.accessKeyID == nil)
        #expect(try await EnvironmentCredentials(["AWS_ACCESS_KEY_ID": ""]).load()?.accessKeyID == nil)
        let both = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"]
        #expect(try await EnvironmentCredentials(both).load()?.securityToken == "t")
        await #expect(throws: RemoteError.self) {
            _ = try await EnvironmentCredentials(["AWS_ACCESS_KEY_ID": "a"]).load()
        }
    }
}

@Suite("Providers of credentials") struct CredentialsProviderTests {
    /// A source that counts how often it is asked.
    private final class Source: CredentialsSource {
        let name = "test"
        let count = Mutex(0)
        let lifetime: Int64
        let fails = Mutex(false)

        init(lifetime: Int64) { self.lifetime = lifetime }

        func load() async throws -> RemoteCredentials? {
            let number = count.withLock { count in
                count += 1
                return count
            }
            await Task.yield()
            if fails.withLock({ $0 }) { throw RemoteError(.credentials, "no") }
            let expires = Timestamp(seconds: 1_000 + lifetime)
            return RemoteCredentials(accessKeyID: "\(number)", secret: SigningSecret("s"), expires: expires)
        }
    }

    private func provider(_ source: Source, _ now: @escaping @Sendable () -> Int64) -> CredentialsProvider {
        CredentialsProvider([source]) { Timestamp(seconds: now()) }
    }

    @Test func `many who ask at once cause one request`() async throws {
        let source = Source(lifetime: 3_600)
        let provider = provider(source) { 1_000 }
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await provider.credentials().accessKeyID } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(ids) == ["1"])
        #expect(source.count.withLock { $0 } == 1)
    }

    @Test func `credentials are replaced five minutes before their end, and used to it when that fails`() async throws {
        let source = Source(lifetime: 600)
        let now = Mutex<Int64>(1_000)
        let provider = CredentialsProvider([source]) { Timestamp(seconds: now.withLock { $0 }) }
        #expect(try await provider.credentials().accessKeyID == "1")
        now.withLock { $0 = 1_299 }
        #expect(try await provider.credentials().accessKeyID == "1")
        source.fails.withLock { $0 = true }
        now.withLock { $0 = 1_300 }
        #expect(try await provider.credentials().accessKeyID == "1")
        now.withLock { $0 = 1_590 }
        await #expect(throws: RemoteError.self) { _ = try await provider.credentials() }
    }

    @Test func `those that the remote refuses are asked for anew`() async throws {
        let source = Source(lifetime: 3_600)
        let provider = provider(source) { 1_000 }
        provider.invalidate(try await provider.credentials())
        #expect(try await provider.credentials().accessKeyID == "2")
    }

    @Test func `where there are none, all places are named`() async {
        let provider = CredentialsProvider([EnvironmentCredentials([:])]) { Timestamp(seconds: 0) }
        let error = await #expect(throws: RemoteError.self) { _ = try await provider.credentials() }
        #expect(error?.message.contains("environment") == true)
    }
}
