import Testing

@testable import S3Protocol

@Suite("A pattern of a policy")
struct PolicyPatternTests {
    @Test(
        "matches as its wildcards say",
        arguments: [
            ("", "", true), ("", "a", false), ("a", "", false), ("*", "", true), ("*", "a/b", true), ("?", "", false),
            ("a*", "a", true), ("*a", "ba", true), ("*a", "ab", false), ("a*b*c", "aXbYc", true),
            ("a*b*c", "acb", false),
            ("a**c", "abc", true), ("*?*", "", false), ("*?*", "x", true), ("??", "é", false), ("?", "€", true),
            ("*?b", "éb", true), ("*ab", "aab", true), ("*aab*", "aaaab", true), ("a?c", "a/c", true),
            ("[a]", "a", false),
            ("a*", "A", false), ("*.jpg", "x.jpg.jpg", true), ("*??", "€", false),
        ]
    )
    func wildcards(_ pattern: String, _ text: String, _ matches: Bool) throws {
        #expect(try #require(PolicyPattern(pattern)).matches(Array(text.utf8)) == matches)
    }

    @Test("agrees with a plain reading of the rules on every short pattern")
    func exhaustive() {
        for pattern in Self.words(of: "ab*?", upTo: 5) {
            let compiled = PolicyPattern(pattern)
            for text in Self.words(of: "ab", upTo: 5) {
                #expect(
                    compiled?.matches(Array(text.utf8)) == Self.plain(Array(pattern.utf8)[...], Array(text.utf8)[...])
                )
            }
        }
    }

    @Test("finds what stands between two stars, however long it is", arguments: [2, 3, 63, 64, 65, 127, 128, 129, 300])
    func longSegments(_ length: Int) throws {
        let run = String(repeating: "a", count: length - 1)
        for (segment, text, matches) in [
            (run + "b", run + "ab", true), (run + "b", run + "a", false), (run + "b", "x" + run + "b", true),
            (run + "?", run + "é", true), ("?" + run, "é" + run, true), ("?" + run + "b", "é" + run + "cb", false),
            ("b" + run, "b" + run.dropLast() + "b" + run, true),
        ] {
            let pattern = try #require(PolicyPattern("*\(segment)*"))
            #expect(pattern.matches(Array(text.utf8)) == matches, "\(segment) in \(text)")
        }
    }

    @Test("is not slow for many stars", .timeLimit(.minutes(5)))
    func manyStars() throws {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 1024)
        for pattern in [
            String(repeating: "a*", count: 1000) + "b", String(repeating: "*a", count: 10_000) + "*b",
            String(repeating: "*", count: 20_000) + "b", String(repeating: "*?", count: 1000) + "b",
            "*" + String(repeating: "a", count: 512) + "b*",
        ] {
            #expect(try #require(PolicyPattern(pattern)).matches(text) == false)
        }
    }

    @Test("is not slow in a whole policy of stars", .timeLimit(.minutes(5)))
    func hostilePolicy() throws {
        let hostile = String(repeating: "*a", count: 50) + "b"
        let resources =
            (0..<60).map { "\"arn:aws:s3:::bucket/\($0)\(hostile)\"" }
            + (0..<60).map { "\"arn:aws:s3:::bucket/*\(hostile)\($0)\"" }
        let policy = try PolicySample.policy(
            PolicySample.statement(resource: "\"Resource\":[\(resources.joined(separator: ","))]")
        )
        let request = try PolicySample.request(key: String(repeating: "a", count: 1024))
        #expect(policy.evaluate(request).word == "none")
    }

    @Test("does not grow with the values of its variables", .timeLimit(.minutes(5)))
    func longValues() throws {
        let values = String(repeating: "${aws:Referer}", count: 1000)
        let policy = try PolicySample.policy(
            PolicySample.statement(more: "\"Condition\":{\"StringLike\":{\"aws:Referer\":\"\(values)\"}}")
        )
        let referer = String(repeating: "a", count: 8192)
        #expect(policy.evaluate(try PolicySample.request(context: ["aws:referer": [referer]])).word == "none")
        #expect(policy.evaluate(try PolicySample.request(context: ["aws:referer": [""]])).word == "allow")
    }

    @Test(
        "is refused for a variable that is none",
        arguments: [
            "${", "${}", "${a", "${username}", "${aws:}", "${:a}", "${aws:user name}", "${aws:a, 'b'}", "${**}",
        ]
    )
    func variables(_ text: String) {
        #expect(PolicyPattern(text, variables: true) == nil)
        #expect(PolicyPattern(text, variables: false) != nil)
    }

    @Test("asks for variables with one value only")
    func multiple() throws {
        let policy = try PolicySample.policy(
            PolicySample.statement(resource: #""Resource":"arn:aws:s3:::bucket/${s3:RequestObjectTagKeys}""#)
        )
        for (values, decision) in [(["key"], "allow"), (["key", "key"], "none"), ([], "none")] {
            let request = try PolicySample.request(context: ["s3:requestobjecttagkeys": values])
            #expect(policy.evaluate(request).word == decision)
        }
    }

    private static func words(of alphabet: String, upTo length: Int) -> [String] {
        (0..<length).reduce([""]) { words, _ in [""] + words.flatMap { word in alphabet.map { word + String($0) } } }
    }

    private static func plain(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return plain(pattern.dropFirst(), text) || !text.isEmpty && plain(pattern, text.dropFirst())
        }
        guard let byte = text.first, first == UInt8(ascii: "?") || first == byte else { return false }
        return plain(pattern.dropFirst(), text.dropFirst())
    }
}
