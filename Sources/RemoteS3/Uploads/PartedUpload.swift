import HTTPTransport
import Logging
import NIOCore
package import S3Protocol

/// Content on its way to a remote in parts, several at a time; there is an object once the remote has put them together.
///
/// Whatever goes wrong, the remote is asked to forget the parts; where it is not known what it did, that is looked at.
package struct PartedUpload: Sendable {
    /// How long the remote may take to forget the parts of an upload that failed, and to tell what is there.
    private static let patience = Duration.seconds(10)
    /// The longest answer that is read.
    private static let maximumDocument = 1 << 20

    private let route: RemoteRoute
    private let key: ObjectKey
    private let content: WholeContent
    private let parts: [Range<Int64>]
    private let plan: UploadPlan
    private let checksum: Checksum?
    private let requests: MultipartRequests

    /// An upload of these parts of the content; `checksum` is that of the whole, when a client gave one.
    ///
    /// - Throws: `KeyTooLongError` when the key is too long there.
    package init(
        of content: WholeContent,
        to route: RemoteRoute,
        key: ObjectKey,
        parts: [Range<Int64>],
        plan: UploadPlan,
        checksum: Checksum? = nil
    ) throws {
        self.route = route
        self.key = key
        self.content = content
        self.parts = parts
        self.plan = plan
        self.checksum = checksum
        requests = MultipartRequests(bucket: route.names.remote, key: try route.names.there(key))
    }

    /// Sends all of it and returns what the remote says of the object.
    ///
    /// - Parameters:
    ///   - attributes: The headers that give the object its attributes.
    ///   - conditions: Those under which it may be written: they are for the moment at which it is put together.
    /// - Throws: the remote's refusals as `S3Error`, `RemoteError`, `CancellationError`.
    package func send(attributes: HeaderList, conditions: HeaderList) async throws -> UploadedObject {
        let id = try await begin(attributes)
        do {
            try Task.checkCancellation()
            let sent = try await sendParts(id)
            return try await complete(id, sent, conditions)
        } catch {
            await abort(id)
            throw error
        }
    }

    private var choice: MultipartChecksumChoice? {
        checksum.flatMap { checksum in
            let types = checksum.algorithm.multipartTypes
            return try? MultipartChecksumChoice(checksum.algorithm, types.first { $0 == .fullObject } ?? types.first)
        }
    }

    /// Begins the upload in a task of its own: of one whose beginning is cut short nobody would know the id.
    private func begin(_ attributes: HeaderList) async throws -> String {
        let request = requests.create(attributes.appending(HeaderList(choice?.headers ?? [])))
        return try await Task {
            do {
                let response = try await route.client.perform(request)
                guard response.status == 200 else { throw response.error(of: key) }
                guard let id = MultipartRequests.uploadID(try await document(response)) else {
                    throw S3Error.badGateway("the remote began an upload in parts and gave it no id")
                }
                return id
            } catch {
                if mayBeDone(after: error) {
                    note("an upload in parts may have been begun in the remote, and its id is not known", "\(error)")
                }
                throw error
            }
        }.value
    }

    /// Asks in a task of its own: the caller's may be cancelled, which is no reason to leave parts behind.
    private func abort(_ id: String) async {
        var request = requests.abort(id)
        request.timeouts = TransportTimeouts(firstByte: Self.patience, total: Self.patience)
        let abortion = request
        await Task {
            do {
                let response = try await route.client.perform(abortion)
                guard response.status >= 300, response.status != 404 else { return }
                throw response.error(of: nil)
            } catch {
                note("the parts of a failed upload are left in the remote", "upload \(id): \(error)")
            }
        }.value
    }

    private func note(_ what: Logger.Message, _ reason: String) {
        route.client.logger.warning(
            what,
            metadata: ["bucket": "\(route.names.remote)", "key": "\(key)", "error": "\(reason)"]
        )
    }

    private func document(_ response: RemoteResponse) async throws -> XMLNode {
        let bytes = try await response.collect(upTo: Self.maximumDocument, from: route.client.endpoint.text)
        guard let root = try? XMLNode.parse(Array(bytes.readableBytesView), limits: RemoteDocument.limits) else {
            throw S3Error.badGateway("the remote answered \(response.status) and no document")
        }
        return root
    }
}

