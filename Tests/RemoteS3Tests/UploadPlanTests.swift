import RemoteS3
import S3Protocol
import Testing

@Suite("Plans of uploads") struct UploadPlanTests {
    private static let mib: Int64 = 1 << 20

    @Test func `short content goes in one request, longer content in parts that make the whole`() {
        let plan = UploadPlan(partLength: 8 * Self.mib)
        for length in [0, 1, 8 * Self.mib] { #expect(plan.parts(of: length) == nil) }
        for length in [8 * Self.mib + 1, 16 * Self.mib, 100 * Self.mib + 5] {
            let parts = plan.parts(of: length) ?? []
            #expect(parts.first?.lowerBound == 0 && parts.last?.upperBound == length)
            for (part, next) in zip(parts, parts.dropFirst()) {
                #expect(part.upperBound == next.lowerBound && part.count == 8 * Self.mib)
            }
        }
    }

    @Test func `ten thousand parts suffice for the largest object`() {
        let plan = UploadPlan(partLength: 5 * Self.mib)
        for length in [50_000 * Self.mib, 50_000 * Self.mib + 1, MultipartLimits.maximumObjectSize] {
            let parts = plan.parts(of: length) ?? []
            #expect((1...MultipartLimits.maximumParts).contains(parts.count) && parts.last?.upperBound == length)
            #expect(parts.allSatisfy { $0.count <= MultipartLimits.maximumPartSize })
        }
        #expect(plan.parts(of: 50_000 * Self.mib)?.count == 10_000)
        #expect(plan.parts(of: 50_000 * Self.mib + 1)?.first?.count == Int(6 * Self.mib))
    }

    @Test func `a checksum that parts do not give is kept by one request as long as one may bring it`() {
        let plan = UploadPlan(partLength: 8 * Self.mib)
        #expect(plan.parts(of: MultipartLimits.maximumPartSize, checksum: .sha256) == nil)
        #expect(plan.parts(of: MultipartLimits.maximumPartSize + 1, checksum: .sha256)?.count == 641)
        #expect(plan.parts(of: 9 * Self.mib, checksum: .crc32)?.count == 2)
    }
}
