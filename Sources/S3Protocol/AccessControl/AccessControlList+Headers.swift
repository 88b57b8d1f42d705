extension AccessControlList {
    /// What a list belongs to.
    package enum Resource: Sendable {
        /// A bucket.
        case bucket
        /// An object.
        case object
    }

    /// Who owns what is to have a list, and who may be named in it.
    package struct Context: Sendable {
        /// What the list is for.
        package let resource: Resource
        /// The canonical id of its owner.
        package let owner: String
        /// The canonical id of the owner of the bucket.
        package let bucketOwner: String
        /// Whether a text is the canonical id of a user.
        package let isUser: @Sendable (String) -> Bool

        /// A context of these parts.
        package init(
            _ resource: Resource,
            owner: String,
            bucketOwner: String,
            isUser: @escaping @Sendable (String) -> Bool
        ) {
            self.resource = resource
            self.owner = owner
            self.bucketOwner = bucketOwner
            self.isUser = isUser
        }
    }

    private static let cannedHeader = "x-amz-acl"
    private static let grantHeaders: [(name: String, permission: Permission)] = [
        ("x-amz-grant-full-control", .fullControl), ("x-amz-grant-read", .read), ("x-amz-grant-write", .write),
        ("x-amz-grant-read-acp", .readACP), ("x-amz-grant-write-acp", .writeACP),
    ]

    /// The list that headers ask for, or nil when none of them is there; `header` gives the value of a header by its
    /// name in lower case.
    ///
    /// Explicit grants stand alone: the owner has full control only when they say so.
    ///
    /// - Throws: `InvalidRequest` for both kinds of headers, `InvalidArgument`, `UnresolvableGrantByEmailAddress`.
    package init?(_ context: Context, headers header: (String) -> String?) throws(S3Error) {
        let canned = header(Self.cannedHeader)
        let given = Self.grantHeaders.compactMap { name, permission in header(name).map { (name, permission, $0) } }
        guard canned == nil || given.isEmpty else { throw .cannedACLBesideGrants }
        if let canned {
            self = try CannedACL(canned, for: context.resource)
                .list(owner: context.owner, bucketOwner: context.bucketOwner)
            return
        }
        guard !given.isEmpty else { return nil }
        self.init(owner: context.owner, grants: [])
        for (name, permission, text) in given {
            for grantee in try Self.grantees(text, header: name, context) {
                let grant = Grant(grantee, permission)
                if !grants.contains(grant) { grants.append(grant) }
            }
        }
        try checkCount()
    }

    /// The list that a request to replace a list asks for, by headers or by its body, but not by both.
    ///
    /// - Throws: `MissingSecurityHeader` when it asks for none, `UnexpectedContent` for headers with a body, and as the
    ///   other two.
    package init(
        _ context: Context,
        body: [UInt8],
        headers header: (String) -> String?
    ) throws(S3Error) {
        if let list = try AccessControlList(context, headers: header) {
            guard body.isEmpty else { throw .unexpectedContent }
            self = list
        } else {
            guard !body.isEmpty else { throw .missingSecurityHeader(Self.cannedHeader) }
            self = try AccessControlList(context, document: body)
        }
    }

    func checkCount() throws(S3Error) {
        guard grants.count <= Self.maximumGrants else {
            throw .malformedACL("\(grants.count) grants, more than \(Self.maximumGrants)")
        }
    }

    /// `id="…", uri="…"`; the quotes may be left out.
    private static func grantees(
        _ text: String,
        header: String,
        _ context: Context
    ) throws(S3Error) -> [Grantee] {
        var grantees: [Grantee] = []
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = piece.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, let value = unquoted(ByteText.trimmed(halves[1])) else {
                throw .unrecognizedGrant(text, header: header)
            }
            switch ByteText.lowercasedASCII(ByteText.trimmed(halves[0])) {
            case "id": grantees.append(try user(value, argument: "id", context))
            case "uri": grantees.append(try group(value, argument: "uri"))
            case "emailaddress": throw .unresolvableGrantByEmailAddress
            default: throw .unrecognizedGrant(text, header: header)
            }
        }
        return grantees
    }

    static func user(_ id: String, argument: String, _ context: Context) throws(S3Error) -> Grantee {
        guard context.isUser(id) else { throw .invalidGranteeID(id, argument: argument) }
        return .user(id)
    }

    static func group(_ uri: String, argument: String) throws(S3Error) -> Grantee {
        guard let group = Group(rawValue: uri) else { throw .invalidGranteeGroup(uri, argument: argument) }
        return .group(group)
    }

    private static func unquoted(_ text: String) -> String? {
        let quote = UInt8(ascii: "\"")
        var bytes = Array(text.utf8)
        if bytes.count >= 2, bytes.first == quote, bytes.last == quote { bytes = Array(bytes[1..<(bytes.count - 1)]) }
        guard !bytes.isEmpty, !bytes.contains(quote) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
