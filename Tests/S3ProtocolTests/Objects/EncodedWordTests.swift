import S3Protocol
import Testing

@Suite struct EncodedWordTests {
    @Test(
        "Words are decoded, of any case and in any place",
        arguments: [
            ("=?UTF-8?Q?caf=C3=A9?=", "café"), ("=?utf-8?q?caf=c3=a9?=", "café"), ("=?UTF-8?B?Y2Fmw6k=?=", "café"),
            ("=?utf-8?b?Y2Fmw6k?=", "café"), ("=?UTF-8*fr?Q?caf=C3=A9?=", "café"), ("=?UTF-8?Q?a_b=5Fc?=", "a b_c"),
            ("=?US-ASCII?Q?plain?=", "plain"), ("=?ISO-8859-1?Q?caf=E9?=", "café"),
            ("=?iso-8859-1?B?Y2Fm6Q==?=", "café"),
            ("=?UTF-8?B?w4PChE3Dg8KE?=", "Ã\u{84}MÃ\u{84}"), ("=?UTF-8?Q?=3D=3FUTF-8=3FQ=3Fa=3F=3D?=", "=?UTF-8?Q?a?="),
            ("a =?UTF-8?Q?=C3=A9?= b", "a é b"), ("a  =?UTF-8?Q?=C3=A9?=\tb", "a  é\tb"), ("é =?UTF-8?Q?b?=", "é b"),
            ("=?UTF-8?Q?a=0D=0Ab?=", "a\r\nb"),
        ]
    )
    func decoding(_ written: String, _ read: String) {
        #expect(ByteText.equal(EncodedWord.decode(written), read))
    }

    @Test(
        "Blanks between words vanish, and a character may be cut between them",
        arguments: [
            ("=?UTF-8?Q?a?= =?UTF-8?Q?b?=", "ab"), ("=?UTF-8?Q?a?= \t =?ISO-8859-1?Q?=E9?=", "aé"),
            ("=?UTF-8?Q?a_?= =?UTF-8?Q?b?=", "a b"), ("=?UTF-8?Q?=C3?= =?UTF-8?Q?=A9?=", "é"),
            ("=?UTF-8?Q?a?= x =?UTF-8?Q?b?=", "a x b"), ("=?UTF-8?Q?a?= ", "a "),
        ]
    )
    func neighbours(_ written: String, _ read: String) {
        #expect(ByteText.equal(EncodedWord.decode(written), read))
    }

    @Test(
        "What is no word stays as it is",
        arguments: [
            "", " ", "plain", "what?", "=?", "=?=", "=??=", "=????=", "=?UTF-8?=", "=?UTF-8?Q?=", "=?UTF-8?Q??=",
            "=?UTF-8?X?a?=", "=?UTF-8?Q?a=?=", "=?UTF-8?Q?a=4?=", "=?UTF-8?Q?a=GG?=", "=?UTF-8?Q?a b?=",
            "=?UTF-8?Q?a?b?=", "=?UTF-8?B?YQ?YQ?=", "=?UTF-8?B?*?=", "=?UTF-8?B?Y?=", "=?UTF-8?Q?=C3?=",
            "=?UTF-8?B?/w==?=",
            "=?KOI8-R?Q?=C1?=", "=?US-ASCII?Q?=C3=A9?=", "=??Q?a?=", "x=?UTF-8?Q?a?=", "=?UTF-8?Q?a?=,", "=?UTF-8?Q?a?",
            "=?UTF-8?Q?a?=,=?UTF-8?Q?b?=", "=?UTF-8?Q?caf\u{E9}?=", "=?UTF-8?Q?a?= =?UTF-8?Q?=C3?=",
        ]
    )
    func malformed(_ text: String) {
        #expect(ByteText.equal(EncodedWord.decode(text), text))
    }

    @Test(
        "Only text beyond ASCII is encoded",
        arguments: [
            ("plain", "plain"), ("a =? b_c", "a =? b_c"), ("caf\u{E9}", "=?UTF-8?Q?caf=C3=A9?="),
            ("é =?_", "=?UTF-8?Q?=C3=A9_=3D=3F=5F?="), ("a\tb", "=?UTF-8?B?YQli?="), ("é\n", "=?UTF-8?B?w6kK?="),
            ("\u{7F}", "=?UTF-8?B?fw==?="), ("~", "~"), ("", ""),
        ]
    )
    func encoding(_ text: String, _ written: String) {
        #expect(ByteText.equal(EncodedWord.encode(text), written))
        #expect(ByteText.equal(HeaderText.metadata(text), written))
        #expect(ByteText.equal(EncodedWord.decode(written), text))
    }

    @Test("Whatever is encoded is ASCII without control bytes and is read back, at any length")
    func roundTrip() {
        var numbers = SeededNumbers(seed: 7)
        for _ in 0..<300 {
            let scalars = (0..<Int.random(in: 1...60, using: &numbers)).compactMap { _ in
                UnicodeScalar(UInt32.random(in: 0...(numbers.next() % 2 == 0 ? 0x7F : 0x1_FFFF), using: &numbers))
            }
            let text = String(String.UnicodeScalarView(scalars)) + "é"
            let written = EncodedWord.encode(text)
            #expect(written.utf8.allSatisfy { (0x21...0x7E).contains($0) })
            #expect(ByteText.equal(EncodedWord.decode(written), text))
        }
        let long = String(repeating: "日本", count: 340)
        #expect(ByteText.equal(EncodedWord.decode(EncodedWord.encode(long)), long))
    }
}
