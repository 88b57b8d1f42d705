/// Reads bucket and key out of a request's host and raw path.
package struct Addressing: Sendable {
    private let suffixes: [String]
    private let domains: Set<String>
    private let customHosts: [String: BucketName]

    /// Addressing with these base domains (`B.<domain>` names bucket B) and hosts that stand for one bucket each.
    ///
    /// Case does not count in either.
    package init(baseDomains: [String] = [], customHosts: [String: BucketName] = [:]) {
        let lowered = baseDomains.map { ByteText.lowercasedASCII($0) }
        domains = Set(lowered)
        suffixes = lowered.map { "." + $0 }.sorted { $0.utf8.count > $1.utf8.count }
        var hosts: [String: BucketName] = [:]
        for (host, bucket) in customHosts { hosts[ByteText.lowercasedASCII(host)] = bucket }
        self.customHosts = hosts
    }

    /// What a request names; a host that is not known is one where the path names the bucket.
    ///
    /// - Throws: `InvalidURI` for a bad escape or a key that is not UTF-8, `InvalidBucketName`, `KeyTooLongError`.
    package func resolve(_ head: RequestHead) throws(S3Error) -> Address {
        let host = ByteText.trimmed(head.headers["Host"] ?? "")
        let path = head.target.rawPath.utf8.dropFirst()
        guard namesBuckets else { return try Self.pathAddress(path, host: host) }
        let name = Self.name(ofHost: host)
        if let bucket = customHosts[name] {
            return Address(style: .customHost, host: host, bucket: bucket, key: try Self.key(path))
        }
        if let bucket = bucketLabel(of: name) {
            return Address(style: .virtualHost, host: host, bucket: try BucketName(bucket), key: try Self.key(path))
        }
        return try Self.pathAddress(path, host: host)
    }

    /// The host in lower case without port and final dot; an IPv6 literal keeps its brackets.
    package static func name(ofHost host: String) -> String {
        let bytes = Array(ByteText.lowercasedASCII(host).utf8)
        let end: Int
        if bytes.first == UInt8(ascii: "[") {
            end = bytes.firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 } ?? bytes.count
        } else {
            end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
        }
        let name = bytes[..<end]
        return String(decoding: name.last == UInt8(ascii: ".") ? name.dropLast() : name, as: UTF8.self)
    }

    /// Whether there are hosts that name a bucket.
    private var namesBuckets: Bool { !suffixes.isEmpty || !customHosts.isEmpty }

    private func bucketLabel(of host: String) -> String? {
        guard !domains.contains(host), let suffix = suffixes.first(where: { host.hasSuffix($0) }) else { return nil }
        let label = host.utf8.dropLast(suffix.utf8.count)
        return label.isEmpty ? nil : String(decoding: label, as: UTF8.self)
    }

    private static func pathAddress(_ path: Substring.UTF8View, host: String) throws(S3Error) -> Address {
        guard !path.isEmpty else { return Address(style: .path, host: host, bucket: nil, key: nil) }
        let slash = path.firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
        guard let name = PercentEncoding.decode(path[..<slash], plusIsBlank: false) else {
            throw .invalidURI("bad escape in the bucket's name")
        }
        let bucket = try BucketName(String(decoding: name, as: UTF8.self))
        return Address(style: .path, host: host, bucket: bucket, key: try key(path[slash...].dropFirst()))
    }

    private static func key(_ path: Substring.UTF8View) throws(S3Error) -> ObjectKey? {
        guard !path.isEmpty else { return nil }
        guard let bytes = PercentEncoding.decode(path, plusIsBlank: false) else {
            throw .invalidURI("bad escape in the path")
        }
        return try ObjectKey(utf8: bytes)
    }
}

extension Addressing {
    /// Whether a host stands for one bucket, so that every path on it is a key.
    package func isBucketHost(_ host: String) -> Bool {
        guard namesBuckets else { return false }
        let name = Self.name(ofHost: ByteText.trimmed(host))
        return customHosts[name] != nil || bucketLabel(of: name) != nil
    }
}
