import S3Protocol
import Testing

@testable import ObjectStorage

/// A version id as versitygw makes them.
private func id(_ number: Int) -> String { "01ARZ3NDEKTSV4RRFFQ69G5FA\(number)" }

@Suite struct ImportVersionsTests {
    private static let day: Int64 = 86_400

    /// A version with this content, made so many days after the first of 2020.
    private func version(
        _ id: String,
        _ text: String?,
        day: Int64 = 0,
        etag: String? = nil,
        _ change: (inout ImportedContent) -> Void = { _ in }
    ) -> ImportedVersion {
        let bytes = Array((text ?? "").utf8)
        let md5 = Checksummer.checksum(of: bytes, .md5).digest
        var content = ImportedContent(size: Int64(bytes.count), etag: ETag(etag ?? Hex.encode(md5))) { sink in
            try bytes.withUnsafeBytes { try sink.write($0) }
        }
        change(&content)
        return ImportedVersion(
            version: try! VersionID(id),
            modified: Timestamp(seconds: 1_577_836_800 + day * Self.day),
            content: text == nil ? nil : content
        )
    }

    private func take(
        _ versions: [ImportedVersion],
        as name: String = "a",
        _ store: FileStore,
        isDryRun: Bool = false
    ) async throws -> [ImportOutcome] {
        var outcomes: [ImportOutcome] = []
        try await store.importVersions(of: key(name), versions, to: photos, isDryRun: isDryRun) { place, outcome in
            #expect(place == outcomes.count)
            outcomes.append(outcome)
        }
        return outcomes
    }

    private func enable(_ store: FileStore, _ state: BucketVersioning = .enabled) async throws {
        _ = try await store.updateBucket(photos) { $0.versioning = state }
    }

    /// The versions of all keys as `id`, with `!` for a delete marker, newest first.
    private func list(_ store: FileStore) async throws -> [String] {
        try await store.listVersions(VersionListQuery(), in: photos).entries.compactMap { entry in
            guard case .version(let summary) = entry else { return nil }
            return summary.version.text + (summary.isDeleteMarker ? "!" : "")
        }
    }

    private func text(_ store: FileStore, _ id: String) async throws -> String {
        try await ObjectStorageTests.text(of: store.open(key("a"), version: VersionID(id), in: photos))
    }

    private let uuid = "70869277-e3b9-41e9-a6c8-0c193adb5f9a"
    private let ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

    @Test func `versions keep ids, times, tags and order, and the newest is current`() async throws {
        try await withStore { (store, root) async throws in
            try await enable(store)
            let versions = [
                version("null", "one"), version(uuid, nil, day: 1),
                version(ulid, "three", day: 2) { content in
                    content.attributes.metadata["colour"] = "red"
                    content.attributes.legalHold = true
                },
            ]
            #expect(try await take(versions, store) == [.imported, .imported, .imported])
            #expect(try await list(store) == [ulid, uuid + "!", "null"])
            #expect(try await store.get("a") == "three")
            #expect(try await text(store, "null") == "one")
            let record = try await store.head(key("a"), version: nil, in: photos)
            #expect(record.version.text == ulid && record.modified.iso8601 == "2020-01-03T00:00:00Z")
            #expect(record.attributes.metadata == ["colour": "red"] && record.attributes.legalHold == true)
            #expect(record.checksums.map(\.algorithm) == [.standard])
            #expect(try await store.scan(photos).healed == 0)
            #expect(try await take(versions, store) == [.present, .present, .present])
            let copy = root.crashed()
            try await withStore(copy) { (again, _) async throws in
                #expect(try await list(again) == [ulid, uuid + "!", "null"])
            }
        }
    }

