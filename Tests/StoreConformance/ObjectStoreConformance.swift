import NIOCore
package import ObjectStorage
import S3Protocol
import Testing

/// What some stores cannot promise.
package struct StorePromises {
    /// Two writes of a key within a second are in order; a store that knows times from HTTP does not know.
    package var ordersWithinSecond: Bool
    /// The longest key: one that has a prefix elsewhere is longer there.
    package var longestKey: Int

    /// Everything, but for what is said.
    package init(ordersWithinSecond: Bool = true, longestKey: Int = 1_024) {
        self.ordersWithinSecond = ordersWithinSecond
        self.longestKey = longestKey
    }
}

/// What every `ObjectStore` promises; `make` gives one with an empty bucket `photos`, and no bucket `nowhere`.
package func objectStoreConformance(
    _ promises: StorePromises = StorePromises(),
    _ make: () async throws -> any ObjectStore
) async throws {
    let store = try await make()
    try await absentThings(store)
    try await roundTrip(store)
    try await overwritingAndDeleting(store, promises)
    try await preconditions(store)
    try await digests(store)
    try await sizes(store)
    try await pages(store)
    try await everyKey(store, longest: promises.longestKey)
}

private func absentThings(_ store: any ObjectStore) async throws {
    let nowhere = try BucketName("nowhere")
    #expect(await code { _ = try await store.head(key("a"), version: nil, in: nowhere) } == "NoSuchBucket")
    #expect(await code { _ = try await store.list(ListQuery(), in: nowhere) } == "NoSuchBucket")
    #expect(await code { _ = try await store.get("a", in: nowhere) } == "NoSuchBucket")
    #expect(await code { try await store.put("a", "x", in: nowhere) } == "NoSuchBucket")
    #expect(await code { try await store.delete(key("a"), in: nowhere, precondition: .none) } == "NoSuchBucket")
    #expect(await code { _ = try await store.head(key("a"), version: nil, in: photos) } == "NoSuchKey")
    #expect(
        await code {
            _ = try await store.head(key("a"), version: VersionID("0123456789abcdef0123456789abcdef"), in: photos)
        } == "NoSuchVersion"
    )
    try await store.delete(key("absent"), in: photos, precondition: .none)
    #expect(try await store.list(ListQuery(), in: photos) == ListPage(entries: [], isTruncated: false))
}

private func roundTrip(_ store: any ObjectStore) async throws {
    let attributes = ObjectAttributes(
        headers: ["content-type": "text/plain", "cache-control": "no-cache", "x-amz-storage-class": "STANDARD_IA"],
        metadata: ["name": "välue", "lines": "one\r\ntwo", "plain": "a=?b c"],
        tags: [.init(key: "t", value: "1")]
    )
    let written = try await store.put("dir/a", "hello", attributes)
    #expect(written.etag.text == "5d41402abc4b2a76b9719d911017c592")
    #expect(written.size == 5)
    #expect(written.checksums.map(\.algorithm) == [.crc64nvme])
    let opened = try await store.open(key("dir/a"), version: nil, in: photos)
    #expect(opened.record == written)
    #expect(try text(of: opened) == "hello")
    #expect(try await store.head(key("dir/a"), version: .null, in: photos) == written)
    let summary = ObjectSummary(
        key: key("dir/a"),
        size: 5,
        etag: written.etag,
        modified: written.modified,
        checksumAlgorithm: .crc64nvme,
        storageClass: "STANDARD_IA"
    )
    #expect(try await store.list(ListQuery(), in: photos).entries == [.object(summary)])
}

private func overwritingAndDeleting(_ store: any ObjectStore, _ promises: StorePromises) async throws {
    let first = try await store.put("a", "one")
    let second = try await store.put("a", "two")
    #expect(second.sequence > first.sequence || !promises.ordersWithinSecond && second.sequence == first.sequence)
    #expect(try await store.get("a") == "two")
    try await store.delete(key("a"), in: photos, precondition: .none)
    #expect(await code { _ = try await store.get("a") } == "NoSuchKey")
    #expect(try await store.names() == ["dir/a"])
}

private func preconditions(_ store: any ObjectStore) async throws {
    let wrong = WritePrecondition.ifMatches(ETag("0"))
    #expect(await code { try await store.put("p", "x", if: wrong) } == "NoSuchKey")
    #expect(await code { try await store.delete(key("p"), in: photos, precondition: wrong) } == "NoSuchKey")
    let record = try await store.put("p", "x", if: .ifAbsent)
    #expect(await code { try await store.put("p", "y", if: .ifAbsent) } == "PreconditionFailed")
    #expect(await code { try await store.put("p", "y", if: wrong) } == "PreconditionFailed")
    let next = try await store.put("p", "y", if: .ifMatches(record.etag))
    #expect(try await store.get("p") == "y")
    #expect(await code { try await store.delete(key("p"), in: photos, precondition: wrong) } == "PreconditionFailed")
    try await store.delete(key("p"), in: photos, precondition: .ifMatches(next.etag))
}

