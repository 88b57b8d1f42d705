import Testing

@testable import ObjectStorage

@Suite struct FileCacheIndexTests {
    private func isThere(_ index: FileCacheIndex, _ prefix: String, _ count: Int) -> Int {
        (0..<count).count { index.contains("\(prefix)\($0)") }
    }

    @Test func `one pass over many files leaves those that are used again`() {
        var index = FileCacheIndex(budget: 1000)
        for number in 0..<6 {
            index.note("hot\(number)", size: 100)
            index.use("hot\(number)")
        }
        for number in 0..<500 {
            index.note("cold\(number)", size: 100)
            _ = index.overflow()
            #expect(index.usage.bytes <= 1000)
        }
        #expect(isThere(index, "hot", 6) == 6)
        #expect(index.contains("cold499"))
    }

    @Test func `those that are used again have four fifths, and among themselves the last used stay`() {
        var index = FileCacheIndex(budget: 1000)
        for number in 0..<20 {
            index.note("hot\(number)", size: 100)
            index.use("hot\(number)")
            _ = index.overflow()
        }
        index.note("new", size: 100)
        _ = index.overflow()
        #expect(index.usage.bytes <= 1000 && index.contains("new"))
        #expect((12..<20).allSatisfy { index.contains("hot\($0)") } && !index.contains("hot0"))
    }

    @Test func `a file counts as it grows`() {
        var index = FileCacheIndex(budget: 1000)
        index.note("a", size: 10)
        index.note("b", size: 10)
        index.grow("a", by: 500)
        index.grow("none", by: 500)
        #expect(index.usage == FileCache.Usage(files: 2, bytes: 520) && index.overflow().isEmpty)
        index.grow("b", by: 600)
        #expect(index.overflow() == ["a"])
        index.use("b")
        index.forget("b")
        #expect(index.usage == FileCache.Usage())
    }

    @Test func `there are only so many files`() {
        var index = FileCacheIndex(budget: .max / 100, maximumFiles: 100)
        for number in 0..<1000 {
            index.note("\(number)", size: 1)
            if number % 3 == 0 { index.use("\(number)") }
            _ = index.overflow()
            #expect(index.usage.files <= 100)
        }
        #expect(index.contains("999"))
    }
}