    @Test func `a key whose newest version is a delete marker is not listed`() async throws {
        try await withStore { (store, _) async throws in
            try await enable(store, .suspended)
            #expect(
                try await take([version(uuid, "x"), version("null", nil, day: 1)], store) == [.imported, .imported]
            )
            #expect(try await store.names() == [])
            #expect(try await list(store) == ["null!", uuid])
            #expect(try await text(store, uuid) == "x")
        }
    }

    @Test func `a version that was left out gets its place between the others`() async throws {
        try await withStore { (store, _) async throws in
            try await enable(store)
            let good = (1...3).map { version(id($0), "v\($0)", day: Int64($0)) }
            var broken = good
            broken[1].content?.write = { _ in }
            guard case .refused(let reason) = try await take(broken, store)[1] else {
                Issue.record("it was taken")
                return
            }
            #expect(reason == "there are 0 bytes instead of 2")
            #expect(try await list(store) == [id(3), id(1)])
            #expect(try await take(good, store) == [.present, .imported, .present])
            #expect(try await list(store) == [id(3), id(2), id(1)])
            #expect(try await store.get("a") == "v3")
            #expect(try await text(store, id(2)) == "v2")
            #expect(try await store.scan(photos).healed == 0)
        }
    }

    @Test func `what a client wrote meanwhile stays the newest`() async throws {
        try await withStore { (store, _) async throws in
            try await enable(store)
            #expect(try await take([version(id(1), "v1")], store) == [.imported])
            let own = try await store.put("a", "client").version.text
            let all = [version(id(1), "v1"), version(id(2), "v2", day: 1)]
            #expect(try await take(all, store) == [.present, .imported])
            #expect(try await store.get("a") == "client")
            #expect(try await list(store) == [own, id(2), id(1)])
        }
    }

    @Test func `without versioning there is one object, a newer one stays and an older one is replaced`() async throws {
        try await withStore { (store, _) async throws in
            #expect(try await take([version("null", "x")], store) == [.imported])
            #expect(try await take([version("null", "later", day: 1)], store) == [.imported])
            try await store.put("a", "client")
            let refused = [ImportOutcome.refused("a newer object of this key is here, and stays")]
            #expect(try await take([version("null", "later", day: 1)], store) == refused)
            #expect(try await store.get("a") == "client")
            for other in [version(id(1), "x"), version("null", nil)] {
                guard case .refused = try await take([other], as: "b", store)[0] else {
                    Issue.record("\(other) was taken")
                    continue
                }
            }
        }
    }

    @Test func `a dry run changes nothing`() async throws {
        try await withStore { (store, _) async throws in
            #expect(try await take([version("null", "x")], store, isDryRun: true) == [.imported])
            #expect(try await store.names() == [])
        }
    }

    @Test func `a version that a lock keeps is not replaced`() async throws {
        try await withStore { (store, _) async throws in
            let held = version("null", "held") { $0.attributes.legalHold = true }
            #expect(try await take([held], store) == [.imported])
            guard case .refused = try await take([version("null", "new", day: 1)], store)[0] else {
                Issue.record("it was replaced")
                return
            }
            #expect(try await store.get("a") == "held")
        }
    }

    @Test func `a full bucket ends the import`() async throws {
        try await withStore { (store, _) async throws in
            _ = try await store.updateBucket(photos) { $0.quota = BucketQuota(bytes: 3) }
            #expect(await code { _ = try await take([version("null", "four")], store) } == "QuotaExceeded")
        }
    }

    @Test func `a record that does not fit its attribute is taken too, wherever its version goes`() async throws {
        try await withStore { (store, _) async throws in
            try await enable(store)
            let long = String(repeating: "x", count: 6_000)
            let versions = (1...3).map { number in
                version(id(number), "v\(number)", day: Int64(number)) { $0.attributes.metadata["m"] = long }
            }
            #expect(try await take([versions[0], versions[2]], store) == [.imported, .imported])
            #expect(try await take(versions, store) == [.present, .imported, .present])
            for number in 1...3 {
                let record = try await store.head(key("a"), version: VersionID(id(number)), in: photos)
                #expect(record.attributes.metadata["m"] == long)
            }
            #expect(try await list(store) == [id(3), id(2), id(1)])
        }
    }
}

@Suite struct ImportProofTests {
    private func prove(_ text: String, _ change: (inout ImportedContent) -> Void) -> String {
        let bytes = Array(text.utf8)
        var content = ImportedContent(size: Int64(bytes.count), etag: nil) { _ in }
        change(&content)
        do {
            var digests = try content.digests()
            for byte in bytes { withUnsafeBytes(of: byte) { digests.update($0) } }
            let proved = try content.prove(digests.finish())
            let parts = proved.parts.map { "\($0.size)\($0.checksum == nil ? "" : "+")" }.joined(separator: ",")
            return "\(proved.etag) \(proved.checksums.map(\.base64)) \(proved.checksumType.rawValue) \(parts)"
        } catch {
            return (error as? StorageError)?.code.rawValue ?? "\(error)"
        }
    }

    private func sum(_ text: String, _ algorithm: ChecksumAlgorithm) -> Checksum {
        Checksummer.checksum(of: Array(text.utf8), algorithm)
    }

    private func tag(_ parts: [String]) -> String {
        let digests = parts.flatMap { sum($0, .md5).digest }
        return Hex.encode(Checksummer.checksum(of: digests, .md5).digest)
    }

    @Test func `without a tag the MD5 becomes it`() {
        let standard = sum("abc", .standard).base64
        #expect(prove("abc") { _ in } == "\(Hex.encode(sum("abc", .md5).digest)) [\"\(standard)\"] FULL_OBJECT ")
    }

    @Test func `a tag of 32 digits has to be the MD5, another one is kept`() {
        #expect(prove("abc") { $0.etag = ETag(String(repeating: "0", count: 32)) } == "damaged")
        #expect(prove("abc") { $0.etag = ETag("CRC32-abc") }.hasPrefix("CRC32-abc "))
    }

