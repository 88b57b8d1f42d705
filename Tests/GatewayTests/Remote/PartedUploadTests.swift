import Gateway
import NIOCore
import NIOHTTP1
import ObjectStorage
import RemoteS3
import S3Protocol
import StoreConformance
import Synchronization
import Testing

@Suite("Uploads in parts to a remote") struct PartedUploadTests {
    private static let part = MultipartLimits.minimumPartSize
    private static let plan = UploadPlan(partLength: part, transfers: 3)

    private func write(
        _ length: Int64,
        to store: RemoteStore,
        demand: ContentDigestDemand = ContentDigestDemand(),
        if precondition: WritePrecondition = .none
    ) async throws -> ObjectRecord {
        let digests = ContentDigests(for: demand)
        let upload = try await store.beginUpload(of: key("k"), to: photos, digests: digests)
        for piece in Self.pieces(length) { try await upload.write(piece) }
        let attributes = ObjectAttributes(
            headers: ["content-type": "a/b"],
            metadata: ["m": "1"],
            tags: [
                .init(key: "t", value: "1")
            ]
        )
        return try await upload.commit(attributes, demand: demand, precondition: precondition)
    }

    /// Bytes that differ from place to place.
    private static func pieces(_ length: Int64) -> [ByteBuffer] {
        stride(from: 0, to: length, by: 1_000_003).map { start in
            let count = Int(min(1_000_003, length - start))
            var piece = ByteBuffer(repeating: UInt8(truncatingIfNeeded: start), count: count)
            if count > 8 { piece.setInteger(start, at: count / 2) }
            return piece
        }
    }

    private static func checksum(_ length: Int64, _ algorithm: ChecksumAlgorithm) -> Checksum {
        var checksummer = Checksummer(algorithm)
        for piece in pieces(length) { piece.withUnsafeReadableBytes { checksummer.update($0) } }
        return checksummer.finalize()
    }

    @Test(arguments: [0, part - 1, part, part + 1, 2 * part, 3 * part + 7])
    func `it is there as a whole, in as many parts as it takes`(
        length: Int64
    ) async throws {
        try await TestRemote.run { remote in
            let store = remote.store(Self.routes(remote), uploads: Self.plan)
            let written = try await write(length, to: store)
            let there = try await remote.gateway.store.head(key("k"), version: nil, in: BucketName("uploads"))
            #expect(there.size == length && written.size == length)
            #expect(written.etag == there.etag)
            #expect(there.parts.count == (length > Self.part ? Int((length + Self.part - 1) / Self.part) : 0))
            #expect(there.checksums == [Self.checksum(length, .crc64nvme)])
            #expect(there.attributes.headers["content-type"] == "a/b" && there.attributes.metadata == ["m": "1"])
            #expect(try await store.head(key("k"), version: nil, in: photos) == written)
            #expect(try await remote.gateway.store.multipartUploads(in: BucketName("uploads")).isEmpty)
        }
    }

    @Test(arguments: [ChecksumAlgorithm.crc32, .crc32c, .crc64nvme, .sha1, .sha256])
    func `what a client said of the whole is kept`(algorithm: ChecksumAlgorithm) async throws {
        try await TestRemote.run { remote in
            let store = remote.store(Self.routes(remote), uploads: Self.plan)
            let length = 2 * Self.part + 1
            let demand = ContentDigestDemand(checksum: Self.checksum(length, algorithm))
            let written = try await write(length, to: store, demand: demand)
            #expect(written.checksums == [demand.checksum])
            let there = try await remote.gateway.store.head(key("k"), version: nil, in: BucketName("uploads"))
            #expect(there.checksums == [demand.checksum] && there.checksumType == .fullObject)
            // Only a CRC of the whole follows from parts.
            #expect(there.parts.count == (algorithm.multipartTypes.contains(.fullObject) ? 3 : 0))
        }
    }

    @Test func `a condition is asked of the remote, and nothing is left when it does not hold`() async throws {
        try await TestRemote.run { remote in
            let store = remote.store(Self.routes(remote), uploads: Self.plan)
            let first = try await write(Self.part + 1, to: store, if: .ifAbsent)
            for wrong in [WritePrecondition.ifAbsent, .ifMatches(ETag("0"))] {
                #expect(await code { _ = try await write(Self.part + 2, to: store, if: wrong) } == "PreconditionFailed")
            }
            #expect(try await store.head(key("k"), version: nil, in: photos) == first)
            #expect(try await remote.gateway.store.multipartUploads(in: BucketName("uploads")).isEmpty)
            #expect(try await write(Self.part + 2, to: store, if: .ifMatches(first.etag)).size == Self.part + 2)
        }
    }

    @Test func `bytes that are not what was said never leave`() async throws {
        try await TestRemote.run { remote in
            let store = remote.store(Self.routes(remote), uploads: Self.plan)
            let demand = ContentDigestDemand(checksum: Self.checksum(3, .crc32))
            #expect(await code { _ = try await write(Self.part + 1, to: store, demand: demand) } == "BadDigest")
            #expect(await code { _ = try await store.get("k") } == "NoSuchKey")
        }
    }

    /// A step of an upload in parts that the remote refuses.
    enum Step: String, CaseIterable {
        case part, completion, lateCompletion

        func matches(_ request: Request) -> Bool {
            let target = request.head.target
            switch self {
            case .part: return target["partNumber"] == "2"
            case .completion, .lateCompletion: return request.head.method == "POST" && target.has("uploadId")
            }
        }

        var response: Response {
            let document = Array("<Error><Code>InternalError</Code><Message>m</Message></Error>".utf8)
            let status: HTTPResponseStatus = self == .lateCompletion ? .ok : .internalServerError
            return Response(status, contentType: "application/xml", bytes: document)
        }
    }

