import S3Protocol
import Testing

@testable import ObjectStorage

@Suite struct KeyPlaceTests {
    @Test(arguments: [
        "a", "a/b", "a b", "ünï", "a/.hidden", "...", "a/lost+found", "x.nfs1", String(repeating: "s", count: 255),
        Array(repeating: "d", count: 64).joined(separator: "/"),
    ])
    func `a safe path is its own place`(_ text: String) {
        #expect(KeyPlace.natural(key(text), bucket: photos)?.path == "buckets/photos/\(text)")
    }

    @Test(arguments: [
        "/", "a/", "/a", "a//b", ".", "..", "a/./b", "a/../b", "../a", "a/..", "a\u{1}b", "a\u{7F}", "a\nb", "\u{0}",
        "lost+found", "lost+found/a", ".nfs0001", "a/.nfs", String(repeating: "s", count: 256),
        String(repeating: "k", count: 1_024), Array(repeating: "d", count: 65).joined(separator: "/"),
    ])
    func `what is no safe path is escaped`(_ text: String) {
        #expect(KeyPlace.natural(key(text), bucket: photos) == nil)
        let place = KeyPlace.escaped(key(text), bucketID: "id")
        #expect(place.name.utf8.count == 64)
        #expect(place.directory == ".larder/escaped/id/\(place.name.prefix(2))")
    }

    @Test func `normal forms of one letter have different places`() {
        let (composed, decomposed) = (key("\u{E9}"), key("e\u{301}"))
        #expect(composed != decomposed)
        #expect(KeyPlace.escaped(composed, bucketID: "i").name != KeyPlace.escaped(decomposed, bucketID: "i").name)
    }

    @Test func `a place is cut at the last slash`() {
        let place = KeyPlace.natural(key("a/b/c"), bucket: photos)
        #expect(place?.directory == "buckets/photos/a/b")
        #expect(place?.name == "c")
    }
}
