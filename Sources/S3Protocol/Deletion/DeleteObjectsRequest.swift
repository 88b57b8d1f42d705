/// The body of DeleteObjects: up to 1000 keys or versions.
package struct DeleteObjectsRequest: Equatable, Sendable {
    /// What one entry asks to delete.
    package struct Target: Equatable, Sendable {
        /// The key.
        package let key: ObjectKey
        /// The version; nil for the current one.
        package let version: VersionID?
        /// What must hold of it.
        package let precondition: WritePrecondition
    }

    /// One entry.
    package struct Entry: Equatable, Sendable {
        /// The key as it was sent, for the answer.
        package let key: String
        /// The version id as it was sent, for the answer.
        package let version: String?
        /// What to delete, or why this entry alone is refused.
        package let target: Result<Target, S3Error>
    }

    /// How many entries a request may have.
    package static let counts = 1...1_000

    /// Whether only what fails is to be answered.
    package let isQuiet: Bool
    /// The entries in their order, repeats included.
    package let entries: [Entry]

    /// The entries in a body.
    ///
    /// - Throws: `MissingRequestBodyError` for no body, `MalformedXML` when it is no such document or has no entry or
    ///   more than 1000, or one without key; what is wrong with an entry's values is in the entry.
    package init(body: [UInt8]) throws(S3Error) {
        guard !body.isEmpty else { throw .missingRequestBody }
        let root = try XMLNode.parse(body, limits: .large)
        guard ByteText.equal(root.name, "Delete") else { throw .malformedXML("the root is \(root.name), not Delete") }
        let objects = root.all("Object")
        guard Self.counts.contains(objects.count) else {
            throw .malformedXML("there are \(objects.count) objects, not 1 to 1000")
        }
        isQuiet = try Self.flag(root["Quiet"])
        entries = try objects.map { node throws(S3Error) in try Entry(node) }
    }

    /// A boolean of XML Schema, in any case since scripts write `True`.
    private static func flag(_ node: XMLNode?) throws(S3Error) -> Bool {
        let text = ByteText.lowercasedASCII(ByteText.trimmed(node?.text ?? ""))
        if ["true", "1"].contains(where: { ByteText.equal($0, text) }) { return true }
        guard ["", "false", "0"].contains(where: { ByteText.equal($0, text) }) else {
            throw .malformedXML("Quiet is \(text), not true or false")
        }
        return false
    }
}

extension DeleteObjectsRequest.Entry {
    fileprivate init(_ node: XMLNode) throws(S3Error) {
        guard let key = node["Key"]?.text else { throw .malformedXML("an Object without Key") }
        self.key = key
        let version = ByteText.trimmed(node["VersionId"]?.text ?? "")
        self.version = version.isEmpty ? nil : version
        do throws(S3Error) {
            target = .success(try .init(key: key, version: self.version, node))
        } catch {
            target = .failure(error)
        }
    }
}

extension DeleteObjectsRequest.Target {
    fileprivate init(key: String, version: String?, _ node: XMLNode) throws(S3Error) {
        let key = try ObjectKey(key)
        self.key = key
        self.version = try version.map { text throws(S3Error) in
            // A version id that none can have is of a version that is not there.
            guard let version = try? VersionID(text) else { throw .noSuchVersion(key, text: text) }
            return version
        }
        // Only directory buckets know these, as with the headers of DeleteObject.
        for name in ["LastModifiedTime", "Size"] where node[name] != nil {
            throw .notImplemented(because: "an Object with \(name) is not done here")
        }
        precondition = Self.precondition(ByteText.trimmed(node["ETag"]?.text ?? ""))
    }

    private static func precondition(_ etag: String) -> WritePrecondition {
        if etag.isEmpty { return .none }
        return ByteText.equal(etag, "*") ? .ifExists : .ifMatches(ETag(etag))
    }
}