    @Test func `a tag of parts is held against them where their sizes are known`() {
        let right = tag(["ab", "", "c"]) + "-3"
        let parts = [2, 0, 1].enumerated().map { ObjectPart(number: $0 + 1, size: $1) }
        let whole = [sum("abc", .standard).base64]
        #expect(prove("abc") { ($0.etag, $0.parts) = (ETag(right), parts) } == "\(right) \(whole) FULL_OBJECT 2,0,1")
        #expect(prove("abd") { ($0.etag, $0.parts) = (ETag(right), parts) } == "damaged")
        #expect(prove("abd") { $0.etag = ETag(right) }.hasPrefix(right))
        let random = String(repeating: "1", count: 32) + "-1"
        let one = [ObjectPart(number: 1, size: 3)]
        #expect(prove("abc") { ($0.etag, $0.parts) = (ETag(random), one) }.hasPrefix(random))
    }

    @Test func `parts have to make the whole`() {
        #expect(prove("abc") { $0.parts = [ObjectPart(number: 1, size: 2)] } == "damaged")
        #expect(
            prove("abc") { $0.parts = [ObjectPart(number: 1, size: -1), ObjectPart(number: 2, size: 4)] } == "damaged"
        )
        #expect(prove("abc") { $0.size = 4 } == "damaged")
    }

    @Test func `recorded checksums are verified and kept`() {
        let sums = [sum("abc", .crc32), sum("abc", .sha256)]
        #expect(prove("abc") { $0.checksums = sums }.contains(sums[0].base64))
        #expect(prove("abd") { $0.checksums = [sums[0]] } == "damaged")
    }

    @Test func `a checksum of parts is verified, and each part gets its own`() {
        let parts = [ObjectPart(number: 1, size: 2), ObjectPart(number: 2, size: 1)]
        let composite = ObjectChecksum.composite(of: [sum("ab", .crc32c), sum("c", .crc32c)])!.checksum
        let change = { (content: inout ImportedContent) in
            (content.parts, content.checksums, content.checksumType) = (parts, [composite], .composite)
        }
        #expect(prove("abc", change).hasSuffix("[\"\(composite.base64)\"] COMPOSITE 2+,1+"))
        #expect(prove("abd", change) == "damaged")
    }
}

@Suite struct ImportPlacementTests {
    private func record(_ id: String, _ sequence: Int64, day: Int64 = 0, size: Int64 = 1) -> ObjectRecord {
        ObjectRecord(
            key: key("a"),
            bucketID: "b",
            sequence: sequence,
            version: try! VersionID(id),
            size: size,
            modified: Timestamp(seconds: day * 86_400),
            etag: ETag("e"),
            checksums: [],
            attributes: ObjectAttributes()
        )
    }

    private func series(_ ids: [String]) -> ImportSeries {
        ImportSeries(
            ids.enumerated().map { place, id in
                ImportedVersion(
                    version: try! VersionID(id),
                    modified: Timestamp(seconds: Int64(place) * 86_400),
                    content: ImportedContent(size: 1, etag: ETag("e")) { _ in }
                )
            }
        )
    }

    @Test func `the source's order counts among its own, time among the others`() {
        let series = series([id(0), id(1), id(2)])
        func place(_ index: Int, _ known: [ObjectRecord]) -> ImportPlacement {
            ImportPlacement(of: index, in: series, among: known, keepsVersions: true)
        }
        #expect(place(0, []) == .newest)
        #expect(place(1, [record(id(1), 7)]) == .present)
        #expect(place(1, [record(id(0), 5), record(id(2), 9)]) == .before(9))
        // The time of the source's own plays no role.
        #expect(place(1, [record(id(0), 5, day: 100)]) == .newest)
        #expect(place(1, [record(id(9), 9, day: 2)]) == .before(9))
        #expect(place(1, [record(id(9), 9, day: 0)]) == .newest)
        #expect(
            place(1, [record(id(0), 8), record(id(2), 9)])
                == .refused("there is no place for it between two other versions")
        )
        #expect(place(1, [record(id(1), 7, size: 2)]) == .refused("another version of this id is here, and stays"))
    }

    @Test func `null is replaced by a later null and by no earlier one`() {
        let series = series(["null"])
        func place(_ known: [ObjectRecord], keeps: Bool = true) -> ImportPlacement {
            ImportPlacement(of: 0, in: series, among: known, keepsVersions: keeps)
        }
        #expect(place([record("null", 5, day: -1, size: 2)]) == .newest)
        #expect(
            place([record("null", 5, day: 1, size: 2)]) == .refused("another version of this id is here, and stays")
        )
        #expect(place([record("null", 5, day: -1, size: 2)], keeps: false) == .newest)
        #expect(
            place([record("null", 5, day: 1, size: 2)], keeps: false)
                == .refused("a newer object of this key is here, and stays")
        )
    }
}
