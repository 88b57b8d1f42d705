import S3Protocol
import Testing

@Suite struct RequestTests {
    @Test func `a target stays as it was sent`() throws {
        let target = try RequestTarget("/b/a//%7e?x=1%2B+2&acl&y=&x=z")
        #expect(target.rawPath == "/b/a//%7e")
        #expect(target.rawQuery == "x=1%2B+2&acl&y=&x=z")
        #expect(target["x"] == "1+ 2")
        #expect(target["acl"] == "")
        #expect(target.has("y") && target.has("acl") && !target.has("z"))
        #expect(target.parameters[0].rawValue == "1%2B+2")
        #expect(target.parameters[1].rawValue == nil)
    }

    @Test func `an empty query is not an absent one`() throws {
        #expect(try RequestTarget("/").rawQuery == nil)
        #expect(try RequestTarget("/?").rawQuery == "")
        #expect(try RequestTarget("?a=b").rawPath == "/")
        #expect(try RequestTarget("/?a=b=c&&d")["a"] == "b=c")
    }

    @Test(arguments: ["b", "*", "http://host/", "/?a=%", "/?a=%FF", "/?%zz"])
    func `a target that cannot be read is refused`(text: String) {
        let error = #expect(throws: S3Error.self) { try RequestTarget(text) }
        #expect(error?.code == "InvalidURI")
    }

    @Test func `headers are found in any case and keep their order`() {
        var headers = HeaderList([("X-A", "1"), ("x-b", "2")])
        headers.append("x-a", "3")
        #expect(headers["x-A"] == "1")
        #expect(headers.values("X-a") == ["1", "3"])
        #expect(headers["x"] == nil)
    }
}
