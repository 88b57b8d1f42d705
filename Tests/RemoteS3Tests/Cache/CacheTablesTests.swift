import S3Protocol
import Testing

@testable import RemoteS3

@Suite("What a cache remembers") struct CacheTablesTests {
    private let now = Timestamp(seconds: 1000)

    @Test func `a name that was changed since a moment is told`() {
        var revisions = Revisions(capacity: 100)
        let before = revisions.now
        #expect(revisions.areUnchanged(["a", "b"], since: before))
        revisions.change("a")
        #expect(!revisions.areUnchanged(["b", "a"], since: before))
        #expect(revisions.areUnchanged(["b"], since: before))
        #expect(revisions.areUnchanged(["a"], since: revisions.now))
    }

    @Test func `when too many are known every earlier moment is too old`() {
        var revisions = Revisions(capacity: 3)
        let before = revisions.now
        for name in ["a", "b", "c"] { revisions.change(name) }
        #expect(revisions.areUnchanged(["z"], since: before))
        revisions.change("d")
        #expect(!revisions.areUnchanged(["z"], since: before))
        #expect(revisions.areUnchanged(["a", "z"], since: revisions.now))
    }

    @Test func `what is believed is so for its time`() {
        var answers = RecentAnswers<Int>(capacity: 10)
        answers.note(7, as: "a", for: 5, at: now)
        answers.note(8, as: "b", for: 0, at: now)
        #expect(answers.value("a", at: now) == 7 && answers.value("a", at: now.advanced(bySeconds: 4)) == 7)
        #expect(answers.value("a", at: now.advanced(bySeconds: 5)) == nil)
        #expect(answers.value("b", at: now) == nil)
        answers.forget("a")
        #expect(answers.value("a", at: now) == nil)
    }

    @Test func `there are never more than so many, and the old go first`() {
        var answers = RecentAnswers<Int>(capacity: 16)
        for number in 0..<10 { answers.note(number, as: "old\(number)", for: 1, at: now) }
        let later = now.advanced(bySeconds: 2)
        for number in 0..<6 { answers.note(number, as: "new\(number)", for: 9, at: later) }
        answers.note(0, as: "one more", for: 9, at: later)
        #expect(answers.count == 7 && answers.value("new0", at: later) == 0)
        for number in 0..<1000 {
            answers.note(number, as: "\(number)", for: 9, at: later)
            #expect(answers.count <= 16)
        }
        #expect(answers.value("999", at: later) == 999)
    }
}

@Suite("Heads in a cache") struct CachedHeadTests {
    private func answer(_ more: (String, String)...) -> HeaderList {
        HeaderList([("ETag", "\"e\""), ("Content-Length", "12"), ("x-amz-meta-a", "ü")] + more)
    }

    @Test func `what belongs to the one answer is left out`() throws {
        let head = try #require(CachedHead(answer(("Date", "now"), ("x-amz-request-id", "1"), ("Via", "x"))))
        #expect(head.size == 12 && head.etag == "\"e\"")
        #expect(head.headers.fields.map(\.name) == ["ETag", "x-amz-meta-a"])
    }

    @Test(arguments: [
        [("Content-Length", "12")], [("ETag", "\"e\"")], [("ETag", "W/\"e\""), ("Content-Length", "12")],
        [("ETag", "\"e\""), ("Content-Length", "-1")], [("ETag", "\"\""), ("Content-Length", "1"), ("Vary", "Accept")],
        [("ETag", "\"e\""), ("Content-Length", "1"), ("Vary", "Origin, Accept-Language")],
    ])
    func `without a length and a strong tag, or when it varies, an answer is not kept`(headers: [(String, String)]) {
        #expect(CachedHead(HeaderList(headers)) == nil)
    }

    @Test func `what is never sent makes no difference`() {
        #expect(CachedHead(answer(("Vary", "Origin, Accept-Encoding"))) != nil)
        #expect(CachedHead(answer(("Vary", "Origin, Access-Control-Request-Headers"))) != nil)
    }

    @Test func `its document is read back under its own name alone`() throws {
        let head = try #require(CachedHead(answer(("Last-Modified", "Thu, 01 Jan 1970 00:00:09 GMT"))))
        let document = try #require(head.document(of: "n"))
        let read = try #require(CachedHead(document, of: "n"))
        #expect(read == head && read.modified.seconds == 9)
        #expect(CachedHead(document, of: "m") == nil)
    }

    @Test func `no beginning of it, and nothing strange, is a document`() throws {
        let document = try #require(CachedHead(answer())?.document(of: "n"))
        for length in 0..<document.count { #expect(CachedHead(Array(document[..<length]), of: "n") == nil) }
        for text in [
            "{}", "[]", "{\"name\":\"n\",\"size\":-1,\"headers\":[]}",
            "{\"name\":\"n\",\"size\":1,\"headers\":[[\"a\"]]}",
            "{\"name\":\"n\",\"size\":1,\"headers\":[]}",
        ] {
            #expect(CachedHead(Array(text.utf8), of: "n") == nil)
        }
        #expect(CachedHead(document + Array(repeating: 32, count: CachedHead.longest), of: "n") == nil)
        let long = answer(("x-amz-meta-l", String(repeating: "x", count: CachedHead.longest)))
        #expect(try #require(CachedHead(long)).document(of: "n") == nil)
    }

    @Test func `the same object is told by its tag and its time`() throws {
        let early = ("Last-Modified", "Thu, 01 Jan 1970 00:00:09 GMT")
        let head = try #require(CachedHead(answer(early)))
        #expect(head.isSame(as: answer(early)) && head.isSame(as: answer()))
        #expect(!head.isSame(as: answer(("Last-Modified", "Thu, 01 Jan 1970 00:00:10 GMT"))))
        #expect(!head.isSame(as: HeaderList([("ETag", "\"f\""), early])) && !head.isSame(as: HeaderList([early])))
        #expect(head.isCurrent(answer(early)) && head.isCurrent(answer(early, ("x-odd", "1"))))
        for name in ["x-amz-tagging-count", "x-amz-object-lock-mode"] {
            #expect(!head.isCurrent(answer(early, (name, "1"))))
        }
        #expect(!head.isCurrent(HeaderList([("ETag", "\"e\""), early, ("Content-Length", "13")])))
    }
}
