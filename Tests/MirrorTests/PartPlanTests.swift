import Mirror
import ObjectStorage
import S3Protocol
import Testing

@Suite("Parts of long objects") struct PartPlanTests {
    private func record(size: Int64, parts: [Int64] = [], numbers: [Int] = []) -> ObjectRecord {
        var record = ObjectRecord(
            key: key("k"),
            bucketID: "b",
            sequence: 1,
            version: .null,
            size: size,
            modified: Timestamp(seconds: 0),
            etag: ETag("e"),
            checksums: [],
            attributes: ObjectAttributes()
        )
        record.parts = parts.enumerated()
            .map { ObjectPart(number: numbers.isEmpty ? $0.offset + 1 : numbers[$0.offset], size: $0.element) }
        return record
    }

    @Test func `short ones go as a whole`() {
        for size in [0, 1, 100] as [Int64] { #expect(PartPlan(record(size: size), bytes: 100) == nil) }
    }

    @Test func `long ones go in equal parts that cover all bytes`() throws {
        let plan = try #require(PartPlan(record(size: 250), bytes: 100))
        #expect(plan.parts.map(\.range) == [0..<100, 100..<200, 200..<250] && plan.parts.map(\.number) == [1, 2, 3])
        #expect(plan.size == 100)
    }

    @Test func `there are never more than 10,000`() throws {
        let plan = try #require(PartPlan(record(size: 100_000_001), bytes: 100))
        #expect(plan.parts.count <= 10_000 && plan.parts.last?.range.upperBound == 100_000_001)
    }

    @Test func `those of an upload are the same there, short as it may be`() throws {
        let mebi = Int64(1 << 20)
        let own = record(size: 12 * mebi, parts: [5 * mebi, 6 * mebi, mebi], numbers: [1, 5, 7])
        let plan = try #require(PartPlan(own, bytes: 64 * mebi))
        #expect(plan.parts.map(\.number) == [1, 5, 7] && plan.size == 0)
        #expect(plan.parts.map(\.range) == [0..<5 * mebi, 5 * mebi..<11 * mebi, 11 * mebi..<12 * mebi])
    }

    @Test func `parts that S3 does not take, or that are not the content, are others`() {
        let mebi = Int64(1 << 20)
        #expect(PartPlan(record(size: 2 * mebi, parts: [mebi, mebi]), bytes: 64 * mebi) == nil)
        #expect(PartPlan(record(size: 9 * mebi, parts: [5 * mebi, mebi]), bytes: 4 * mebi)?.size == 4 * mebi)
    }
}
