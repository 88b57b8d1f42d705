import S3Protocol
import Testing

@Suite struct ContinuationTokenTests {
    @Test(arguments: ["", "a", "folder/", "é\u{0}\u{10FFFF}", String(repeating: "\u{FF}", count: 512)])
    func `a token comes back whole and is URL-safe`(last: String) throws {
        let token = ContinuationToken(last: Array(last.utf8))
        #expect(try ContinuationToken(token.text) == token)
        #expect(token.text.utf8.allSatisfy { PercentEncoding.encode([$0], keepingSlash: false).utf8.count == 1 })
    }

    @Test func `a token with any character changed is refused`() {
        let characters = Array(ContinuationToken(last: Array("folder/key".utf8)).text)
        for index in characters.indices {
            var changed = characters
            changed[index] = changed[index] == "A" ? "B" : "A"
            #expect(throws: S3Error.self) { try ContinuationToken(String(changed)) }
            #expect(throws: S3Error.self) { try ContinuationToken(String(characters[..<index])) }
        }
    }

    @Test(arguments: ["", "=", "a+b/", "garbage!", String(repeating: "A", count: 4_000)])
    func `what is no token is refused`(text: String) {
        let error = #expect(throws: S3Error.self) { try ContinuationToken(text) }
        #expect(error?.details == [.init("ArgumentName", "continuation-token")])
    }
}
