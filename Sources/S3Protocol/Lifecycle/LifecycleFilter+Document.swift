/// `Filter`, or the older `Prefix`, of a lifecycle rule.
///
/// Elements that are not known are refused here: to pass over a condition would delete more than was asked for.
extension LifecycleFilter {
    init(rule node: XMLNode) throws(S3Error) {
        let prefix = try node.only("Prefix")?.text
        switch (prefix, try node.only("Filter")) {
        case (let prefix?, nil): self.init(form: .prefix, prefix: prefix)
        case (nil, let filter?): try self.init(filter: filter)
        case (nil, nil): throw .malformedXML("a Rule without Filter or Prefix")
        default: throw .malformedXML("a Rule with both Filter and Prefix")
        }
    }

    func write(to xml: XMLDocument) {
        switch form {
        case .prefix: xml.text("Prefix", prefix ?? "")
        case .single: xml.element("Filter") { writeConditions(to: $0) }
        case .and: xml.element("Filter") { $0.element("And") { writeConditions(to: $0) } }
        }
    }

    private init(filter: XMLNode) throws(S3Error) {
        guard filter.children.count <= 1 else { throw .malformedXML("a Filter with several conditions outside of And") }
        if let and = filter["And"] {
            try self.init(conditions: and, form: .and)
            guard !and.children.isEmpty else { throw .malformedXML("an And without conditions") }
        } else {
            try self.init(conditions: filter, form: .single)
        }
    }

    private init(conditions node: XMLNode, form: Form) throws(S3Error) {
        let known = ["Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan"]
        for child in node.children where !known.contains(where: { ByteText.equal($0, child.name) }) {
            throw .malformedXML("\(child.name) is no condition of a \(node.name)")
        }
        let tags = try Self.tags(node)
        self.init(
            form: form,
            prefix: try node.only("Prefix")?.text,
            tags: tags.isEmpty ? nil : tags,
            sizeGreaterThan: try node.size("ObjectSizeGreaterThan"),
            sizeLessThan: try node.size("ObjectSizeLessThan")
        )
        if let sizeGreaterThan, let sizeLessThan, sizeLessThan <= sizeGreaterThan { throw .lifecycleSizesCross }
    }

    private static func tags(_ node: XMLNode) throws(S3Error) -> [Tag] {
        var tags: [Tag] = []
        for tag in node.all("Tag") {
            guard let key = try tag.only("Key")?.text, let value = try tag.only("Value")?.text, !key.isEmpty else {
                throw .malformedXML("a Tag without Key or Value")
            }
            guard !tags.contains(where: { ByteText.equal($0.key, key) }) else { throw .repeatedLifecycleTag }
            tags.append(Tag(key, value))
        }
        return tags
    }

    private func writeConditions(to xml: XMLDocument) {
        xml.text("Prefix", ifPresent: prefix)
        for tag in tags ?? [] {
            xml.element("Tag") { xml in
                xml.text("Key", tag.key)
                xml.text("Value", tag.value)
            }
        }
        xml.text("ObjectSizeGreaterThan", ifPresent: sizeGreaterThan.map { String($0) })
        xml.text("ObjectSizeLessThan", ifPresent: sizeLessThan.map { String($0) })
    }
}
