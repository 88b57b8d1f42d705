/// The object lock of a bucket; a bucket that has one cannot lose it again (AWS, "Locking objects with Object Lock").
package struct ObjectLockConfiguration: Codable, Equatable, Sendable {
    /// What new versions get that say nothing else; nil when they get nothing.
    package var defaultRetention: DefaultRetention?

    /// A lock with this default.
    package init(defaultRetention: DefaultRetention? = nil) {
        self.defaultRetention = defaultRetention
    }

    /// The configuration in an `ObjectLockConfiguration` document; one without `Rule` has no default.
    ///
    /// - Throws: `MalformedXML`, `InvalidArgument` for a period that is out of range.
    package init(document body: [UInt8]) throws(S3Error) {
        let root = try XMLNode.configuration(body, root: "ObjectLockConfiguration")
        guard let enabled = try root.only("ObjectLockEnabled")?.word, ByteText.equal(enabled, "Enabled") else {
            throw .malformedXML("ObjectLockEnabled must be Enabled")
        }
        guard let rule = try root.only("Rule") else {
            self.init()
            return
        }
        guard let node = try rule.only("DefaultRetention") else {
            throw .malformedXML("a Rule without DefaultRetention")
        }
        self.init(defaultRetention: try DefaultRetention(node))
    }

    /// The `ObjectLockConfiguration` document.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "ObjectLockConfiguration") { xml in
            xml.text("ObjectLockEnabled", "Enabled")
            guard let defaultRetention else { return }
            xml.element("Rule") { $0.element("DefaultRetention") { defaultRetention.write(to: $0) } }
        }
    }
}
