import NIOCore
import ObjectStorage
import RemoteS3
import S3Protocol

extension RemoteKey {
    /// A version of the key at the remote.
    struct Version: Sendable, Equatable {
        let id: String
        let isDeleteMarker: Bool
    }

    private static let listed = 1_000
    private static let maximumPage = 4 << 20

    /// The latest of the key's versions and delete markers, the newest first; at most 1,000.
    func versions() async throws -> [Version] {
        let there = try route.names.there(key)
        let prefix = PercentEncoding.encode(there, keepingSlash: false)
        let root = try await document("versions&encoding-type=url&max-keys=\(Self.listed)&prefix=\(prefix)")
        return root.children.filter { $0.name == "Version" || $0.name == "DeleteMarker" }
            .filter { node in
                PercentEncoding.decode((node["Key"]?.text ?? "").utf8, plusIsBlank: true) == there
            }
            .map { Version(id: $0["VersionId"]?.text ?? "", isDeleteMarker: $0.name == "DeleteMarker") }
    }

    /// The sequence that our write left in a version; nil for one of others.
    func sequence(ofVersion id: String) async throws -> Int64? {
        var request = RemoteRequest("HEAD")
        request.query = "versionId=\(PercentEncoding.encode(id, keepingSlash: false))"
        let response = try await perform(request)
        guard response.status == 200 else { throw MirrorFailure(response, to: "tell of a version") }
        return MirrorHeaders.object(response.headers, of: key, beside: nil).sequence
    }

    /// Whether the bucket keeps versions; one that is missing does not.
    func isBucketVersioned() async throws -> Bool {
        let response = try await route.client.perform(
            RemoteRequest("GET", bucket: route.names.remote, query: "versioning")
        )
        // Of a remote without versions, and of a bucket that is made later.
        if [404, 501].contains(response.status) { return false }
        guard response.status == 200 else { throw MirrorFailure(response, to: "tell whether it keeps versions") }
        return ByteText.equal(try await parse(response)["Status"]?.text ?? "", "Enabled")
    }

    private func document(_ query: String) async throws -> XMLNode {
        let response = try await route.client.perform(RemoteRequest("GET", bucket: route.names.remote, query: query))
        guard response.status == 200 else { throw MirrorFailure(response, to: "list versions") }
        return try await parse(response)
    }

    private func parse(_ response: RemoteResponse) async throws -> XMLNode {
        let bytes = try await response.collect(upTo: Self.maximumPage, from: route.client.endpoint.text)
        return try XMLNode.parse(Array(bytes.readableBytesView), limits: RemoteDocument.limits)
    }
}
