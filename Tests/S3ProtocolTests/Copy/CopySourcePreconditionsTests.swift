import S3Protocol
import Testing

@Suite struct CopySourcePreconditionsTests {
    static let modified = Timestamp(nanoseconds: 1_369_353_600_999_999_999)
    static let same = "Fri, 24 May 2013 00:00:00 GMT"
    static let before = "Thu, 23 May 2013 00:00:00 GMT"
    static let after = "Sat, 25 May 2013 00:00:00 GMT"
    static let future = "Fri, 24 May 2093 00:00:00 GMT"

    static func evaluate(_ headers: [(String, String)], of source: CopySourceHeader = .copy) -> String {
        do {
            try CopySourcePreconditions.evaluate(
                HeaderList(headers.map { ("\(source.rawValue)-\($0.0)", $0.1) }),
                of: source,
                etag: ETag("abc"),
                lastModified: modified,
                now: Timestamp(seconds: 1_400_000_000)
            )
            return "copy"
        } catch {
            return "\(error.status) \(error.details.map(\.value).joined())"
        }
    }

    @Test(
        arguments: [
            ([], "copy"), ([("if-match", "abc")], "copy"), ([("if-match", "\"x\", \"abc\"")], "copy"),
            ([("if-match", "*")], "copy"), ([("if-match", "x")], "412 If-Match"),
            ([("if-unmodified-since", before)], "412 If-Unmodified-Since"),
            ([("if-unmodified-since", same)], "copy"), ([("if-unmodified-since", "garbage")], "copy"),
            ([("if-match", "abc"), ("if-unmodified-since", before)], "copy"),
            ([("if-match", "x"), ("if-unmodified-since", after)], "412 If-Match"),
            ([("if-none-match", "abc")], "412 If-None-Match"), ([("if-none-match", "*")], "412 If-None-Match"),
            ([("if-none-match", "x")], "copy"),
            ([("if-none-match", "x"), ("if-unmodified-since", before)], "412 If-Unmodified-Since"),
            ([("if-none-match", "abc"), ("if-modified-since", before)], "412 If-None-Match"),
            ([("if-none-match", "x"), ("if-modified-since", after)], "copy"),
            ([("if-modified-since", before)], "copy"), ([("if-modified-since", same)], "412 If-Modified-Since"),
            ([("if-modified-since", after)], "412 If-Modified-Since"), ([("if-modified-since", future)], "copy"),
            ([("if-modified-since", "garbage")], "copy"),
        ] as [([(String, String)], String)]
    )
    func `a copy is held to its source's conditions`(headers: [(String, String)], answer: String) {
        #expect(Self.evaluate(headers) == answer.replacing(" If-", with: " x-amz-copy-source-If-"))
        #expect(Self.evaluate(headers, of: .rename) == answer.replacing(" If-", with: " x-amz-rename-source-If-"))
    }

    @Test func `the conditions of the destination are others`() throws {
        let headers = HeaderList([("If-Match", "x"), ("x-amz-rename-source-if-match", "x")])
        try CopySourcePreconditions.evaluate(headers, etag: ETag("a"), lastModified: Self.modified, now: Self.modified)
    }
}
