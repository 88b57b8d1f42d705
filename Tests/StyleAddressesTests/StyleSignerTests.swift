import StyleAddresses
import Testing

@Suite struct StyleSignerTests {
    // imgproxy's documentation, "Signing a URL": key `secret`, salt `hello`.
    private let documented = StyleSigner.Pair(key: "736563726574", salt: "68656C6C6F")!
    private let path = "/rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.png"
    private let signature = "oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8"

    @Test func `the sample of imgproxy's documentation is signed as it says`() throws {
        let signer = StyleSigner([documented])
        #expect(signer.signed(path) == "/\(signature)\(path)")
        #expect(try signer.verified("/\(signature)\(path)".utf8) == Array(path.utf8))
        #expect(try signer.verified("/\(signature)=\(path)".utf8) == Array(path.utf8))
    }

    @Test func `any other byte of path or signature is refused, and never told the right signature`() {
        let signer = StyleSigner([documented])
        let whole = Array("/\(signature)\(path)".utf8)
        for index in whole.indices.dropFirst() {
            var changed = whole
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let error = #expect(throws: StyleAddressError.self) { try signer.verified(changed) }
            #expect(error?.message.contains(signature) != true)
        }
    }

    @Test func `each of several pairs is taken, the first one signs`() throws {
        let new = StyleSigner.Pair(key: "00", salt: "ff")!
        let rotated = StyleSigner([new, documented])
        #expect(try rotated.verified("/\(signature)\(path)".utf8) == Array(path.utf8))
        #expect(try StyleSigner([new]).verified(rotated.signed(path).utf8) == Array(path.utf8))
        #expect(throws: StyleAddressError.self) { try StyleSigner([new]).verified("/\(signature)\(path)".utf8) }
    }

    @Test(arguments: [(8, 11), (16, 22), (31, 42), (32, 43), (7, 11), (33, 43)])
    func `a signature is cut to the size that is set, within bounds`(size: Int, length: Int) throws {
        let signer = StyleSigner([documented], size: size)
        let signed = signer.signed(path)
        #expect(signed.utf8.count == 1 + length + path.utf8.count)
        #expect(try signer.verified(signed.utf8) == Array(path.utf8))
        guard length < 43 else { return }
        #expect(throws: StyleAddressError.self) { try signer.verified("/\(signature)\(path)".utf8) }
    }

    @Test(arguments: ["unsafe", "insecure"])
    func `without a signature only where that is allowed`(word: String) throws {
        let unsigned = "/\(word)\(path)"
        #expect(try StyleSigner([documented], allowsUnsigned: true).verified(unsigned.utf8) == Array(path.utf8))
        let error = #expect(throws: StyleAddressError.self) { try StyleSigner([documented]).verified(unsigned.utf8) }
        #expect(error?.code == .badSignature && error?.message.contains("on_the_fly.unsigned") == true)
    }

    @Test(arguments: ["", "/", "x", "/abc", "//rs:fit:1:1/plain/b/k", "/?/plain/b/k", "/A/plain/b/k"])
    func `what has not the form of a signed path is refused`(text: String) {
        #expect(throws: StyleAddressError.self) { try StyleSigner([documented]).verified(text.utf8) }
    }

    @Test func `a path beyond the longest is refused before it is looked at`() {
        let long = "/\(signature)/" + String(repeating: "a", count: StyleAddress.maximumLength + 300)
        let error = #expect(throws: StyleAddressError.self) { try StyleSigner([documented]).verified(long.utf8) }
        #expect(error?.code == .malformed)
    }

    @Test(arguments: [("", "00"), ("00", ""), ("0", "00"), ("xx", "00"), ("00", "0x00")])
    func `a key or salt that is not hexadecimal is none`(key: String, salt: String) {
        #expect(StyleSigner.Pair(key: key, salt: salt) == nil)
    }
}
