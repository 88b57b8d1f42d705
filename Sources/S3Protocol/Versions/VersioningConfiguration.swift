/// The `VersioningConfiguration` document of PutBucketVersioning and GetBucketVersioning.
package enum VersioningConfiguration {
    private static let root = "VersioningConfiguration"

    /// The state that the body of PutBucketVersioning asks for.
    ///
    /// - Throws: `MissingRequestBodyError` for no body, `IllegalVersioningConfigurationException` without a status,
    ///   `MalformedXML` for another status or document, `NotImplemented` when deletes are to need a second factor.
    package static func parse(_ body: [UInt8]) throws(S3Error) -> BucketVersioning {
        guard !body.isEmpty else { throw .missingRequestBody }
        let node = try XMLNode.parse(body)
        guard ByteText.equal(node.name, root) else { throw .malformedXML("the root is \(node.name), not \(root)") }
        try checkSecondFactor(node)
        let status = ByteText.trimmed(node["Status"]?.text ?? "")
        guard !status.isEmpty else { throw .illegalVersioningConfiguration }
        let states: [BucketVersioning] = [.enabled, .suspended]
        guard let state = states.first(where: { ByteText.equal($0.rawValue, status) }) else {
            throw .malformedXML("the status is \(status), not Enabled or Suspended")
        }
        return state
    }

    /// The document of GetBucketVersioning; an empty element when versioning was never set.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package static func document(_ state: BucketVersioning?) throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: root) { $0.text("Status", ifPresent: state?.rawValue) }
    }

    /// Holds a new state against object lock, which needs every version.
    ///
    /// - Throws: `InvalidBucketState` when a bucket with object lock is to stop keeping versions.
    package static func check(_ state: BucketVersioning, hasObjectLock: Bool) throws(S3Error) {
        guard state == .enabled || !hasObjectLock else { throw .versioningFixedByObjectLock }
    }

    private static func checkSecondFactor(_ node: XMLNode) throws(S3Error) {
        guard let element = node["MfaDelete"] else { return }
        let text = ByteText.trimmed(element.text)
        if ByteText.equal(text, "Enabled") { throw .notImplemented(because: "MfaDelete is not done here") }
        guard text.isEmpty || ByteText.equal(text, "Disabled") else {
            throw .malformedXML("MfaDelete is \(text), not Disabled")
        }
    }
}
