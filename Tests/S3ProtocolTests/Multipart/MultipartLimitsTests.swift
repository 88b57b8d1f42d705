import S3Protocol
import Testing

@Suite struct MultipartLimitsTests {
    static let minimum = MultipartLimits.minimumPartSize
    static let maximum = MultipartLimits.maximumPartSize

    @Test(
        arguments: [
            ([0], "ok"), ([1], "ok"), ([minimum, 0], "ok"), ([minimum - 1, 1], "EntityTooSmall"),
            ([minimum, minimum - 1, 1], "EntityTooSmall"), ([maximum], "ok"), ([maximum + 1], "EntityTooLarge"),
            ([maximum + 1, 1], "EntityTooLarge"), ([minimum, maximum + 1], "EntityTooLarge"),
            (Array(repeating: maximum, count: 1_024), "ok"),
            (Array(repeating: maximum, count: 1_024) + [1], "EntityTooLarge"),
        ] as [([Int64], String)]
    )
    func `sizes are held to both limits`(sizes: [Int64], code: String) {
        let parts = sizes.enumerated().map { UploadSample.part($0.offset + 1, size: $0.element) }
        var sum: Int64?
        #expect(UploadSample.code { sum = try MultipartLimits.check(parts) } == code)
        #expect(sum == (code == "ok" ? sizes.reduce(0, +) : nil))
    }

    @Test func `the part that is too small is named`() {
        let parts = [UploadSample.part(3, size: 4), UploadSample.part(9, size: 4)]
        let error = #expect(throws: S3Error.self) { try MultipartLimits.check(parts) }
        #expect(
            error?.details == [
                .init("ProposedSize", "4"), .init("MinSizeAllowed", "5242880"), .init("PartNumber", "3"),
                .init("ETag", "e3"),
            ]
        )
    }

    @Test func `a copy reads 5 GiB at most`() throws {
        try MultipartLimits.check(copySourceSize: 5_368_709_120)
        let error = #expect(throws: S3Error.self) { try MultipartLimits.check(copySourceSize: 5_368_709_121) }
        #expect(error?.code == "InvalidRequest")
        #expect(error?.message.hasSuffix("maximum allowable size for a copy source: 5368709120") == true)
    }
}