    @Test(arguments: Step.allCases) func `what fails leaves nothing there`(step: Step) async throws {
        try await TestRemote.run(retries: RetryPolicy(attempts: 2, pause: .milliseconds(1))) { request in
            step.matches(request) ? step.response : nil
        } _: { (remote) async throws in
            let store = remote.store(Self.routes(remote), uploads: Self.plan)
            #expect(await code { _ = try await write(3 * Self.part, to: store) } == "InternalError")
            #expect(await code { _ = try await store.get("k") } == "NoSuchKey")
            #expect(try await remote.gateway.store.multipartUploads(in: BucketName("uploads")).isEmpty)
        }
    }

    @Test(arguments: [Step.part, .completion]) func `what fails once is sent again`(step: Step) async throws {
        let left = Mutex(1)
        try await TestRemote.run(retries: RetryPolicy(attempts: 2, pause: .milliseconds(1))) { request in
            guard step.matches(request) else { return nil }
            let isFirst = left.withLock { count in
                count -= 1
                return count == 0
            }
            return isFirst ? step.response : nil
        } _: { (remote) async throws in
            let store = remote.store(Self.routes(remote), uploads: Self.plan)
            let written = try await write(3 * Self.part, to: store)
            let there = try await remote.gateway.store.head(key("k"), version: nil, in: BucketName("uploads"))
            #expect(there.etag == written.etag && there.checksums == [Self.checksum(3 * Self.part, .crc64nvme)])
        }
    }

    private static func isCompletion(_ request: Request) -> Bool {
        Step.completion.matches(request)
    }

    private static func document(_ status: HTTPResponseStatus, _ text: String) -> Response {
        Response(status, contentType: "application/xml", bytes: Array(text.utf8))
    }

    private static let lies: [(HTTPResponseStatus, String)] = [
        (.internalServerError, "<Error><Code>InternalError</Code><Message>m</Message></Error>"),
        (.gatewayTimeout, "late"),
        (.ok, "<Error/>"), (.ok, "<Whatever/>"), (.ok, ""), (.ok, "<CompleteMultipartUploadResult/>"),
        (.notFound, "<Error><Code>NoSuchUpload</Code><Message>m</Message></Error>"),
    ]

    @Test(arguments: lies.indices) func `what was done is found, whatever the remote says of it`(
        index: Int
    ) async throws {
        try await TestRemote.run(
            retries: RetryPolicy(attempts: 1),
            falsify: { request in
                Self.isCompletion(request) ? Self.document(Self.lies[index].0, Self.lies[index].1) : nil
            }
        ) { (remote) async throws in
            let store = remote.store(Self.routes(remote), uploads: Self.plan)
            let written = try await write(2 * Self.part + 3, to: store)
            #expect(try await store.head(key("k"), version: nil, in: photos) == written)
            #expect(try await remote.gateway.store.multipartUploads(in: BucketName("uploads")).isEmpty)
        }
    }

    @Test(arguments: lies.indices) func `what was not done is not said to be there`(index: Int) async throws {
        try await TestRemote.run(retries: RetryPolicy(attempts: 1)) { request in
            Self.isCompletion(request) ? Self.document(Self.lies[index].0, Self.lies[index].1) : nil
        } _: { (remote) async throws in
            let store = remote.store(Self.routes(remote), uploads: Self.plan)
            // Another object of that key and length is no proof.
            let other = String(repeating: "x", count: Int(2 * Self.part + 3))
            try await remote.gateway.store.put("k", other, in: BucketName("uploads"))
            let before = try await store.head(key("k"), version: nil, in: photos)
            let told = await code { _ = try await write(2 * Self.part + 3, to: store) }
            #expect(["InternalError", "BadGateway", "RemoteRefusal"].contains(told), "\(told)")
            #expect(try await store.head(key("k"), version: nil, in: photos) == before)
            #expect(try await remote.gateway.store.multipartUploads(in: BucketName("uploads")).isEmpty)
        }
    }

    @Test func `an upload whose beginning is held up is not forgotten when its caller goes`() async throws {
        let isHeld = Atomic(false)
        try await TestRemote.run(falsify: { request in
            if request.head.target.has("uploads") { isHeld.store(true, ordering: .relaxed) }
            return nil
        }) { (remote) async throws in
            let store = remote.store(Self.routes(remote), uploads: Self.plan)
            let task = Task { try await write(3 * Self.part, to: store) }
            #expect(try await eventually { isHeld.load(ordering: .relaxed) })
            task.cancel()
            _ = await task.result
            #expect(try await remote.gateway.store.multipartUploads(in: BucketName("uploads")).isEmpty)
        }
    }

    @Test func `a caller who is cancelled has nothing left there either`() async throws {
        let isHeld = Atomic(false)
        try await TestRemote.run { request in
            guard request.head.target["partNumber"] == "2" else { return nil }
            isHeld.store(true, ordering: .relaxed)
            // Until the connection is cut.
            try? await Task.sleep(for: .seconds(600))
            return Response(.ok, contentType: "text/plain", bytes: [])
        } _: { (remote) async throws in
            let store = remote.store(Self.routes(remote), uploads: Self.plan)
            let task = Task { try await write(3 * Self.part, to: store) }
            #expect(try await eventually { isHeld.load(ordering: .relaxed) })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await remote.gateway.store.multipartUploads(in: BucketName("uploads")).isEmpty)
        }
    }

    private static func routes(_ remote: TestRemote) -> RemoteRoutes {
        RemoteRoutes(named: [photos: remote.route(photos, to: "uploads")])
    }
}
