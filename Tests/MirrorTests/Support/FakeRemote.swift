import HTTPTransport
import RemoteS3
import S3Protocol
import ScriptedServers
import Synchronization

/// A small S3 in memory: objects with metadata and tags, versions, uploads in parts, conditions of writes.
final class FakeRemote: Sendable {
    struct Object: Sendable {
        var version: String
        var etag: String
        var content: [UInt8]
        var headers: [String: String]
        var tags = ""
        var isMarker = false
    }

    struct Upload: Sendable {
        var key: String
        var headers: [String: String]
        var parts: [Int: [UInt8]] = [:]
    }

    struct State: Sendable {
        /// The versions of each key, the newest last.
        var objects: [String: [Object]] = [:]
        var uploads: [String: Upload] = [:]
        var isVersioned = false
        var hasBucket = true
        var takesConditions = true
        /// Whether it says of every tag that it is another, as Ceph's gateway does of those in quotes.
        var mistakesTags = false
        /// Whether objects that come in parts lose the tags that they were announced with, as in Ceph's gateway.
        var forgetsTagsOfParts = false
        /// How many objects it keeps otherwise than they came.
        var spoils = 0
        /// How many writes it answers with 500 after it has made them.
        var losesAnswers = 0
        /// What is answered instead, by method and query; asked for each request.
        var fault: (@Sendable (_ request: String) -> Answer?)?
        var requests: [String] = []
        var ids = 0
    }

    struct Answer: Sendable {
        var status: String
        var body = ""
        var headers: [String: String] = [:]
    }

    let state = Mutex(State())
    private let server = Mutex<ScriptedServer?>(nil)

    init() throws {
        let made = try ScriptedServer { [weak self] peer, _ in
            while let head = try peer.head(), let self {
                let request = Request(head)
                let body = try peer.bytes(request.length)
                let answer = self.answer(request, body)
                var headers = answer.headers
                if request.method == "HEAD", let length = headers["Content-Length"] {
                    headers["Content-Length"] = nil
                    try peer.write(
                        "HTTP/1.1 \(answer.status)\r\nContent-Length: \(length)\r\n\(Self.text(headers))\r\n"
                    )
                } else {
                    try peer.answer(answer.status, answer.body, headers: Self.text(headers))
                }
            }
        }
        server.withLock { $0 = made }
    }

    var origin: TransportOrigin { server.withLock { $0!.origin } }

    func close() { server.withLock { $0?.close() } }

    private static func text(_ headers: [String: String]) -> String {
        headers.map { "\($0.key): \($0.value)\r\n" }.joined()
    }

    // MARK: What tests look at

    /// The current contents by key.
    var contents: [String: String] {
        state.withLock { state in
            state.objects.compactMapValues { versions in
                versions.last.flatMap { $0.isMarker ? nil : String(decoding: $0.content, as: UTF8.self) }
            }
        }
    }

    /// The versions of a key in order, `-` for a delete marker.
    func history(_ key: String) -> [String] {
        state.withLock { state in
            (state.objects[key] ?? []).map { $0.isMarker ? "-" : String(decoding: $0.content, as: UTF8.self) }
        }
    }

    func object(_ key: String) -> Object? { state.withLock { $0.objects[key]?.last } }

    /// How many requests of this beginning came, such as `PUT /photos/a`.
    func count(_ beginning: String) -> Int {
        state.withLock { state in state.requests.count { $0.hasPrefix(beginning) } }
    }

    /// Puts an object as somebody else would.
    func put(_ key: String, _ text: String) {
        state.withLock { state in _ = Self.add(Array(text.utf8), key, [:], "", &state) }
    }

    // MARK: Answers

    struct Request {
        let method: String
        let key: String
        let query: [String: String]
        let headers: [String: String]
        let line: String

