extension CORSConfiguration {
    /// The rules in a `CORSConfiguration` document.
    ///
    /// - Throws: `MalformedXML`, `MaxMessageLengthExceeded` beyond 64 KiB, `InvalidRequest` for more than 100 rules, an
    ///   unknown method, or a wildcard where none may be.
    package init(document body: [UInt8]) throws(S3Error) {
        let root = try XMLNode.configuration(
            body,
            root: "CORSConfiguration",
            limits: XMLLimits(bytes: Self.maximumLength)
        )
        let nodes = root.all("CORSRule")
        guard !nodes.isEmpty else { throw .malformedXML("no CORSRule") }
        guard nodes.count <= Self.maximumRules else { throw .tooManyCORSRules(limit: Self.maximumRules) }
        var rules: [CORSRule] = []
        for node in nodes { rules.append(try CORSRule(node)) }
        self.init(rules: rules)
    }

    /// The `CORSConfiguration` document.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "CORSConfiguration") { xml in
            for rule in rules { xml.element("CORSRule") { rule.write(to: $0) } }
        }
    }
}

extension CORSRule {
    fileprivate init(_ node: XMLNode) throws(S3Error) {
        let origins = node.all("AllowedOrigin").map(\.word)
        for origin in origins { try Self.checkWildcards(origin, of: "AllowedOrigin") }
        let methods = try Self.methods(node)
        guard !origins.isEmpty, !methods.isEmpty else {
            throw .malformedXML("a CORSRule without AllowedOrigin or AllowedMethod")
        }
        let maxAge = try node.integer("MaxAgeSeconds")
        guard (maxAge ?? 0) >= 0 else { throw .malformedXML("MaxAgeSeconds is below zero") }
        self.init(
            id: try node.only("ID")?.word,
            origins: origins,
            methods: methods,
            headers: try Self.allowedHeaders(node),
            exposed: try Self.exposedHeaders(node),
            maxAge: maxAge
        )
    }

    fileprivate func write(to xml: XMLDocument) {
        xml.text("ID", ifPresent: id)
        for origin in origins { xml.text("AllowedOrigin", origin) }
        for method in methods { xml.text("AllowedMethod", method.rawValue) }
        for header in headers { xml.text("AllowedHeader", header) }
        for header in exposed { xml.text("ExposeHeader", header) }
        xml.text("MaxAgeSeconds", ifPresent: maxAge.map(String.init))
    }

    private static func methods(_ node: XMLNode) throws(S3Error) -> [Method] {
        var methods: [Method] = []
        for text in node.all("AllowedMethod").map(\.word) {
            guard let method = Method.allCases.first(where: { ByteText.equal($0.rawValue, text) }) else {
                throw .unsupportedCORSMethod(text)
            }
            methods.append(method)
        }
        return methods
    }

    private static func allowedHeaders(_ node: XMLNode) throws(S3Error) -> [String] {
        let names = names(node, "AllowedHeader")
        for name in names {
            try checkWildcards(name, of: "AllowedHeader")
            guard HeaderText.isToken(name) else { throw .invalidCORSCharacter(in: "AllowedHeader", name) }
        }
        return names
    }

    /// They are sent in a header, so they must be header names.
    private static func exposedHeaders(_ node: XMLNode) throws(S3Error) -> [String] {
        let names = names(node, "ExposeHeader")
        for name in names {
            guard !name.utf8.contains(UInt8(ascii: "*")) else { throw .wildcardInExposeHeader(name) }
            guard HeaderText.isToken(name) else { throw .invalidCORSCharacter(in: "ExposeHeader", name) }
        }
        return names
    }

    /// An empty element names no header, and forms of consoles send such.
    private static func names(_ node: XMLNode, _ element: String) -> [String] {
        node.all(element).map(\.word).filter { !$0.isEmpty }
    }

    private static func checkWildcards(_ text: String, of element: String) throws(S3Error) {
        guard text.utf8.count(where: { $0 == UInt8(ascii: "*") }) <= 1 else {
            throw .severalCORSWildcards(in: element, text)
        }
    }
}
