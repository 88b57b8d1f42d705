import S3Protocol
import Testing

@testable import HTTPTransport

@Suite("Heads of answers") struct ResponseHeadParserTests {
    private func parse(_ lines: [String], limit: Int = 1000) -> [ResponseHeadParser.Action] {
        var parser = ResponseHeadParser(limit: limit)
        return lines.map { parser.take(Array("\($0)\r\n".utf8)) }
    }

    @Test func `a head is its status and its headers in order`() {
        let actions = parse(["HTTP/1.1 404 Not  Found", "A: 1", "a:2 ", "B:", ""])
        #expect(actions.dropLast().allSatisfy { $0 == .none })
        #expect(actions.last == .head(status: 404, headers: HeaderList([("A", "1"), ("a", "2"), ("B", "")])))
    }

    @Test func `interim answers and trailers are passed over`() {
        let actions = parse(["HTTP/1.1 100 Continue", "X: 1", "", "HTTP/2 200", "Y: 2", "", "Z: 3", ""])
        #expect(actions.filter { $0 != .none } == [.head(status: 200, headers: HeaderList([("Y", "2")]))])
        #expect(actions[5] != .none)
    }

    @Test(arguments: [
        "HTTP/1.1", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "ICY 200 OK", "", "HTTP/1.1 abc", "HTTP/1.1  200",
    ])
    func `a line that is no status is malformed`(line: String) {
        guard case .malformed = parse([line])[0] else {
            Issue.record("taken: \(line)")
            return
        }
    }

    @Test(arguments: ["no colon", ": no name"]) func `a line that is no header is malformed`(line: String) {
        guard case .malformed = parse(["HTTP/1.1 200 OK", line])[1] else {
            Issue.record("taken: \(line)")
            return
        }
    }

    @Test func `a head may be as long as the limit and no longer`() {
        let lines = ["HTTP/1.1 200 OK", "A: 1", ""]
        let length = lines.reduce(0) { $0 + $1.utf8.count + 2 }
        #expect(parse(lines, limit: length).last == .head(status: 200, headers: HeaderList([("A", "1")])))
        #expect(parse(lines, limit: length - 1).last == .tooLarge)
    }
}
