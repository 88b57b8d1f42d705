/// Whether a version of an object is kept until somebody lifts the hold.
package enum LegalHold: String, CaseIterable, Codable, Sendable {
    /// The version must not be deleted.
    case on = "ON"
    /// It may; reported once a hold was ever set.
    case off = "OFF"

    /// The hold in a `LegalHold` document.
    ///
    /// - Throws: `MalformedXML` when `Status` is neither `ON` nor `OFF`.
    package init(document body: [UInt8]) throws(S3Error) {
        let root = try XMLNode.configuration(body, root: "LegalHold")
        guard let status = try root.choice("Status", LegalHold.self) else {
            throw .malformedXML("LegalHold without Status")
        }
        self = status
    }

    /// The `LegalHold` document.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "LegalHold") { $0.text("Status", rawValue) }
    }
}
