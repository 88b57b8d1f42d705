package import S3Protocol

/// Where an object of a remote S3 is, and what its copy is called here.
package struct CachePlace: Sendable {
    /// The remote.
    package let client: RemoteClient
    /// The bucket's name there.
    let bucket: String
    /// The key there.
    let key: [UInt8]
    /// The name of the copy: of two objects at two places it is never the same.
    let name: String
    /// What stands for the bucket with all its keys.
    let bucketName: String

    /// The place of a key in a bucket of this route.
    ///
    /// - Throws: `KeyTooLongError` when the route's prefix makes it too long.
    package init(_ key: ObjectKey, by route: RemoteRoute) throws(S3Error) {
        client = route.client
        bucket = route.names.remote
        self.key = try route.names.there(key)
        bucketName = Self.bucketName(route)
        // A host and a bucket have no line breaks in their names.
        let place = Array("\(bucketName)\n".utf8) + self.key
        name = Hex.encode(Checksummer.checksum(of: place, .sha256).digest)
    }

    /// What stands for a bucket with all its keys.
    static func bucketName(_ route: RemoteRoute) -> String {
        "\(route.client.endpoint.text)\n\(route.names.remote)"
    }

    /// A request for the object.
    func request(_ method: String, headers: HeaderList = HeaderList()) -> RemoteRequest {
        RemoteRequest(method, bucket: bucket, key: key, headers: headers)
    }
}
