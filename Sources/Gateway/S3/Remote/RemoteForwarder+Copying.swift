import RemoteS3
import S3Protocol

extension RemoteForwarder {
    private static let versionMark = "?versionId="

    /// The header that names a copy's source as the remote calls it, once the caller may read it.
    ///
    /// - Throws: `AccessDenied`; `NotImplemented` for a source that is not in the same remote.
    func copySource(of request: S3Request, to route: RemoteRoute) async throws -> HeaderList {
        let value = request.header(CopySourceHeader.copy.rawValue) ?? ""
        // Nobody would read it, and it is not to be read off this connection's event loop.
        guard request.http.hasNoBody else { throw S3Error.copySourceNotAllowed(value) }
        let (path, version) = Self.cut(value)
        let source = try CopySource(copySource: path)
        try await services.authorizer.authorizeSource(
            of: request,
            bucket: source.bucket,
            key: source.key,
            version: version == nil ? nil : .null
        )
        guard let from = services.remote.route(of: source.bucket), from.client === route.client else {
            throw S3Error.notImplemented(
                because: "the source '\(source.bucket)' and the destination '\(route.names.local)' are not in the same "
                    + "remote S3: read the one and write the other"
            )
        }
        let bucket = PercentEncoding.encode(from.names.remote, keepingSlash: false)
        let key = PercentEncoding.encode(try from.names.there(source.key), keepingSlash: true)
        let named = "/\(bucket)/\(key)" + (version.map { Self.versionMark + $0 } ?? "")
        return HeaderList([(CopySourceHeader.copy.rawValue, named)])
    }

    /// The source without its version, and the version as it came: the remote issued it.
    private static func cut(_ value: String) -> (path: String, version: String?) {
        let (bytes, mark) = (Array(value.utf8), Array(versionMark.utf8))
        guard let start = bytes.indices.last(where: { bytes[$0...].starts(with: mark) }) else { return (value, nil) }
        let version = String(decoding: bytes[(start + mark.count)...], as: UTF8.self)
        return (String(decoding: bytes[..<start], as: UTF8.self), version)
    }
}
