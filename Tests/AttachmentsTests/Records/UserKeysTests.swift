import Attachments
import Glibc
import S3Protocol
import Testing

@Suite struct UserKeysTests {
    private let folder = TemporaryFolder()
    private let root = String(repeating: "0", count: 64)
    private let policy = #"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#
    private var path: String { folder.path + "/records.sqlite" }

    private func keys(_ clock: FakeClock = FakeClock()) throws -> UserKeys {
        UserKeys(
            store: try SQLiteRecordStore(path: path),
            reservedKeys: ["ROOT"],
            reservedUsers: [root],
            clock: { clock.now }
        )
    }

    private func request(_ change: (inout KeyRequest) -> Void) -> KeyRequest {
        var request = KeyRequest()
        change(&request)
        return request
    }

    @Test func `a key that was made is kept with its secret, in a file that nobody else reads`() async throws {
        let made = try await keys().create(request { ($0.name, $0.policy) = ("alice", policy) })
        #expect(made.accessKey.utf8.count == 20 && made.secret.utf8.count == 40)
        #expect(made.userID.utf8.count == 64 && Hex.decode(made.userID) != nil)
        #expect(made.displayName == "alice" && made.policy == policy && !made.isDisabled)
        #expect(try await keys().list() == [made])
        #expect(!"\(made)".contains(made.secret) && !String(reflecting: made).contains(made.secret))
        var facts = stat()
        #expect(stat(path, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
    }

    @Test func `a key is switched off, on, and deleted`() async throws {
        let keys = try keys()
        let made = try await keys.create(KeyRequest())
        #expect(made.name == made.accessKey)
        try await keys.set(made.accessKey, isDisabled: true)
        #expect(try await keys.list()[0].isDisabled)
        try await keys.set(made.accessKey, isDisabled: false)
        #expect(try await keys.list() == [made])
        try await keys.delete(made.accessKey)
        #expect(try await keys.list().isEmpty)
        await #expect(throws: APIError.keyNotFound(made.accessKey)) { try await keys.delete(made.accessKey) }
        await #expect(throws: APIError.keyNotFound("X")) { try await keys.set("X", isDisabled: true) }
        await #expect(throws: APIError.rootKey("ROOT")) { try await keys.delete("ROOT") }
    }

    @Test func `a user id is taken as it is, or made of a text`() async throws {
        let keys = try keys()
        let id = String(repeating: "Ab", count: 32)
        #expect(try await keys.create(request { $0.userID = id }).userID == id.lowercased())
        let made = try await keys.create(request { $0.userID = "alice" }).userID
        #expect(made == "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90")
        await #expect(throws: APIError.reservedUserID()) { try await keys.create(request { $0.userID = root }) }
        await #expect(throws: APIError.badUserID()) { try await keys.create(request { $0.userID = "" }) }
    }

    @Test func `a further key of a user takes over name and policy, unless it is given another`() async throws {
        let clock = FakeClock()
        let keys = try keys(clock)
        let first = try await keys.create(
            request { ($0.name, $0.displayName, $0.policy) = ("alice", "Alice A.", policy) }
        )
        clock.advance(bySeconds: 1)
        let second = try await keys.create(request { $0.userID = first.userID })
        #expect(second.name == "alice" && second.displayName == "Alice A." && second.policy == policy)
        #expect(second.accessKey != first.accessKey && second.secret != first.secret)
        clock.advance(bySeconds: 1)
        let third = try await keys.create(request { ($0.userID, $0.policy) = (first.userID, "") })
        #expect(third.policy == nil)
        #expect(try await keys.list() == [first, second, third])
        await #expect(throws: APIError.otherKeyName("alice")) {
            try await keys.create(request { ($0.userID, $0.name) = (first.userID, "bob") })
        }
        await #expect(throws: APIError.keyNameTaken("alice", userID: first.userID)) {
            try await keys.create(request { $0.name = "alice" })
        }
    }

    @Test func `an access key is nobody else's`() async throws {
        let keys = try keys()
        let wish = request { ($0.accessKey, $0.secretKey) = ("app.key-1", "12345678") }
        #expect(try await keys.create(wish).secret == "12345678")
        await #expect(throws: APIError.accessKeyTaken("app.key-1")) { try await keys.create(wish) }
        await #expect(throws: APIError.accessKeyTaken("ROOT")) {
            try await keys.create(request { ($0.accessKey, $0.secretKey) = ("ROOT", "12345678") })
        }
        await #expect(throws: APIError.incompleteKey()) { try await keys.create(request { $0.accessKey = "only" }) }
    }

    @Test(arguments: [
        ("ab", "12345678", APIError.badAccessKey()), ("a/b", "12345678", .badAccessKey()),
        ("a b", "12345678", .badAccessKey()), (String(repeating: "a", count: 129), "12345678", .badAccessKey()),
        ("abc", "1234567", .badSecretKey()), ("abc", "1234 5678", .badSecretKey()),
        ("abc", String(repeating: "a", count: 129), .badSecretKey()),
    ])
    func `access key and secret have bounds`(key: String, secret: String, error: APIError) async throws {
        let keys = try keys()
        await #expect(throws: error) {
            try await keys.create(request { ($0.accessKey, $0.secretKey) = (key, secret) })
        }
    }

    @Test func `names and policies are checked before anything is kept`() async throws {
        let keys = try keys()
        for name in ["", "a b", "a*", "a/b", String(repeating: "a", count: 129)] {
            await #expect(throws: APIError.badKeyName()) { try await keys.create(request { $0.name = name }) }
        }
        for name in ["", "a\nb"] {
            await #expect(throws: APIError.badDisplayName()) {
                try await keys.create(request { $0.displayName = name })
            }
        }
        for text in ["[]", "{", #"{"Statement":[{"Effect":"Allow","Action":"s3:Nonsense","Resource":"*"}]}"#] {
            let error = await #expect(throws: APIError.self) { try await keys.create(request { $0.policy = text }) }
            #expect(error?.failure.code == "bad_policy")
        }
        #expect(try await keys.list().isEmpty)
    }
}
