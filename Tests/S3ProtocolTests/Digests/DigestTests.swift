import S3Protocol
import Testing

/// The published vectors of RFC 1321, FIPS 180-4 and RFC 4231, however the bytes come.
@Suite struct DigestTests {
    private static let abc = Array("abc".utf8)
    private static let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)

    private func expect<Function: HashFunction>(
        _ function: Function.Type,
        of bytes: [UInt8],
        _ hexadecimal: String,
        at location: SourceLocation = #_sourceLocation
    ) {
        #expect(Hex.encode(Function.hash(data: bytes)) == hexadecimal, sourceLocation: location)
        #expect(Function.hash(data: bytes).count == Function.byteCount, sourceLocation: location)
        for step in [1, 7, 63, 64, 65, 127, 128, 129] where bytes.count < 10_000 {
            var pieces = Function()
            for start in stride(from: 0, to: bytes.count, by: step) {
                pieces.update(data: bytes[start..<min(start + step, bytes.count)])
                _ = pieces.finalize()
            }
            #expect(Hex.encode(pieces.finalize()) == hexadecimal, sourceLocation: location)
        }
        let lazy = Function.hash(data: bytes.lazy.map { $0 })
        #expect(Hex.encode(lazy) == hexadecimal, sourceLocation: location)
    }

    @Test func `MD5 gives the digests of RFC 1321`() {
        expect(Insecure.MD5.self, of: [], "d41d8cd98f00b204e9800998ecf8427e")
        expect(Insecure.MD5.self, of: Self.abc, "900150983cd24fb0d6963f7d28e17f72")
        let digits = Array(String(repeating: "1234567890", count: 8).utf8)
        expect(Insecure.MD5.self, of: digits, "57edf4a22be3c955ac49da2e2107b67a")
    }

    @Test func `SHA-1 gives the digests of FIPS 180-4`() {
        expect(Insecure.SHA1.self, of: [], "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        expect(Insecure.SHA1.self, of: Self.abc, "a9993e364706816aba3e25717850c26c9cd0d89d")
        expect(Insecure.SHA1.self, of: Self.million, "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
    }

    @Test func `SHA-256 gives the digests of FIPS 180-4`() {
        expect(SHA256.self, of: [], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        expect(SHA256.self, of: Self.abc, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        expect(SHA256.self, of: Self.million, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `SHA-512 gives the digests of FIPS 180-4`() {
        expect(
            SHA512.self,
            of: Self.abc,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        )
        expect(
            SHA512.self,
            of: Self.million,
            "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
                + "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"
        )
    }

    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `HMAC gives the codes of RFC 4231, begun once and copied as well`(
        key: [UInt8],
        text: String,
        hexadecimal: String
    ) {
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key))
        #expect(Hex.encode(code) == hexadecimal)
        let begun = HMAC<SHA256>(key: SymmetricKey(data: key))
        for _ in 0..<2 {
            var copy = begun
            for byte in text.utf8 { copy.update(data: [byte]) }
            #expect(Hex.encode(copy.finalize()) == hexadecimal)
        }
    }

    @Test func `HMAC with SHA-1 gives the code of RFC 2202`() {
        let key = SymmetricKey(data: Array("Jefe".utf8))
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: Array("what do ya want for nothing?".utf8), using: key)
        #expect(Hex.encode(code) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
    }

    @Test func `a key does not show itself`() {
        let key = SymmetricKey(data: Array("secret".utf8))
        #expect("\(key)" == "<key>" && !String(reflecting: key).contains("115"))
    }
}
