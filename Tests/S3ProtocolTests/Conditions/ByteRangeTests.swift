import S3Protocol
import Testing

@Suite struct ByteRangeTests {
    @Test(
        arguments: [
            ("bytes=0-0", 0, 0), ("bytes=0-9", 0, 9), ("bytes=2-5", 2, 5), ("bytes=5-", 5, 9), ("bytes=5-100", 5, 9),
            ("bytes=-3", 7, 9), ("bytes=-100", 0, 9), ("BYTES=1-1", 1, 1), (" bytes=1-1 ", 1, 1),
            ("bytes=0-99999999999999999999", 0, 9), ("bytes=-99999999999999999999", 0, 9),
        ] as [(String, Int64, Int64)]
    )
    func `a range is cut to the object`(header: String, first: Int64, last: Int64) throws {
        #expect(try ByteRange(header: header, size: 10) == ByteRange(first: first, last: last))
    }

    @Test(arguments: [
        "", "bytes", "bytes=", "bytes=-", "bytes=1-0", "bytes=0-1,3-4", "bytes=a-b", "bytes=1", "items=0-1",
        "bytes 0-1",
        "bytes=0-1-2", "bytes=+1-2", "bytes=0x1-2", "bytes=1 -2", "bytes=1.5-2", "bytes=٣-٤",
    ])
    func `a header that S3 does not read is ignored`(header: String) throws {
        #expect(try ByteRange(header: header, size: 10) == nil)
        #expect(try ByteRange(header: nil, size: 10) == nil)
    }

    @Test(
        arguments: [
            ("bytes=-0", 10), ("bytes=10-", 10), ("bytes=10-20", 10), ("bytes=99999999999999999999-", 10),
            ("bytes=0-", 0),
            ("bytes=0-0", 0), ("bytes=-1", 0),
        ] as [(String, Int64)]
    )
    func `a range beyond the object is not satisfiable`(header: String, size: Int64) {
        let error = #expect(throws: S3Error.self) { try ByteRange(header: header, size: size) }
        #expect(error?.status == 416)
        #expect(error?.details == [.init("RangeRequested", header), .init("ActualObjectSize", "\(size)")])
        #expect(error?.headers == [.init("Content-Range", "bytes */\(size)")])
    }

    @Test func `a range knows its length and its header`() {
        #expect(ByteRange(first: 2, last: 5).count == 4)
        #expect(ByteRange(first: 2, last: 5).contentRange(size: 10) == "bytes 2-5/10")
    }
}
