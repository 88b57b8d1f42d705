import S3Protocol
import Testing

@Suite struct CanonicalHeadersTests {
    /// The definition: a line for each signed name, with the values of the fields of that name in their order.
    private static func defined(_ fields: [(String, String)], _ names: [String]) -> String {
        names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
            let values = fields.filter { $0.0.lowercased() == name }.map { CanonicalRequest.value($0.1) }
            return "\(name):\(values.joined(separator: ","))\n"
        }.joined()
    }

    @Test(arguments: [(4, 2), (40, 12), (43, 12), (200, 150)])
    func `few headers and many are put into the same form`(_ fieldCount: Int, _ nameCount: Int) {
        var generator = SystemRandomNumberGenerator()
        let fields = (0..<fieldCount).map { index in
            ("X-Amz-Meta-\(Int.random(in: 0..<nameCount * 2, using: &generator))", " v\(index)  \t w ")
        }
        let names = (0..<nameCount).map { "x-amz-meta-\($0)" }
        let signed = SignedHeaderNames(names.shuffled().joined(separator: ";"))
        #expect(CanonicalRequest.headers(HeaderList(fields), signed) == Self.defined(fields, names))
    }

    @Test(arguments: [2, 600])
    func `a name that is listed twice has its values twice`(_ fieldCount: Int) {
        let fields = (0..<fieldCount).map { ("a", "\($0)") }
        let line = "a:" + fields.map(\.1).joined(separator: ",") + "\n"
        #expect(CanonicalRequest.headers(HeaderList(fields), SignedHeaderNames("a;a")) == line + line)
    }

    @Test(arguments: [
        ("", ""), ("plain", "plain"), (" a", "a"), ("a ", "a"), ("a\tb", "a b"), ("a \r\n b", "a b"), (" \t\r\n", ""),
    ])
    func `values lose their blanks at the ends and keep one within`(_ raw: String, _ value: String) {
        #expect(CanonicalRequest.value(raw) == value)
    }
}
