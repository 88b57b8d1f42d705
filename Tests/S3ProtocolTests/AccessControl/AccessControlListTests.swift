import Testing

@testable import S3Protocol

@Suite struct AccessControlListTests {
    static let context = AccessControlList.Context(.object, owner: "me", bucketOwner: "boss") {
        ["me", "boss", "friend"].contains($0)
    }
    static let allUsers = "http://acs.amazonaws.com/groups/global/AllUsers"
    static let instance = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""

    static func policy(_ grants: String, owner: String = "me") -> String {
        "<Owner><ID>\(owner)</ID></Owner><AccessControlList>\(grants)</AccessControlList>"
    }

    static func grant(_ grantee: String, _ permission: String = "READ") -> String {
        "<Grant><Grantee>\(grantee)</Grantee><Permission>\(permission)</Permission></Grant>"
    }

    static func parse(_ content: String) throws -> AccessControlList {
        try AccessControlList(
            context,
            document: Array("<AccessControlPolicy>\(content)</AccessControlPolicy>".utf8)
        )
    }

    @Test func `a document is read, kept and written again`() throws {
        let content = Self.policy(
            """
            <Grant><Grantee \(Self.instance) xsi:type="CanonicalUser"><ID>me</ID></Grantee>\
            <Permission>FULL_CONTROL</Permission></Grant>\
            <Grant><Grantee \(Self.instance) xsi:type="Group"><URI>\(Self.allUsers)</URI></Grantee>\
            <Permission>READ_ACP</Permission></Grant>
            """
        )
        let list = try Self.parse(content)
        #expect(
            list
                == AccessControlList(
                    owner: "me",
                    grants: [.init(.user("me"), .fullControl), .init(.group(.allUsers), .readACP)]
                )
        )
        #expect(
            ConfigurationText.text(try list.document()) == ConfigurationText.answer("AccessControlPolicy", content)
        )
        #expect(try ConfigurationText.kept(list) == list)
        #expect(
            try ConfigurationText.settings(list) == """
                {"grants":[{"may":"FULL_CONTROL","user":"me"},{"group":"\(Self.allUsers)","may":"READ_ACP"}],"owner":"me"}
                """
        )
    }

    @Test func `a list without grants is taken`() throws {
        let list = try Self.parse(Self.policy(""))
        #expect(list.grants.isEmpty)
        #expect(ConfigurationText.text(try list.document()).contains("<AccessControlList/>"))
    }

    @Test(
        arguments: [
            ("", "MalformedACLError", nil),
            ("<Owner/><AccessControlList/>", "MalformedACLError", nil),
            ("<Owner><ID>me</ID></Owner>", "MalformedACLError", nil),
            (policy("<Grant><Permission>READ</Permission></Grant>"), "MalformedACLError", nil),
            (policy("<Grant><Grantee><ID>me</ID></Grantee></Grant>"), "MalformedACLError", nil),
            (policy(grant("<ID>me</ID>", "read")), "MalformedACLError", nil),
            (policy(grant("")), "MalformedACLError", nil),
            (policy(grant("<ID>me</ID><URI>\(allUsers)</URI>")), "MalformedACLError", nil),
            (policy("", owner: "friend"), "AccessDenied", nil),
            (policy(grant("<ID>nobody</ID>")), "InvalidArgument", "CanonicalUser/ID"),
            (policy(grant("<URI>http://acs</URI>")), "InvalidArgument", "Group/URI"),
            (policy(grant("<EmailAddress>a@b</EmailAddress>")), "UnresolvableGrantByEmailAddress", nil),
        ] as [(String, String, String?)]
    )
    func `a bad document is refused`(content: String, code: String, argument: String?) {
        let error = #expect(throws: S3Error.self) { try Self.parse(content) }
        #expect(error?.code.rawValue == code)
        if let argument { #expect(error?.details.first == .init("ArgumentName", argument)) }
    }

    @Test func `what is not well-formed is a malformed list`() {
        for text in ["<AccessControlPolicy>", "<Other/>"] {
            let error = #expect(throws: S3Error.self) {
                try AccessControlList(Self.context, document: Array(text.utf8))
            }
            #expect(error?.code == "MalformedACLError")
        }
    }

    @Test func `there are a hundred grants at most`() throws {
        let grant = Self.grant("<ID>me</ID>")
        #expect(try Self.parse(Self.policy(String(repeating: grant, count: 100))).grants.count == 100)
        #expect(throws: S3Error.self) { try Self.parse(Self.policy(String(repeating: grant, count: 101))) }
    }

    @Test(
        arguments: [
            (.read, "friend", true, true),
            (.write, "friend", true, false),
            (.read, "me", true, false),
            (.readACP, "me", true, true),
            (.writeACP, "me", true, true),
            (.write, "boss", true, true),
            (.writeACP, "boss", true, true),
            (.writeACP, "friend", true, false),
            (.readACP, "other", true, true),
            (.readACP, nil, false, false),
            (.write, nil, false, false),
        ] as [(AccessControlList.Permission, String?, Bool, Bool)]
    )
    func `grants allow what they say`(
        permission: AccessControlList.Permission,
        userID: String?,
        isAuthenticated: Bool,
        isAllowed: Bool
    ) {
        let list = AccessControlList(
            owner: "me",
            grants: [
                .init(.user("friend"), .read), .init(.user("boss"), .fullControl),
                .init(.group(.authenticatedUsers), .readACP), .init(.group(.logDelivery), .write),
            ]
        )
        #expect(list.allows(permission, userID: userID, isAuthenticated: isAuthenticated) == isAllowed)
    }

    @Test func `everybody includes callers without a signature`() {
        let list = AccessControlList(owner: "me", grants: [.init(.group(.allUsers), .read)])
        #expect(list.allows(.read, userID: nil, isAuthenticated: false))
        #expect(list.isPublic)
        #expect(list.withoutPublicGrants == AccessControlList(owner: "me", grants: []))
        #expect(!AccessControlList.private(owner: "me").isPublic)
        #expect(AccessControlList(owner: "me", grants: [.init(.group(.authenticatedUsers), .read)]).isPublic)
        #expect(!AccessControlList(owner: "me", grants: [.init(.group(.logDelivery), .write)]).isPublic)
    }

    @Test func `enforced ownership takes full control of the bucket's owner only`() throws {
        let other = AccessControlList.private(owner: "me")
        let own = AccessControlList.private(owner: "boss")
        let open = CannedACL.publicRead.list(owner: "boss", bucketOwner: "boss")
        try own.check(.bucketOwnerEnforced, bucketOwner: "boss")
        for list in [other, open, AccessControlList(owner: "boss", grants: [])] {
            #expect(throws: S3Error.accessControlListNotSupported) {
                try list.check(.bucketOwnerEnforced, bucketOwner: "boss")
            }
            try list.check(.objectWriter, bucketOwner: "boss")
            try list.check(.bucketOwnerPreferred, bucketOwner: "boss")
        }
    }
}
