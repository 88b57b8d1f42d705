extension S3Operation {
    /// The operation that a request is, given what its address names.
    ///
    /// A sub-resource counts when its name is in the query, with or without a value; unknown names do not count.
    ///
    /// - Throws: `InvalidArgument` for two sub-resources, `InvalidRequest` or `MethodNotAllowed` (with `Allow`) for one
    ///   that the method or the scope does not know; a known sub-resource never falls through to the plain operation.
    package static func route(head: RequestHead, scope: Address.Scope) throws(S3Error) -> S3Operation {
        if ByteText.equal(head.method, "OPTIONS") { return .preflight }
        let subResource = try subResource(of: head.target)
        let candidates = rowsByMethod[Array(head.method.utf8)] ?? []
        guard
            let row = candidates.first(where: {
                $0.scope == scope && same($0.subResource, subResource) && $0.isSatisfied(by: head)
            })
        else { throw refusal(head.method, subResource, scope) }
        try checkPartNumber(head.target, row: row)
        return row.operation
    }

    /// All names that make a request something else than the plain one of its method.
    package static let subResources = Set(table.compactMap(\.subResource))

    private static let rowsByMethod = Dictionary(grouping: table) { Array($0.method.utf8) }

    private static func subResource(of target: RequestTarget) throws(S3Error) -> String? {
        guard !target.parameters.isEmpty else { return nil }
        var found: [String] = []
        for name in target.parameters.map(\.name)
        where subResources.contains(name) && !found.contains(where: { ByteText.equal($0, name) }) {
            found.append(name)
        }
        guard found.count < 2 else { throw .conflictingSubResources(found) }
        return found.first
    }

    private static func same(_ left: String?, _ right: String?) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (let left?, let right?): ByteText.equal(left, right)
        default: false
        }
    }

    private static func refusal(_ method: String, _ subResource: String?, _ scope: Address.Scope) -> S3Error {
        let rows = table.filter { $0.scope == scope && same($0.subResource, subResource) }
        let allowed = rows.filter { $0.requirement == nil }.map(\.method)
        guard let subResource else { return .methodNotAllowed(method, scope.resourceType, allowed: unique(allowed)) }
        if scope == .object, subResource == "logging" { return .noLoggingStatusForKey }
        if scope == .bucket, method == "GET", subResource == "torrent" { return .torrentOfBucket }
        if scope == .object, method == "GET", subResource == "versions" || subResource == "uploads" {
            return .bucketSubResourceOfKey(subResource, method: method)
        }
        return .methodNotAllowed(method, subResource: subResource, allowed: unique(allowed))
    }

    private static func unique(_ methods: [String]) -> [String] {
        methods.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// A part needs both its number and its upload: with one of them missing, a PUT would overwrite the object.
    private static func checkPartNumber(_ target: RequestTarget, row: Row) throws(S3Error) {
        guard row.scope == .object, ByteText.equal(row.method, "PUT") else { return }
        let (number, isPart) = (target["partNumber"], row.subResource == "uploadId")
        if isPart, number == nil { throw .invalidPartNumberArgument("") }
        if row.subResource == nil, let number {
            throw .invalidArgument(
                "This operation does not accept partNumber without uploadId",
                name: "partNumber",
                value: number
            )
        }
    }
}

extension S3Operation.Row {
    fileprivate func isSatisfied(by head: RequestHead) -> Bool {
        switch requirement {
        case nil: true
        case .query(let name): head.target.has(name)
        case .value(let name, let value): head.target[name].map { ByteText.equal($0, value) } ?? false
        case .header(let name): head.headers[name] != nil
        }
    }
}

extension Address.Scope {
    /// What refusals call it.
    package var resourceType: S3Error.ResourceType {
        switch self {
        case .service: .service
        case .bucket: .bucket
        case .object: .object
        }
    }
}
