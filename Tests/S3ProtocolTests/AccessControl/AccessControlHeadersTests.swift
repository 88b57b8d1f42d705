import Testing

@testable import S3Protocol

@Suite struct AccessControlHeadersTests {
    typealias Grant = AccessControlList.Grant

    static func list(
        _ headers: [String: String],
        _ resource: AccessControlList.Resource = .object
    ) throws -> AccessControlList? {
        let context = AccessControlList.Context(resource, owner: "me", bucketOwner: "boss") { $0 == "friend" }
        return try AccessControlList(context, headers: ConfigurationText.lookup(headers))
    }

    @Test(arguments: [
        ("private", []),
        ("public-read", [Grant(.group(.allUsers), .read)]),
        ("public-read-write", [Grant(.group(.allUsers), .read), Grant(.group(.allUsers), .write)]),
        ("authenticated-read", [Grant(.group(.authenticatedUsers), .read)]),
        ("aws-exec-read", [Grant(.user(CannedACL.machineImages), .read)]),
        ("bucket-owner-read", [Grant(.user("boss"), .read)]),
        ("bucket-owner-full-control", [Grant(.user("boss"), .fullControl)]),
    ])
    func `a canned list stands for grants beside the owner's`(name: String, grants: [Grant]) throws {
        let list = try #require(try Self.list(["x-amz-acl": name]))
        #expect(list == AccessControlList(owner: "me", grants: [Grant(.user("me"), .fullControl)] + grants))
    }

    @Test func `an owner who owns the bucket is named once`() {
        let list = CannedACL.bucketOwnerFullControl.list(owner: "me", bucketOwner: "me")
        #expect(list == .private(owner: "me"))
        #expect(list.givesControlOnly(to: "me"))
    }

    @Test func `log delivery is for buckets`() throws {
        let list = try #require(try Self.list(["x-amz-acl": "log-delivery-write"], .bucket))
        #expect(
            list.grants.dropFirst() == [Grant(.group(.logDelivery), .write), Grant(.group(.logDelivery), .readACP)]
        )
        #expect(throws: S3Error.self) { try Self.list(["x-amz-acl": "log-delivery-write"]) }
    }

    @Test(arguments: ["public", "", "Private"])
    func `an unknown canned list is refused without a text`(name: String) {
        let error = #expect(throws: S3Error.self) { try Self.list(["x-amz-acl": name]) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message == "")
        #expect(error?.details == [.init("ArgumentName", "x-amz-acl"), .init("ArgumentValue", name)])
    }

    @Test func `headers with grants stand alone`() throws {
        let list = try #require(
            try Self.list([
                "x-amz-grant-read": "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\", id=\"friend\"",
                "x-amz-grant-write-acp": "ID = friend , id=friend",
            ])
        )
        #expect(
            list.grants == [
                Grant(.group(.allUsers), .read), Grant(.user("friend"), .read), Grant(.user("friend"), .writeACP),
            ]
        )
        #expect(try Self.list([:]) == nil)
    }

    @Test(arguments: [
        ("friend", "Argument format not recognized", "x-amz-grant-read"),
        ("", "Argument format not recognized", "x-amz-grant-read"),
        ("id=", "Argument format not recognized", "x-amz-grant-read"),
        ("id=\"\"", "Argument format not recognized", "x-amz-grant-read"),
        ("id=\"friend", "Argument format not recognized", "x-amz-grant-read"),
        ("id=friend,", "Argument format not recognized", "x-amz-grant-read"),
        ("name=friend", "Argument format not recognized", "x-amz-grant-read"),
        ("id=nobody", "Invalid id", "id"),
        ("uri=http://acs", "Invalid group uri", "uri"),
    ])
    func `a bad grant is refused`(value: String, message: String, argument: String) {
        let error = #expect(throws: S3Error.self) { try Self.list(["x-amz-grant-read": value]) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message == message)
        #expect(error?.details.first == .init("ArgumentName", argument))
    }

    @Test func `addresses find nobody`() {
        #expect(throws: S3Error.unresolvableGrantByEmailAddress) {
            try Self.list(["x-amz-grant-read": "emailAddress=\"a@b\""])
        }
    }

    @Test func `both kinds of headers do not go together`() {
        #expect(throws: S3Error.cannedACLBesideGrants) {
            try Self.list(["x-amz-acl": "private", "x-amz-grant-read": "id=friend"])
        }
    }

    @Test func `a list is replaced by headers or by a body`() throws {
        let context = AccessControlList.Context(.bucket, owner: "me", bucketOwner: "me") { _ in true }
        let body = Array(
            "<AccessControlPolicy><Owner><ID>me</ID></Owner><AccessControlList/></AccessControlPolicy>".utf8
        )
        let canned = ConfigurationText.lookup(["x-amz-acl": "private"])
        let none = ConfigurationText.lookup([:])
        #expect(try AccessControlList(context, body: [], headers: canned) == .private(owner: "me"))
        #expect(try AccessControlList(context, body: body, headers: none).grants.isEmpty)
        #expect(throws: S3Error.unexpectedContent) { try AccessControlList(context, body: body, headers: canned) }
        #expect(throws: S3Error.missingSecurityHeader("x-amz-acl")) {
            try AccessControlList(context, body: [], headers: none)
        }
    }
}
