extension AccessControlList {
    private static let schemaInstance = "http://www.w3.org/2001/XMLSchema-instance"

    /// The list in an `AccessControlPolicy` document.
    ///
    /// What kind a grantee is of shows in its child, `ID`, `URI` or `EmailAddress`, so `xsi:type` is not needed.
    ///
    /// - Throws: `MalformedACLError`; `AccessDenied` when it names another owner; `InvalidArgument` for an unknown user
    ///   or group; `UnresolvableGrantByEmailAddress`.
    package init(_ context: Context, document body: [UInt8]) throws(S3Error) {
        let root = try Self.asACL { () throws(S3Error) in
            try XMLNode.configuration(body, root: "AccessControlPolicy")
        }
        guard let owner = root["Owner"]?["ID"]?.word, let list = root["AccessControlList"] else {
            throw .malformedACL("AccessControlPolicy without Owner ID or AccessControlList")
        }
        guard ByteText.equal(owner, context.owner) else {
            throw .accessDenied().because("the document names \(owner) as owner, who is \(context.owner)")
        }
        self.init(owner: context.owner, grants: [])
        for node in list.all("Grant") { grants.append(try Self.grant(node, context)) }
        try checkCount()
    }

    /// The `AccessControlPolicy` document.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "AccessControlPolicy") { xml in
            xml.element("Owner") { $0.text("ID", owner) }
            xml.element("AccessControlList") { list in
                for grant in grants { list.element("Grant") { Self.write(grant, to: $0) } }
            }
        }
    }

    private static func grant(_ node: XMLNode, _ context: Context) throws(S3Error) -> Grant {
        guard let grantee = node["Grantee"] else { throw .malformedACL("a Grant without Grantee") }
        let permission = try asACL { () throws(S3Error) in try node.choice("Permission", Permission.self) }
        guard let permission else { throw .malformedACL("a Grant without Permission") }
        return Grant(try Self.grantee(grantee, context), permission)
    }

    private static func grantee(_ node: XMLNode, _ context: Context) throws(S3Error) -> Grantee {
        switch (node["ID"]?.word, node["URI"]?.word, node["EmailAddress"]?.word) {
        case (let id?, nil, nil): return try user(id, argument: "CanonicalUser/ID", context)
        case (nil, let uri?, nil): return try group(uri, argument: "Group/URI")
        case (nil, nil, _?): throw .unresolvableGrantByEmailAddress
        default: throw .malformedACL("a Grantee needs just one of ID, URI and EmailAddress")
        }
    }

    private static func write(_ grant: Grant, to xml: XMLDocument) {
        let type =
            switch grant.grantee {
            case .user: "CanonicalUser"
            case .group: "Group"
            }
        xml.element("Grantee", attributes: [("xmlns:xsi", schemaInstance), ("xsi:type", type)]) { xml in
            switch grant.grantee {
            case .user(let id): xml.text("ID", id)
            case .group(let group): xml.text("URI", group.rawValue)
            }
        }
        xml.text("Permission", grant.permission.rawValue)
    }

    /// What is malformed XML elsewhere has a code of its own for lists.
    private static func asACL<Value>(_ read: () throws(S3Error) -> Value) throws(S3Error) -> Value {
        do {
            return try read()
        } catch {
            guard error.code == "MalformedXML" else { throw error }
            throw .malformedACL(error.reason)
        }
    }
}
