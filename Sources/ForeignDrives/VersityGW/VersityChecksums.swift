import S3Protocol

/// The attribute `checksums`: an object with a member for each algorithm, and which kind of checksum it is.
enum VersityChecksums {
    private static let notes: Set<String> = ["algorithm", "type"]

    /// The checksums that are understood, and the names of members with a value that are not.
    ///
    /// `parts` is how many parts a composite is of when its text does not say so.
    static func read(_ value: JSONValue, parts: Int?) -> (known: [ForeignChecksum], strange: [String]) {
        let isComposite = value.member(anyCase: "Type")?.string == "COMPOSITE"
        var known: [ForeignChecksum] = []
        var strange: [String] = []
        for name in value.names ?? [] where !notes.contains(ByteText.lowercasedASCII(name)) {
            guard let text = value[name]?.string, !text.isEmpty else { continue }
            let algorithm = ForeignChecksum.Algorithm.allCases.first {
                ByteText.equal(ByteText.lowercasedASCII($0.rawValue), ByteText.lowercasedASCII(name))
            }
            if let algorithm, let checksum = checksum(algorithm, text, isComposite, parts) {
                known.append(checksum)
            } else {
                strange.append(name)
            }
        }
        return (known, strange)
    }

    private static func checksum(
        _ algorithm: ForeignChecksum.Algorithm,
        _ text: String,
        _ isComposite: Bool,
        _ parts: Int?
    ) -> ForeignChecksum? {
        guard let checksum = ForeignChecksum(algorithm: algorithm, text: text) else { return nil }
        switch (checksum.scope, isComposite) {
        case (.fullObject, false), (.composite, true): return checksum
        case (.composite, false): return nil
        case (.fullObject, true):
            guard let parts else { return nil }
            return ForeignChecksum(algorithm: algorithm, digest: checksum.digest, scope: .composite(parts: parts))
        }
    }
}
