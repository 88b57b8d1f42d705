import S3Protocol
import Testing

@testable import Gateway

@Suite struct LogLineTests {
    private func line(_ format: LineLogHandler.Format, _ fields: [(String, String?)]) -> String {
        var line = LogLine(format, Timestamp(seconds: 1_369_353_600), "info", "two\nlines")
        for (name, value) in fields { line.add(name, value) }
        return String(decoding: line.finished, as: UTF8.self)
    }

    @Test func `text stays on its line and keeps its fields apart`() {
        let fields: [(String, String?)] = [
            ("none", nil), ("empty", ""), ("plain", "/a/b%20c=é"), ("blank", "a b"), ("quote", "say \"x\" now"),
            ("control", "a\nstatus=200\u{7F}"),
        ]
        #expect(
            line(.text, fields)
                == #"2013-05-24T00:00:00Z info two lines empty="" plain=/a/b%20c=é blank="a b" quote="say \"x\" now""#
                + #" control="a status=200 ""# + "\n"
        )
    }

    @Test func `JSON is one object a line`() {
        let text = line(.json, [("none", nil), ("reason", "a\n\"b\""), ("status", "200")])
        #expect(
            text == #"{"time":"2013-05-24T00:00:00Z","level":"info","message":"two\nlines","#
                + #""reason":"a\n\"b\"","status":"200"}"# + "\n"
        )
    }
}

@Suite struct RequestIDTests {
    @Test func `ids of requests are all different, 16 upper-case characters each`() {
        let ids = (0..<20_000).map { _ in RequestID().text }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.count == 16 && $0.uppercased() == $0 })
    }
}
