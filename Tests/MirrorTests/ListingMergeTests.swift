import Mirror
import S3Protocol
import Testing

@Suite("Two listings side by side") struct ListingMergeTests {
    private func item(_ name: String) -> ListingMerge.Item { ListingMerge.Item(key: key(name), size: 1, etag: "e") }

    /// The steps of listings that come in pages of `size`: `=k` on both sides, `-k` only here, `+k` only there.
    private func steps(_ here: [String], _ there: [String], pages size: Int) -> [String] {
        var (merge, own, other, steps) = (ListingMerge(), here[...], there[...], [String]())
        while true {
            switch merge.next() {
            case .read(.here):
                merge.add(own.prefix(size).map(item), to: .here, isLast: own.count <= size)
                own = own.dropFirst(size)
            case .read(.there):
                merge.add(other.prefix(size).map(item), to: .there, isLast: other.count <= size)
                other = other.dropFirst(size)
            case .both(let item, _): steps.append("=\(item.key.string)")
            case .onlyHere(let item): steps.append("-\(item.key.string)")
            case .onlyThere(let item): steps.append("+\(item.key.string)")
            case .end: return steps
            }
        }
    }

    @Test(arguments: [1, 2, 3, 100])
    func `each key is told once and in order, whatever the pages`(size: Int) {
        #expect(steps([], [], pages: size) == [])
        #expect(steps(["a"], [], pages: size) == ["-a"] && steps([], ["a"], pages: size) == ["+a"])
        #expect(steps(["a", "c", "d"], ["b", "c", "e"], pages: size) == ["-a", "+b", "=c", "-d", "+e"])
        #expect(steps(["a", "b"], ["a", "b", "c", "d"], pages: size) == ["=a", "=b", "+c", "+d"])
        #expect(steps(["a", "b", "c", "d"], ["d"], pages: size) == ["-a", "-b", "-c", "=d"])
    }

    @Test func `the order is that of bytes`() {
        #expect(steps(["a-b", "a/b", "ä"], ["Z", "a/b"], pages: 2) == ["+Z", "-a-b", "=a/b", "-ä"])
    }
}
