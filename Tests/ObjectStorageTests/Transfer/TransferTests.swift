import Glibc
import S3Protocol
import Testing

@testable import ObjectStorage

@Suite struct TransferTests {
    private func sourceFolder() -> TestRoot {
        let source = TestRoot()
        shell("mkdir -p '\(source.path)/deep/er' '\(source.path)/empty'")
        source.write("one", "first")
        source.write("deep/er/two", "second")
        shell("touch -d '2001-02-03 04:05:06.789' '\(source.file("one"))'")
        symlink("/etc/passwd", source.file("link"))
        return source
    }

    @Test func `files become objects with their content, time and tag`() async throws {
        let source = sourceFolder()
        try await withStore { (store, root) async throws in
            let report = CheckReport()
            try await store.importFiles(from: source.path, to: photos, prefix: "in/", mode: .copy, report)
            #expect(try await store.names() == ["in/deep/er/two", "in/one"])
            #expect(try await store.get("in/deep/er/two") == "second")
            let record = try await store.head(key("in/one"), version: nil, in: photos)
            #expect(record.etag.text == "8b04d5e3775d298e78455efc5ca404d5")
            #expect(record.modified.iso8601 == "2001-02-03T04:05:06Z")
            #expect(report.state.objects == 2)
            #expect(report.state.findings.map(\.subject) == ["link"])
            #expect(source.exists("one"))
            #expect(try await store.scan(photos).healed == 0)
        }
    }

    @Test func `an import that is repeated passes over what is there, and takes what was changed`() async throws {
        let source = sourceFolder()
        try await withStore { (store, _) async throws in
            try await store.importFiles(from: source.path, to: photos, prefix: "", mode: .copy, CheckReport())
            let before = try await store.head(key("one"), version: nil, in: photos)
            source.write("deep/er/two", "changed")
            let report = CheckReport()
            try await store.importFiles(from: source.path, to: photos, prefix: "", mode: .copy, report)
            #expect(report.state.skipped == 1)
            #expect(try await store.get("deep/er/two") == "changed")
            #expect(try await store.head(key("one"), version: nil, in: photos) == before)
        }
    }

    @Test func `moved files are gone from where they were`() async throws {
        let source = sourceFolder()
        try await withStore { (store, _) async throws in
            try await store.importFiles(from: source.path, to: photos, prefix: "", mode: .move, CheckReport())
            #expect(try await store.names() == ["deep/er/two", "one"])
            #expect(!source.exists("one") && !source.exists("deep/er/two"))
            #expect(source.exists("link"))
        }
    }

    @Test func `a move from inside of the storage root, or from around it, is refused and removes nothing`()
        async throws
    {
        try await withStore { (store, root) async throws in
            try await store.put("a", "x")
            for source in ["buckets/photos", ".", "buckets/photos/.."] {
                await #expect(throws: StorageError.self) {
                    try await store.importFiles(
                        from: root.file(source),
                        to: photos,
                        prefix: "",
                        mode: .move,
                        CheckReport()
                    )
                }
            }
            #expect(try await store.get("a") == "x")
        }
    }

    @Test func `a file of the same size and time is moved, not taken for the object`() async throws {
        let source = sourceFolder()
        try await withStore { (store, _) async throws in
            try await store.importFiles(from: source.path, to: photos, prefix: "", mode: .copy, CheckReport())
            shell("touch -r '\(source.file("one"))' '\(source.file("time"))' && printf FIRST > '\(source.file("one"))'")
            shell("touch -r '\(source.file("time"))' '\(source.file("one"))' && rm '\(source.file("time"))'")
            try await store.importFiles(from: source.path, to: photos, prefix: "", mode: .move, CheckReport())
            #expect(try await store.get("one") == "FIRST")
        }
    }

    @Test func `a quota ends an import with that reason`() async throws {
        let source = sourceFolder()
        try await withStore { (store, _) async throws in
            _ = try await store.updateBucket(photos) { $0.quota = BucketQuota(objects: 1) }
            let code = await code {
                try await store.importFiles(from: source.path, to: photos, prefix: "", mode: .copy, CheckReport())
            }
            #expect(code == "QuotaExceeded")
        }
    }

    @Test func `an export writes every object that can be a path, and says which cannot`() async throws {
        let target = TestRoot()
        try await withStore { (store, _) async throws in
            try await store.put("a", "x")
            try await store.put("deep/er/two", "second")
            try await store.put("a//b", "odd")
            try await store.put("big", String(repeating: "0123456789", count: 100_000))
            let report = CheckReport()
            try await store.exportObjects(of: photos, to: target.file("out"), report)
            #expect(output("cat '\(target.file("out/deep/er/two"))'") == "second")
            #expect(output("wc -c < '\(target.file("out/big"))'") == "1000000\n")
            #expect(report.state.findings.map(\.subject) == ["photos/a//b"])
            let again = CheckReport()
            try await store.exportObjects(of: photos, to: target.file("out"), again)
            #expect(again.state.skipped == 3)
        }
    }

    @Test func `what was exported and imported again is the same`() async throws {
        let target = TestRoot()
        try await withStore { (store, _) async throws in
            let before = try await store.put("k", "content")
            try await store.exportObjects(of: photos, to: target.file("out"), CheckReport())
            try await store.delete(key("k"), in: photos, precondition: .none)
            try await store.importFiles(from: target.file("out"), to: photos, prefix: "", mode: .copy, CheckReport())
            let after = try await store.head(key("k"), version: nil, in: photos)
            #expect((after.etag, after.modified) == (before.etag, before.modified))
        }
    }

    @Test func `a scrub finds content that changed while size and time did not, and changes nothing`() async throws {
        try await withStore { (store, root) async throws in
            let record = try await store.put("a", "some bytes")
            try await store.put("b", "other bytes")
            let path = root.file("buckets/photos/a")
            shell("touch -r '\(path)' '\(root.file("time"))'; printf X | dd of='\(path)' conv=notrunc 2>/dev/null")
            try FileDescriptor(taking: open(path, O_RDWR)).setModified(nanoseconds: record.modified.nanoseconds)
            let report = CheckReport()
            try await store.scrub(photos, bytesPerSecond: nil, report)
            #expect(report.state.findings.map(\.code.rawValue) == ["bit-rot"])
            #expect(report.state.findings.map(\.subject) == ["photos/a"])
            #expect(report.state.objects == 2)
            #expect(try await store.get("a") == "Xome bytes")
            #expect(try await store.statistics().rottenObjects == 1)
        }
    }

    @Test func `a scrub keeps to its rate`() async throws {
        try await withStore { (store, _) async throws in
            for number in 0..<5 { try await store.put("k\(number)", String(repeating: "x", count: 10_000)) }
            let began = ContinuousClock.now
            try await store.scrub(photos, bytesPerSecond: 100_000, CheckReport())
            #expect(began.duration(to: .now) > .milliseconds(400))
        }
    }

    @Test func `a bucket is indexed anew while it is written to`() async throws {
        try await withStore { (store, _) async throws in
            for number in 0..<50 { try await store.put("k\(number)", "x") }
            async let writing: Void = { for number in 50..<100 { try await store.put("k\(number)", "x") } }()
            let report = CheckReport()
            try await store.reindex(photos, report)
            try await writing
            #expect(try await store.names().count == 100)
            #expect(report.state.objects >= 50)
        }
    }
}