// MARK: - Parts

extension PartedUpload {
    private func sendParts(_ id: String) async throws -> [MultipartRequests.SentPart] {
        try await withThrowingTaskGroup(of: MultipartRequests.SentPart.self) { group in
            var waiting = parts.enumerated().makeIterator()
            func begin() {
                guard let (index, range) = waiting.next() else { return }
                group.addTask { try await sendPart(index + 1, range, of: id) }
            }
            for _ in 0..<max(1, plan.transfers) { begin() }
            var sent: [MultipartRequests.SentPart] = []
            while let part = try await group.next() {
                sent.append(part)
                begin()
            }
            return sent.sorted { $0.number < $1.number }
        }
    }

    private func sendPart(
        _ number: Int,
        _ range: Range<Int64>,
        of id: String
    ) async throws -> MultipartRequests.SentPart {
        let digests = try await content.digests(range, checksum?.algorithm ?? .standard)
        var headers = HeaderList([("Content-MD5", Base64.encode(digests.md5))])
        if checksum != nil { headers.append(digests.checksum.algorithm.headerName, digests.checksum.base64) }
        let request = requests.part(number, of: id, length: range.upperBound - range.lowerBound, headers)
        let response = try await route.client.perform(request, body: content.body(range))
        guard response.status == 200 else { throw response.error(of: key) }
        guard let etag = response.headers["ETag"] else {
            throw S3Error.badGateway("the remote took part \(number) and gave it no entity tag")
        }
        return .init(number: number, etag: ETag(etag), checksum: checksum.map { _ in digests.checksum })
    }
}

// MARK: - The end

extension PartedUpload {
    private func complete(
        _ id: String,
        _ sent: [MultipartRequests.SentPart],
        _ conditions: HeaderList
    ) async throws -> UploadedObject {
        var headers = conditions
        if let checksum, let choice, choice.type == .fullObject {
            headers.append(checksum.algorithm.headerName, checksum.base64)
            headers.append("x-amz-checksum-type", choice.type.rawValue)
        }
        var request = try requests.complete(id, sent, headers)
        request.timeouts = TransportTimeouts(firstByte: plan.completion, stall: plan.completion)
        do {
            return try await object(of: try await route.client.perform(request))
        } catch {
            // Of an answer that was lost, of a second one after it, of one that says nothing: it may be there.
            guard mayBeDone(after: error), let found = await find(sent) else { throw error }
            return found
        }
    }

    /// The object that an answer says is there.
    private func object(of response: RemoteResponse) async throws -> UploadedObject {
        guard response.status == 200 else {
            // Nobody of ours named an upload.
            guard response.refusal?.code != "NoSuchUpload" else {
                throw S3Error.badGateway("the remote does not know the upload in parts that it began")
            }
            throw response.error(of: key)
        }
        let document = try await document(response)
        if let object = MultipartRequests.object(document, response.headers) { return object }
        // What takes long may fail behind its 200.
        if let refusal = RemoteRefusal(document) { throw RemoteResponse.error(refusal, status: 500, of: key) }
        throw S3Error.badGateway("the remote put an upload together and answered with no such document")
    }

    /// Whether the remote may have done what it was asked for.
    private func mayBeDone(after error: any Error) -> Bool {
        switch error {
        case let error as RemoteError: error.transport.map { !$0.isUnsent } ?? false
        case let error as S3Error: error.status >= 500
        default: false
        }
    }

    /// What is there, when that is the object of these parts.
    private func find(_ sent: [MultipartRequests.SentPart]) async -> UploadedObject? {
        guard let etag = MultipartRequests.etag(of: sent), let key = try? route.names.there(key) else { return nil }
        let request = RemoteRequest(
            "HEAD",
            bucket: route.names.remote,
            key: key,
            headers: HeaderList([("x-amz-checksum-mode", "ENABLED")]),
            timeouts: TransportTimeouts(firstByte: Self.patience, total: Self.patience)
        )
        guard let response = try? await route.client.perform(request), response.status == 200 else { return nil }
        let found = UploadedObject(response.headers)
        return found.etag == etag && response.headers["Content-Length"] == "\(content.length)" ? found : nil
    }
}
