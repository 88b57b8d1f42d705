@testable import ForeignDrives
import S3Protocol
import Testing

/// What Python's `gzip` wrote, one for each kind of DEFLATE block.
enum GzipSample {
    /// A record of three parts: a block of the fixed code.
    static let threeParts = decoded(
        """
        H4sIAAAAAAAC/6tWKi3IyU9M8UxRslIySDJPNU0zSNU1TwQSJokmybqWaSbGukZppmlGKcZJFsmGhko6SgWJRSXFSlbRpkYmRhYWBjqGBiYWpu\
        ZmQIaRARjE1gIAbwANV1cAAAA=
        """
    )

    /// A record of 300 parts, part i ending at 5242880 (i + 1) + 7919 i² mod 1000: a block of a code of its own.
    static let manyParts = decoded(
        """
        H4sIAAAAAAAC/zWWSY5dRw5F95LjJyDIYBP0DmoNBQ9kSxoZsFDNqOC917nx0ilkij9+BLt72fzv478///jz67d/fPv45WP91t/zx/r+pb/yJ7\
        7G71/mR+wv/iN/+Lf92/nd7OP5+Pn1X//598cv/0wPP2c9tuJU9TyW7bOtHl/T1mOPl1vy/bMt8njms6vX8ognbGKvtifaTvWuR/rG9zzZ1Z5o\
        Lh+LznnqoLu7nt6xVm17+lTs7fGcfU4dNJ8xnnOC3vbgzkxZBq/kYZ6NIrOlf/LacscuzJmvPL3wwLCKDpyybat946dxx1KuW1jiFdFY1FmWBM\
        g3K2IRs4I/7UpDeZIH2Sic9m2c9ebBGu41eThtvMWjZVboO6cjQjZmz6k8nA3BTCZJxAJa8jOvOTOPWwy3sOG+fJFszjwj9ujeXnVq9JagfRp9\
        HoYTsuFRRDLY9TRsbXzxrFnorAsZruCzg8ppxeHttdciNu/mqISx3uELb49Si5cPUddy5crnHJSQv71iHR4Z0mw+kWexgWyRe3JzrITH9lxkFI\
        y4tIkJ3PZOQsLQA+zoCNDdUXwtwHea9zadZRGJ614ZfDG9FdFspK9hRYhPuztgrOwenq4tX04PeZF/sx005PPg/CiOWLvRQmxEMZGbeAMinG5y\
        8HIYBQ+eKVvYgMMD7uQvcDDBk3tBEuAybyMr0sl95DrKETayoFuAUSC0niEVkSywVHkkYaAPm2iRjQM1gYiz03kgFPfmRYS3XJEv8SQRWstGKm\
        MwizMDUS4aEnHx5628cwyfIW4SETaoDrIVxJaUnBVBIeE66eAtYC2hiZQdpVxlrTmo5KwEBkmglCngMFU3RY0vKu+DzSU8qANfYMzZAFFtcMvp\
        QgtYQqVR6QXS4akwJ0FBXnRG16h179EzFrVXb78o6StqGy3qIQBAdrELtFCo8KVUd/IHKaEsJHtQBrEUR6n+cI8zEk5bId7qUrchB7cV3bxQYr\
        il+ijYX6b81YhWRU5xMkOHSBQNlRFPG1+68ABU79xgpMq2I9zUP2p1fna5EL69R+WKDTWIc3nQgREc5V4ipvjCQ6cJSF/J7LWBYegru9RElPjX\
        oHxAqd4G6uJpi6+pOHq41OLzQV0Zv0gNe8X7Y/C2+IBEQEu5goi2fcjfgX74Q04PZUVHI8+3N5vq7USYGsFCGkpYdXmgE56AGwTnkeqX3qcMqK\
        /jO1pko4nVRmcHDbcfoHcxGfRWbV/NGKly37nBZ0JWfxlSYEr+wzXHLfwjxFwEwqRwb1orNmj6o7ucyRHVMNJheNCg70ShWMjLgIGCw0aG3/JB\
        GvGBnNJTS9TlbQ2KMPIAEFQTHpQlmDoYzaFCTP0Zo6oYsNSwouLA1yg3GD13tK4qeaNTkCOo1Dgz5sedDTQE3+VLA2N5i8qaIrBMvmu0LIDFdc\
        0bYOQn53MgQmlNpgX0RHSt5azyO8MW7FhY0F3Q0hSWBtI1VL70Mgl33LlIb8H00bDEFCm5E3QNFjw1VjVy6WX7zl/APXkHsDFw7J3KMHDv0aiG\
        dPyv8Y3Y+gDwBsloMmIDIsRmTuuUZsvuce8GXYUH9TnYd1+9yWrR77jHPKPy+qBmBsq6S1lR9/KX8ik1COllsqLsWoNLGjk6pTXSNJQHB5c7ud\
        7lofyuP04c6xaSKmdLh05dm4Ir6zDwqHFLw2bCwfSQSDmvixt9mDSZ0PTos7KFMUlcZCr/XlBgh/TWJtC41op51O8p1co+cO/2MMxfDTQ0PL56\
        z9BAXmsTI7VacljKPj0Ddnh4/b1L0LpRbG0M+8bGlKTd3Yi3q6nePDBp1DyUHep/PnMGQ+7CkxKZ3+vmdzNG6i5/iC3OCQstWnEXQMQjtK411o\
        19l0BE9qRzMaY05YSQ3yrvffmw6XLrLoNKEZ3mcicg7NyFkMHN0IrLMy1z/e6EuHX8DiREFLxbIQ9Yoy5/2VnotJfV9LFWDUtv0KI+N8Okas6t\
        Czab9Hc3hLGqfGVHC+N6t8MAbUb0tcZiNu9+SFdrTULdPUD0bogABX1uHQOVepasYUetXWgSGSDeTsCyoe4i5LWU7rsnanMtmrWswaLxuykilj\
        ade5d1Zt1dEZHRt/zqTXXN1xozfKdaGVSBq3dfRKS4TU3vLr4Kc3796/+SHBuMTwwAAA==
        """
    )

