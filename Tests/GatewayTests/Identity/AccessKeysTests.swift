import Attachments
import S3Protocol
import Testing

@testable import Gateway

@Suite struct AccessKeysTests {
    private static func key(_ id: String, _ kind: Identity.Kind = .user, secret: String = "s") -> AccessKeys.Key {
        .init(
            identity: Identity(kind: kind, accessKeyID: id, userID: "user of \(id)", displayName: "name of \(id)"),
            secret: SigningSecret(secret)
        )
    }

    private let keys = AccessKeys([Self.key("ROOT", .root)])

    private func record(policy: String? = nil, isDisabled: Bool = false) -> KeyRecord {
        KeyRecord(
            accessKey: "A",
            secret: "s",
            userID: "u",
            name: "alice",
            displayName: "Alice",
            policy: policy,
            isDisabled: isDisabled,
            created: TestGateway.now
        )
    }

    @Test func `users come and go, and the root stays`() async throws {
        try await keys.replaceUsers { [Self.key("A"), Self.key("ROOT")] }
        #expect(try keys.key("A").identity.userID == "user of A")
        #expect(try keys.key("ROOT").identity.kind == .root)
        #expect(keys.displayName(of: "user of A") == "name of A" && keys.displayName(of: "nobody") == nil)
        try await keys.replaceUsers { [] }
        let error = #expect(throws: S3Error.self) { try keys.key("A") }
        #expect(error?.code == "InvalidAccessKeyId")
        #expect(try keys.key("ROOT").identity.kind == .root)
    }

    @Test func `of loads that overlap the one that began last counts`() async throws {
        try await keys.replaceUsers {
            try await keys.replaceUsers { [Self.key("NEW")] }
            return [Self.key("OLD")]
        }
        #expect(try keys.key("NEW").identity.accessKeyID == "NEW")
        #expect(throws: S3Error.self) { try keys.key("OLD") }
    }

    @Test func `a load that fails changes nothing`() async throws {
        try await keys.replaceUsers { [Self.key("A")] }
        await #expect(throws: CancellationError.self) { try await keys.replaceUsers { throw CancellationError() } }
        #expect(try keys.key("A").identity.accessKeyID == "A")
    }

    @Test func `a key that is disabled, or whose policy nobody can read, is refused with the reason`() async throws {
        for (record, reason) in [
            (record(isDisabled: true), "larder key enable"), (record(policy: "{"), "policy of the access key"),
        ] {
            try await keys.replaceUsers { [AccessKeys.Key(record)] }
            let error = #expect(throws: S3Error.self) { try keys.key("A") }
            #expect(error?.code == "InvalidAccessKeyId" && error?.reason?.contains(reason) == true)
        }
        try await keys.replaceUsers { [AccessKeys.Key(record())] }
        #expect(try keys.key("A").identity.arn == "arn:aws:iam::000000000000:user/alice")
    }
}
