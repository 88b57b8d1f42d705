extension LifecycleConfiguration {
    /// The rules in a `LifecycleConfiguration` document; rules without an id get `rule-1` and so on, by their place.
    ///
    /// - Throws: `MalformedXML`; `InvalidArgument` for numbers, dates and ids; `InvalidRequest` for what does not go
    ///   together.
    package init(document body: [UInt8], minimumSize: TransitionMinimumSize = .all128K) throws(S3Error) {
        let root = try XMLNode.configuration(body, root: "LifecycleConfiguration")
        let nodes = root.all("Rule")
        guard (1...Self.maximumRules).contains(nodes.count) else {
            throw .malformedXML("\(nodes.count) rules, not 1 to \(Self.maximumRules)")
        }
        let ids = try Self.ids(of: nodes)
        var rules: [LifecycleRule] = []
        for (node, id) in zip(nodes, ids) { rules.append(try LifecycleRule(node, id: id)) }
        self.init(rules: rules, minimumSize: minimumSize)
    }

    /// The `LifecycleConfiguration` document.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "LifecycleConfiguration") { xml in
            for rule in rules { xml.element("Rule") { rule.write(to: $0) } }
        }
    }

    private static func ids(of nodes: [XMLNode]) throws(S3Error) -> [String] {
        var given: [String?] = []
        var taken: Set<[UInt8]> = []
        for node in nodes {
            let id = try node.only("ID")?.word ?? ""
            guard id.utf16.count <= 255 else { throw .lifecycleIDTooLong(id) }
            guard id.isEmpty || taken.insert(Array(id.utf8)).inserted else { throw .repeatedLifecycleID(id) }
            given.append(id.isEmpty ? nil : id)
        }
        return given.enumerated().map { place, id in
            id ?? freeID(from: place + 1, taken: &taken)
        }
    }

    private static func freeID(from number: Int, taken: inout Set<[UInt8]>) -> String {
        var number = number
        while !taken.insert(Array("rule-\(number)".utf8)).inserted { number += maximumRules }
        return "rule-\(number)"
    }
}
