import S3Protocol
import Testing

@Suite struct JSONTextTests {
    private static func text(_ body: (inout JSONText) -> Void) -> String {
        var text = JSONText()
        text.object(body)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test(arguments: [0, 1, -1, 9, 10, -10, 1_700_000_000_000_000_000, .max, .min] as [Int64])
    func `numbers are written as Swift writes them`(_ number: Int64) {
        #expect(Self.text { $0.member("n", number) } == #"{"n":\#(number)}"#)
    }

    @Test func `members of an object stand in byte order, however many there are`() {
        #expect(Self.text { $0.member("o", [:]) } == "{}")
        #expect(Self.text { $0.member("o", ["a\"": "b"]) } == #"{"o":{"a\"":"b"}}"#)
        let values = ["z": "1", "Z": "2", "é": "3", "zz": "4"]
        #expect(Self.text { $0.member("o", values) } == #"{"o":{"Z":"2","z":"1","zz":"4","é":"3"}}"#)
    }
}