    /// `hello stored world`, not compressed.
    static let stored = decoded("H4sIAAAAAAAA/wESAO3/aGVsbG8gc3RvcmVkIHdvcmxkazPIHxIAAAA=")
    /// `named`, with a file's name in the header.
    static let named = decoded("H4sICAAAAAAC/2ZpbGUuanNvbgDLS8xNTQEAh8zgcQUAAAA=")
    /// Nothing.
    static let empty = decoded("H4sIAAAAAAAC/wMAAAAAAAAAAAA=")
    /// 100,000 times `a`, then `bbb`, then 500 times `ab`.
    static let runs = decoded(
        """
        H4sIAAAAAAAC/+3BAQ0AAAwCoKzaP8RruA9IAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgFVto75/JDr4iYuKAQA=
        """
    )

    private static func decoded(_ base64: String) -> [UInt8] { Base64.decode(base64) ?? [] }
}

@Suite struct GzipTests {
    private func text(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> String {
        String(decoding: try Gzip.decompress(bytes, limit: limit), as: UTF8.self)
    }

    @Test func `every kind of block is read`() throws {
        let id = "0b7e5f0e-7a0e-4a4c-9f43-2f5f2d3b8c11"
        #expect(try text(GzipSample.threeParts) == #"{"uploadId":"\#(id)","parts":[5242880,10485760,12000000]}"#)
        let ends = (0..<300).map { (index: Int) -> String in
            let noise = index * index * 7_919 % 1_000
            return String((index + 1) * 5_242_880 + noise)
        }.joined(separator: ",")
        #expect(try text(GzipSample.manyParts) == #"{"uploadId":"\#(id)","parts":[\#(ends)]}"#)
        #expect(try text(GzipSample.stored) == "hello stored world")
        #expect(try text(GzipSample.named) == "named")
        #expect(try text(GzipSample.empty).isEmpty)
        let runs = String(repeating: "a", count: 100_000) + "bbb" + String(repeating: "ab", count: 500)
        #expect(try text(GzipSample.runs) == runs)
    }

    @Test(
        "Nothing shorter or longer is taken for the whole",
        arguments: [
            GzipSample.threeParts, GzipSample.manyParts, GzipSample.stored, GzipSample.named, GzipSample.empty,
        ]
    )
    func truncated(_ bytes: [UInt8]) {
        for count in stride(from: 0, to: bytes.count, by: bytes.count > 200 ? 41 : 1) {
            #expect(throws: ForeignDriveError.self) { try Gzip.decompress(Array(bytes[..<count]), limit: 1 << 20) }
        }
        #expect(throws: ForeignDriveError.self) { try Gzip.decompress(bytes + [0], limit: 1 << 20) }
    }

    @Test(
        "A changed byte never traps and never changes the content",
        arguments: [GzipSample.threeParts, GzipSample.stored, GzipSample.named]
    )
    func changed(_ bytes: [UInt8]) {
        let whole = try? Gzip.decompress(bytes, limit: 1 << 20)
        for place in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[place] ^= 1 << UInt8(bit)
                guard let content = try? Gzip.decompress(damaged, limit: 1 << 12) else { continue }
                #expect(content == whole)
            }
        }
    }

    @Test func `a bomb ends at the limit`() {
        let refusal = #expect(throws: ForeignDriveError.self) { try Gzip.decompress(GzipSample.runs, limit: 50_000) }
        #expect(refusal?.code == .tooLarge)
    }
}
