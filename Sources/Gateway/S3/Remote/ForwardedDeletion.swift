import NIOCore
import NIOHTTP1
import RemoteS3
import S3Protocol

/// DeleteObjects on a remote bucket: each entry is asked for here, those that may go are sent on.
struct ForwardedDeletion {
    private static let maximumDocument = 2 << 20

    let forwarder: RemoteForwarder

    private struct Refused {
        let entry: DeleteObjectsRequest.Entry
        let error: S3Error
    }

    func respond(to request: S3Request, by route: RemoteRoute) async throws -> Response {
        let bytes = try await request.document(upTo: Self.maximumDocument)
        // The shape is checked as that of a local request.
        let wanted = try DeleteObjectsRequest(body: bytes)
        let nodes = try XMLNode.parse(bytes, limits: .large).all("Object")
        var allowed: [XMLNode] = []
        var refused: [Refused] = []
        for (entry, node) in zip(wanted.entries, nodes) {
            if let error = await refusal(of: entry, request) {
                refused.append(Refused(entry: entry, error: error))
            } else {
                allowed.append(node)
            }
        }
        guard !allowed.isEmpty else { return try document([], refused) }
        let remote = try Self.document(allowed, isQuiet: wanted.isQuiet, route.names)
        let keys = allowed.compactMap { node in node["Key"].flatMap { try? ObjectKey($0.text) } }
        let answer = try await forwarder.forward(request, document: remote, about: keys, by: route)
        let response = try await ForwardedAnswer(services: forwarder.services, request: request, route: route)
            .response(answer)
        return refused.isEmpty ? response : try merged(try await response.collected(from: route), refused)
    }

    private func refusal(of entry: DeleteObjectsRequest.Entry, _ request: S3Request) async -> S3Error? {
        do {
            let version = entry.version.map { VersionID(ofRemote: $0) }
            let key = try ObjectKey(entry.key)
            try await forwarder.services.authorizer.authorizeDeletion(of: request, key: key, version: version)
            return nil
        } catch {
            return ErrorResponse.s3Error(error)
        }
    }

    /// The list for the remote: the entries as they came, under the names that they have there.
    private static func document(_ nodes: [XMLNode], isQuiet: Bool, _ names: RemoteNames) throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "Delete") { xml in
            for node in nodes {
                xml.element("Object") { xml in
                    for child in node.children {
                        let isKey = ByteText.equal(child.name, "Key")
                        let key = isKey ? names.there(child.text.utf8) : Array(child.text.utf8)
                        xml.text(child.name, String(decoding: key, as: UTF8.self))
                    }
                }
            }
            if isQuiet { xml.text("Quiet", "true") }
        }
    }

    /// The remote's answer with the refusals of this side behind it.
    private func merged(_ response: Response, _ refused: [Refused]) throws -> Response {
        guard case .bytes(let whole) = response.body else { return try document([], refused) }
        let root = try XMLNode.parse(Array(whole.readableBytesView), limits: RemoteDocument.limits)
        return try document(root.children, refused)
    }

    private func document(_ answered: [XMLNode], _ refused: [Refused]) throws -> Response {
        let bytes = try XMLDocument.bytes(root: "DeleteResult") { xml in
            for node in answered {
                xml.element(node.name) { xml in for child in node.children { xml.text(child.name, child.text) } }
            }
            for one in refused {
                xml.element("Error") { xml in
                    xml.text("Key", one.entry.key)
                    xml.text("VersionId", ifPresent: one.entry.version)
                    xml.text("Code", one.error.code.rawValue)
                    xml.text("Message", one.error.message)
                }
            }
        }
        return Response(.ok, contentType: "application/xml", bytes: bytes)
    }
}
