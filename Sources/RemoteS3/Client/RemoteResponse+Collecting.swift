import NIOCore

extension RemoteResponse {
    /// How many bytes of the body are in memory.
    var heldBytes: Int {
        if case .bytes(let buffer) = content { buffer.readableBytes } else { 0 }
    }

    /// The same answer with its body read.
    ///
    /// - Throws: as `collect`.
    package func collected(upTo limit: Int, from endpoint: String) async throws -> RemoteResponse {
        let bytes = try await collect(upTo: limit, from: endpoint)
        return RemoteResponse(status: status, headers: headers, content: .bytes(bytes))
    }
}
