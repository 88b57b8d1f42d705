import S3Protocol
import Testing

@Suite struct PreconditionsTests {
    static let modified = Timestamp(nanoseconds: 1_369_353_600_999_999_999)
    static let same = "Fri, 24 May 2013 00:00:00 GMT"
    static let before = "Thu, 23 May 2013 00:00:00 GMT"
    static let after = "Sat, 25 May 2013 00:00:00 GMT"
    static let future = "Fri, 24 May 2093 00:00:00 GMT"

    static func read(_ headers: [(String, String)]) -> String {
        do {
            let now = Timestamp(seconds: 1_400_000_000)
            let list = HeaderList(headers)
            let outcome = try ReadPreconditions.evaluate(list, etag: ETag("abc"), lastModified: modified, now: now)
            return outcome == .proceed ? "200" : "304"
        } catch {
            return "\(error.status) \(error.details.map(\.value).joined())"
        }
    }

    @Test(
        arguments: [
            ([], "200"), ([("If-Match", "\"abc\"")], "200"), ([("If-Match", "abc")], "200"),
            ([("If-Match", "*")], "200"),
            ([("If-Match", "\"x\", \"abc\"")], "200"), ([("If-Match", "\"x\"")], "412 If-Match"),
            ([("If-Match", "W/\"abc\"")], "412 If-Match"), ([("If-Match", "\"x\""), ("If-Match", "abc")], "200"),
            ([("If-Unmodified-Since", before)], "412 If-Unmodified-Since"), ([("If-Unmodified-Since", same)], "200"),
            ([("If-Unmodified-Since", after)], "200"), ([("If-Unmodified-Since", "garbage")], "200"),
            ([("If-Match", "abc"), ("If-Unmodified-Since", before)], "200"),
            ([("If-Match", "x"), ("If-Unmodified-Since", after)], "412 If-Match"),
            ([("If-None-Match", "abc")], "304"), ([("If-None-Match", "*")], "304"),
            ([("If-None-Match", "W/\"abc\"")], "304"),
            ([("If-None-Match", "x")], "200"), ([("If-None-Match", "\"x,abc\"")], "200"),
            ([("If-None-Match", "x"), ("If-Modified-Since", after)], "200"),
            ([("If-None-Match", "abc"), ("If-Modified-Since", before)], "304"),
            ([("If-Modified-Since", before)], "200"), ([("If-Modified-Since", same)], "304"),
            ([("If-Modified-Since", after)], "304"), ([("If-Modified-Since", future)], "200"),
            ([("If-Modified-Since", "garbage")], "200"), ([("If-Match", "abc"), ("If-None-Match", "abc")], "304"),
        ] as [([(String, String)], String)]
    )
    func `reads are held to their conditions in S3's order`(headers: [(String, String)], answer: String) {
        #expect(Self.read(headers) == answer)
    }

    @Test func `a put may ask for absence or for one tag`() throws {
        #expect(try WritePrecondition(putting: HeaderList([("x", "y")])) == .none)
        #expect(try WritePrecondition(putting: HeaderList([("if-none-match", " * ")])) == .ifAbsent)
        #expect(try WritePrecondition(putting: HeaderList([("If-Match", "\"a\"")])) == .ifMatches(ETag("a")))
        #expect(try WritePrecondition(deleting: HeaderList([("If-Match", "*")])) == .ifExists)
        #expect(try WritePrecondition(deleting: HeaderList([("If-Match", "a")])) == .ifMatches(ETag("a")))
        #expect(try WritePrecondition(deleting: HeaderList()) == .none)
    }

    @Test(arguments: [
        (
            [("If-None-Match", "abc")], "If-None-Match",
            "We don't accept the provided value of If-None-Match header for this API"
        ),
        ([("If-Match", "*")], "If-Match", "We don't accept the provided value of If-Match header for this API"),
        ([("If-Match", "a, b")], "If-Match", "We don't accept the provided value of If-Match header for this API"),
        (
            [("If-None-Match", "*"), ("If-Match", "a")], "If-Match,If-None-Match",
            "Multiple conditional request headers present in the request"
        ),
    ])
    func `a put with another condition is not implemented`(headers: [(String, String)], header: String, text: String) {
        let error = #expect(throws: S3Error.self) { try WritePrecondition(putting: HeaderList(headers)) }
        #expect(error?.status == 501)
        #expect(error?.details == [.init("Header", header), .init("additionalMessage", text)])
    }

    @Test(arguments: ["x-amz-if-match-size", "x-amz-if-match-last-modified-time", "If-None-Match"])
    func `a delete does not know conditions of directory buckets`(name: String) {
        let error = #expect(throws: S3Error.self) { try WritePrecondition(deleting: HeaderList([(name, "1")])) }
        #expect(error?.status == 501)
    }

    @Test(
        arguments: [
            (.none, nil, nil), (.none, "a", nil), (.ifAbsent, nil, nil), (.ifAbsent, "a", "PreconditionFailed"),
            (.ifExists, nil, "NoSuchKey"), (.ifExists, "a", nil), (.ifMatches(ETag("a")), "a", nil),
            (.ifMatches(ETag("a")), "b", "PreconditionFailed"), (.ifMatches(ETag("a")), nil, "NoSuchKey"),
        ] as [(WritePrecondition, String?, String?)]
    )
    func `a write is held to the current version`(precondition: WritePrecondition, current: String?, code: String?) {
        let key = try! ObjectKey("k")
        var thrown: S3Error?
        do { try precondition.check(current: current.map { ETag($0) }, key: key) } catch { thrown = error }
        #expect(thrown?.code.rawValue == code)
    }

    @Test(arguments: [WritePrecondition.none, .ifAbsent, .ifExists, .ifMatches(ETag("a"))])
    func `what absence meets is what passes when nothing is there`(_ precondition: WritePrecondition) throws {
        let key = try ObjectKey("k")
        let passes = (try? precondition.check(current: nil, key: key)) != nil
        #expect(precondition.isMetByAbsence == passes)
    }
}