private func pages(_ store: any ObjectStore) async throws {
    let names = ["q/a", "q/b/1", "q/b/2", "q/c+ d", "q/d/1"]
    for name in names { try await store.put(name, name) }
    let prefix = Array("q/".utf8)
    #expect(try await store.names(ListQuery(prefix: prefix)) == names)
    let folded = ListQuery(prefix: prefix, delimiter: [0x2F])
    #expect(try await store.names(folded) == ["q/a", "q/b/", "q/c+ d", "q/d/"])
    var found: [[String]] = []
    var query = ListQuery(prefix: prefix, delimiter: [0x2F], limit: 2)
    while true {
        let page = try await store.list(query, in: photos)
        found.append(try await store.names(query))
        guard page.isTruncated, let last = found.last?.last else { break }
        query.after = Array(last.utf8)
    }
    #expect(found == [["q/a", "q/b/"], ["q/c+ d", "q/d/"]])
    #expect(try await store.names(ListQuery(prefix: prefix, after: Array("q/b/1".utf8), limit: 1)) == ["q/b/2"])
    #expect(try await store.list(ListQuery(limit: 0), in: photos) == ListPage(entries: [], isTruncated: false))
    for name in names { try await store.delete(key(name), in: photos, precondition: .none) }
}

private func digests(_ store: any ObjectStore) async throws {
    let bad = Checksum(algorithm: .crc64nvme, digest: [UInt8](repeating: 0, count: 8))
    let upload = try await store.beginUpload(of: key("bad"), to: photos, digests: ContentDigests())
    try await upload.write(ByteBuffer(string: "x"))
    #expect(upload.byteCount == 1)
    let refusal = await code {
        _ = try await upload.commit(ObjectAttributes(), demand: .init(checksum: bad), precondition: .none)
    }
    #expect(refusal == "BadDigest")
    try await statedChecksums(store)
    #expect(await code { _ = try await store.get("bad") } == "NoSuchKey")
    let aborted = try await store.beginUpload(of: key("aborted"), to: photos, digests: ContentDigests())
    try await aborted.write(ByteBuffer(string: "x"))
    await aborted.abort()
    #expect(await code { _ = try await store.get("aborted") } == "NoSuchKey")
}

/// What a client says of its bytes is kept with them.
private func statedChecksums(_ store: any ObjectStore) async throws {
    for algorithm in [ChecksumAlgorithm.sha256, .crc32c] {
        let demand = ContentDigestDemand(checksum: Checksummer.checksum(of: Array("x".utf8), algorithm))
        let upload = try await store.beginUpload(of: key("sum"), to: photos, digests: ContentDigests(for: demand))
        try await upload.write(ByteBuffer(string: "x"))
        let written = try await upload.commit(ObjectAttributes(), demand: demand, precondition: .none)
        #expect(written.checksums == [demand.checksum])
        #expect(try await store.head(key("sum"), version: nil, in: photos).checksums == written.checksums)
    }
    try await store.delete(key("sum"), in: photos, precondition: .none)
}

private func sizes(_ store: any ObjectStore) async throws {
    for size in [0, 1, 65_535, 65_536, 65_537, 3_000_000] {
        let content = String(repeating: "abcdefg", count: size / 7 + 1).prefix(size)
        let upload = try await store.beginUpload(of: key("size"), to: photos, digests: ContentDigests())
        var rest = ByteBuffer(substring: content)
        while let piece = rest.readSlice(length: min(50_000, max(1, rest.readableBytes))) {
            try await upload.write(piece)
        }
        let record = try await upload.commit(ObjectAttributes(), demand: ContentDigestDemand(), precondition: .none)
        #expect(record.size == Int64(size))
        #expect(try await store.get("size") == content)
    }
    try await store.delete(key("size"), in: photos, precondition: .none)
}

private func everyKey(_ store: any ObjectStore, longest: Int) async throws {
    let names = [
        "a", "a/", "a/b", "a//b", "/", "//", "/a", ".", "..", "../a", "a/../b", "./a", "A", "é", "e\u{301}", "😀",
        "a\u{1}",
        "\u{0}", "lost+found", ".nfs1", String(repeating: "s", count: 256), String(repeating: "s", count: 255),
        String(repeating: "k", count: longest), Array(repeating: "d", count: 70).joined(separator: "/"), "a/b/c",
        "a b+%",
    ]
    for name in names { try await store.put(name, "content of \(name)") }
    for name in names { #expect(try await store.get(name) == "content of \(name)") }
    let sorted = (names + ["dir/a"]).map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    #expect(try await store.names().map { Array($0.utf8) } == sorted)
    for name in names { try await store.delete(key(name), in: photos, precondition: .none) }
    #expect(try await store.names() == ["dir/a"])
}