        init(_ head: String) {
            let lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
            let words = lines[0].split(separator: " ")
            method = String(words[0])
            line = "\(words[0]) \(words[1])"
            let sides = words[1].split(separator: "?", maxSplits: 1)
            let path = sides[0].split(separator: "/", maxSplits: 1)
            let bytes = path.count > 1 ? PercentEncoding.decode(path[1].utf8, plusIsBlank: false) : nil
            key = String(decoding: bytes ?? [], as: UTF8.self)
            var query: [String: String] = [:]
            for piece in sides.count > 1 ? sides[1].split(separator: "&") : [] {
                let halves = piece.split(separator: "=", maxSplits: 1)
                let value = halves.count > 1 ? PercentEncoding.decode(halves[1].utf8, plusIsBlank: false) : nil
                query[String(halves[0])] = String(decoding: value ?? [], as: UTF8.self)
            }
            self.query = query
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let halves = line.split(separator: ":", maxSplits: 1)
                headers[halves[0].lowercased()] = halves.count > 1 ? String(halves[1].drop { $0 == " " }) : ""
            }
            self.headers = headers
        }

        var length: Int { headers["content-length"].flatMap { Int($0) } ?? 0 }
    }

    private func answer(_ request: Request, _ body: [UInt8]) -> Answer {
        let fault = state.withLock { state in
            state.requests.append(request.line)
            return state.fault
        }
        if let answer = fault?(request.line) { return answer }
        return state.withLock { state in
            let answer = Self.answer(request, body, &state)
            guard state.losesAnswers > 0, request.method != "HEAD", answer.status.hasPrefix("20") else { return answer }
            guard ["PUT", "DELETE"].contains(request.method), !request.key.isEmpty else { return answer }
            state.losesAnswers -= 1
            return Answer(status: "500 Internal")
        }
    }

    private static func answer(_ request: Request, _ body: [UInt8], _ state: inout State) -> Answer {
        if request.key.isEmpty { return ofBucket(request, &state) }
        guard state.hasBucket else { return refusal("404 Not Found", "NoSuchBucket") }
        if request.query["uploadId"] != nil || request.query["uploads"] != nil {
            return ofUpload(request, body, &state)
        }
        let found = object(request, state)
        switch request.method {
        case "HEAD":
            guard let found, !found.isMarker else {
                let headers = found.map { ["x-amz-version-id": $0.version, "x-amz-delete-marker": "true"] }
                return Answer(status: "404 Not Found", headers: headers ?? [:])
            }
            return head(found)
        case "GET":
            guard let found, !found.isMarker else { return refusal("404 Not Found", "NoSuchKey") }
            var answer = head(found)
            answer.headers["Content-Length"] = nil
            answer.body = String(decoding: found.content, as: UTF8.self)
            return answer
        case "PUT" where request.query["tagging"] != nil, "DELETE" where request.query["tagging"] != nil:
            guard found != nil else { return refusal("404 Not Found", "NoSuchKey") }
            let last = state.objects[request.key]!.count - 1
            state.objects[request.key]![last].tags =
                request.method == "PUT" ? tagText(String(decoding: body, as: UTF8.self)) : ""
            return Answer(status: "200 OK")
        case "PUT":
            if let refusal = condition(request, found, state) { return refusal }
            if let md5 = request.headers["content-md5"], md5 != Base64.encode(digest(body)) {
                return refusal("400 Bad Request", "BadDigest")
            }
            var content = body
            if state.spoils > 0, !body.isEmpty {
                state.spoils -= 1
                content[0] ^= 1
            }
            let object = add(content, request.key, request.headers, request.headers["x-amz-tagging"] ?? "", &state)
            return Answer(status: "200 OK", headers: written(object, state))
        case "DELETE":
            if let version = request.query["versionId"] {
                state.objects[request.key]?.removeAll { $0.version == version }
                return Answer(status: "204 No Content")
            }
            if let refusal = condition(request, found, state) { return refusal }
            if state.isVersioned {
                state.ids += 1
                let marker = Object(version: "v\(state.ids)", etag: "", content: [], headers: [:], isMarker: true)
                state.objects[request.key, default: []].append(marker)
                return Answer(status: "204 No Content", headers: ["x-amz-version-id": marker.version])
            } else {
                state.objects[request.key] = nil
            }
            return Answer(status: "204 No Content")
        default: return refusal("501 Not Implemented", "NotImplemented")
        }
    }

    private static func ofBucket(_ request: Request, _ state: inout State) -> Answer {
        switch request.method {
        case "HEAD": return Answer(status: state.hasBucket ? "200 OK" : "404 Not Found")
        case "PUT":
            state.hasBucket = true
            return Answer(status: "200 OK")
        default: break
        }
        if request.query["versioning"] != nil {
            let status = state.isVersioned ? "<Status>Enabled</Status>" : ""
            return Answer(status: "200 OK", body: "<VersioningConfiguration>\(status)</VersioningConfiguration>")
        }
        if request.query["versions"] != nil { return versions(request, state) }
        return listing(request, state)
    }

    private static func versions(_ request: Request, _ state: State) -> Answer {
        let prefix = request.query["prefix"] ?? ""
        var body = "<ListVersionsResult>"
        for (key, versions) in state.objects.sorted(by: { $0.key < $1.key }) where key.hasPrefix(prefix) {
            for version in versions.reversed() {
                let name = version.isMarker ? "DeleteMarker" : "Version"
                body += "<\(name)><Key>\(key)</Key><VersionId>\(version.version)</VersionId></\(name)>"
            }
        }
        return Answer(status: "200 OK", body: body + "</ListVersionsResult>")
    }

    private static func listing(_ request: Request, _ state: State) -> Answer {
        let (prefix, marker) = (request.query["prefix"] ?? "", request.query["marker"] ?? "")
        let limit = request.query["max-keys"].flatMap { Int($0) } ?? 1_000
        let all = state.objects.filter { key, versions in
            key.hasPrefix(prefix) && key > marker && versions.last?.isMarker == false
        }.sorted { $0.key < $1.key }
        var body = "<ListBucketResult><IsTruncated>\(all.count > limit)</IsTruncated>"
        for (key, versions) in all.prefix(limit) {
            guard let object = versions.last else { continue }
            body +=
                "<Contents><Key>\(key)</Key><ETag>\"\(object.etag)\"</ETag><Size>\(object.content.count)</Size>"
                + "<LastModified>2030-01-01T00:00:00.000Z</LastModified></Contents>"
        }
        return Answer(status: "200 OK", body: body + "</ListBucketResult>")
    }

    // MARK: Uploads in parts

    private static func ofUpload(_ request: Request, _ body: [UInt8], _ state: inout State) -> Answer {
        guard let id = request.query["uploadId"] else {
            state.ids += 1
            let id = "upload-\(state.ids)"
            state.uploads[id] = Upload(key: request.key, headers: request.headers)
            let text = "<InitiateMultipartUploadResult><UploadId>\(id)</UploadId></InitiateMultipartUploadResult>"
            return Answer(status: "200 OK", body: text)
        }
        guard let upload = state.uploads[id], upload.key == request.key else {
            return refusal("404 Not Found", "NoSuchUpload")
        }
        switch request.method {
        case "PUT":
            state.uploads[id]?.parts[Int(request.query["partNumber"] ?? "") ?? 0] = body
            return Answer(status: "200 OK", headers: ["ETag": "\"\(Hex.encode(digest(body)))\""])
        case "GET":
            var text = "<ListPartsResult><IsTruncated>false</IsTruncated>"
            for (number, part) in upload.parts.sorted(by: { $0.key < $1.key }) {
                text +=
                    "<Part><PartNumber>\(number)</PartNumber><ETag>\"\(Hex.encode(digest(part)))\"</ETag>"
                    + "<Size>\(part.count)</Size></Part>"
            }
            return Answer(status: "200 OK", body: text + "</ListPartsResult>")
        case "DELETE":
            state.uploads[id] = nil
            return Answer(status: "204 No Content")
        default: return complete(id, upload, request, body, &state)
        }
    }

    private static func complete(
        _ id: String,
        _ upload: Upload,
        _ request: Request,
        _ body: [UInt8],
        _ state: inout State
    ) -> Answer {
        if let refusal = condition(request, object(request, state), state) { return refusal }
        guard let root = try? XMLNode.parse(body) else { return refusal("400 Bad Request", "MalformedXML") }
        let numbers = root.all("Part").compactMap { $0["PartNumber"].flatMap { Int($0.text) } }
        let parts = numbers.compactMap { upload.parts[$0] }
        let tags = state.forgetsTagsOfParts ? "" : upload.headers["x-amz-tagging"] ?? ""
        let etag = "\(Hex.encode(digest(parts.flatMap(digest))))-\(parts.count)"
        let object = add(parts.flatMap(\.self), request.key, upload.headers, tags, etag: etag, &state)
        state.uploads[id] = nil
        let text = "<CompleteMultipartUploadResult><ETag>\"\(etag)\"</ETag></CompleteMultipartUploadResult>"
        return Answer(status: "200 OK", body: text, headers: written(object, state))
    }

    // MARK: Objects

    private static func object(_ request: Request, _ state: State) -> Object? {
        let versions = state.objects[request.key] ?? []
        guard let version = request.query["versionId"] else { return versions.last }
        return versions.first { $0.version == version }
    }

    @discardableResult
    private static func add(
        _ content: [UInt8],
        _ key: String,
        _ headers: [String: String],
        _ tags: String,
        etag: String? = nil,
        _ state: inout State
    ) -> Object {
        state.ids += 1
        let kept = headers.filter {
            $0.key.hasPrefix("x-amz-meta-") || ["content-type", "cache-control"].contains($0.key)
        }
        let etag = etag ?? Hex.encode(digest(content))
        let object = Object(version: "v\(state.ids)", etag: etag, content: content, headers: kept, tags: tags)
        state.objects[key] = (state.isVersioned ? state.objects[key] ?? [] : []) + [object]
        return object
    }

    private static func head(_ object: Object) -> Answer {
        var headers = object.headers
        headers["Content-Length"] = "\(object.content.count)"
        headers["ETag"] = "\"\(object.etag)\""
        headers["x-amz-version-id"] = object.version
        if !object.tags.isEmpty { headers["x-amz-tagging-count"] = "\(object.tags.split(separator: "&").count)" }
        return Answer(status: "200 OK", headers: headers)
    }

    private static func written(_ object: Object, _ state: State) -> [String: String] {
        var headers = ["ETag": "\"\(object.etag)\""]
        if state.isVersioned { headers["x-amz-version-id"] = object.version }
        return headers
    }

    private static func condition(_ request: Request, _ found: Object?, _ state: State) -> Answer? {
        let (match, none) = (request.headers["if-match"], request.headers["if-none-match"])
        guard match != nil || none != nil else { return nil }
        guard state.takesConditions else { return refusal("501 Not Implemented", "NotImplemented") }
        let there = found.flatMap { $0.isMarker ? nil : "\"\($0.etag)\"" }
        if match != nil, state.mistakesTags { return refusal("412 Precondition Failed", "PreconditionFailed") }
        let holds = match.map { $0 == there } ?? (there == nil)
        return holds ? nil : refusal("412 Precondition Failed", "PreconditionFailed")
    }

    private static func refusal(_ status: String, _ code: String) -> Answer {
        Answer(status: status, body: "<Error><Code>\(code)</Code><Message>no</Message></Error>")
    }

    private static func tagText(_ document: String) -> String {
        guard let root = try? XMLNode.parse(Array(document.utf8)) else { return "" }
        let tags = root["TagSet"]?.all("Tag") ?? []
        return tags.map { "\($0["Key"]?.text ?? "")=\($0["Value"]?.text ?? "")" }.joined(separator: "&")
    }

    private static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = Insecure.MD5()
        bytes.withUnsafeBytes { digest.update(bufferPointer: $0) }
        return digest.finalize().withUnsafeBytes { Array($0) }
    }
}
