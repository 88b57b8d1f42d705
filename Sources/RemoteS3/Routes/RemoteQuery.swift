package import S3Protocol

/// The query of a request as it goes to the remote: pure.
package enum RemoteQuery {
    private static let keyed = ["prefix", "marker", "start-after", "key-marker"]
    private static let ofVersion2 = ["AWSAccessKeyId", "Signature", "Expires"]

    /// The parameters as they came, byte for byte, without those that only say who asked; where keys have a prefix there,
    /// what names keys has it too.
    ///
    /// - Parameters:
    ///   - isSigned: Whether the query is what proved who asked.
    ///   - isListing: Whether it asks for a list of keys.
    /// - Returns: nil when nothing is left.
    package static func forwarded(
        _ target: RequestTarget,
        isSigned: Bool,
        isListing: Bool,
        _ names: RemoteNames
    ) -> String? {
        var pieces: [String] = []
        var hasPrefix = false
        for parameter in target.parameters {
            if isSigned, isDropped(parameter, of: target) { continue }
            if isListing, !names.prefix.isEmpty, keyed.contains(where: { ByteText.equal($0, parameter.name) }) {
                hasPrefix = hasPrefix || ByteText.equal(parameter.name, "prefix")
                // An empty marker is none.
                guard parameter.name == "prefix" || !parameter.value.isEmpty else { continue }
                pieces.append(piece(parameter.name, names.there(parameter.value.utf8)))
            } else {
                pieces.append(parameter.rawValue.map { "\(parameter.rawName)=\($0)" } ?? parameter.rawName)
            }
        }
        if isListing, !names.prefix.isEmpty, !hasPrefix { pieces.append(piece("prefix", names.prefix)) }
        return pieces.isEmpty ? nil : pieces.joined(separator: "&")
    }

    private static func piece(_ name: String, _ value: [UInt8]) -> String {
        "\(name)=\(PercentEncoding.encode(value, keepingSlash: false))"
    }

    /// Those of the signature, and those that act as headers, which go as such.
    private static func isDropped(_ parameter: RequestTarget.Parameter, of target: RequestTarget) -> Bool {
        let name = ByteText.lowercasedASCII(parameter.name)
        if ByteText.hasPrefix(name, "x-amz-") { return true }
        return target.has("AWSAccessKeyId") && ofVersion2.contains { ByteText.equal($0, parameter.name) }
    }
}

extension RemoteQuery {
    /// What S3's operations have in their queries beside the names of sub-resources.
    private static let known = Set([
        "list-type", "prefix", "delimiter", "marker", "max-keys", "encoding-type", "start-after", "continuation-token",
        "fetch-owner", "versionId", "partNumber", "uploadId", "key-marker", "version-id-marker", "upload-id-marker",
        "max-uploads", "max-parts", "part-number-marker", "x-id", "id", "select-type", "max-buckets", "bucket-region",
        "AWSAccessKeyId", "Signature", "Expires",
    ])
    private static let knownBeginnings = ["x-amz-", "response-"]

    /// Whether nothing in a query could make the request something else than it looks like here.
    package static func isKnown(_ target: RequestTarget) -> Bool {
        target.parameters.allSatisfy { parameter in
            known.contains(parameter.name) || S3Operation.subResources.contains(parameter.name)
                || knownBeginnings.contains { ByteText.hasPrefix(ByteText.lowercasedASCII(parameter.name), $0) }
        }
    }
}
