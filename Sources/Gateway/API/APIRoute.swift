import Attachments
import S3Protocol

/// What a request of the JSON API asks for.
enum APIRoute: Equatable {
    case authorizeUpload
    case create
    case list
    case get(Int64)
    case delete(Int64)

    /// Reads method and path.
    ///
    /// - Throws: 404 for a path that is not known, 405 with what is allowed for a method that is not.
    init(_ head: RequestHead) throws(APIError) {
        let routes = try Self.routes(head)
        guard let route = routes[head.method == "HEAD" ? "GET" : head.method] else {
            let allowed = routes.keys.sorted().joined(separator: ", ")
            throw APIError(status: 405, .init("method_not_allowed", "Only \(allowed) can be used on this path."))
        }
        self = route
    }

    /// What can be done at the path of a request, by method.
    ///
    /// - Throws: 404 for a path that is not known.
    static func routes(_ head: RequestHead) throws(APIError) -> [String: APIRoute] {
        let segments = head.target.rawPath.split(separator: "/").dropFirst(2).map(String.init)
        guard segments.first == "file_attachments", segments.count <= 2 else { throw .routeNotFound() }
        guard let last = segments.dropFirst().first else {
            return ["GET": .list, "POST": .create]
        }
        guard last != "upload_authorization" else { return ["GET": .authorizeUpload] }
        guard last.utf8.count <= 18, last.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let id = Int64(last) else {
            throw .attachmentNotFound()
        }
        return ["GET": .get(id), "DELETE": .delete(id)]
    }

    /// The operation's name in log and metrics.
    var name: String {
        switch self {
        case .authorizeUpload: "AuthorizeUpload"
        case .create: "CreateAttachment"
        case .list: "ListAttachments"
        case .get: "GetAttachment"
        case .delete: "DeleteAttachment"
        }
    }
}
