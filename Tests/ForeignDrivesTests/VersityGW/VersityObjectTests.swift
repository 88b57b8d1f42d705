@testable import ForeignDrives
import S3Protocol
import Testing

/// Attributes with text values.
func attributes(_ values: [(String, String)]) -> [ForeignAttribute] {
    values.map { ForeignAttribute($0.0, Array($0.1.utf8)) }
}

@Suite struct VersityObjectTests {
    @Test func `an object's attributes are read`() {
        let object = VersityObject(
            attributes([
                ("etag", "\"d41d8cd98f00b204e9800998ecf8427e\""), ("content-type", "text/plain"), ("expires", "0"),
                ("website-redirect-location", "/x"), ("metadata", #"{"Colour":"red","é":"ü"}"#),
                ("X-Amz-Meta.old", "ignored"), ("X-Amz-Tagging", #"{"b":"2","a":"1"}"#),
                ("object-retention", #"{"Mode":"COMPLIANCE","RetainUntilDate":"2030-01-01T00:00:00Z"}"#),
                ("version-id", "01ARZ3NDEKTSV4RRFFQ69G5FAV"), ("mime_type", "of another program"),
            ]) + [ForeignAttribute("object-legal-hold", [1])]
        )
        #expect(object.etag == .md5("d41d8cd98f00b204e9800998ecf8427e") && !object.isDeleteMarker)
        #expect(object.headers == ["content-type": "text/plain", "expires": "0"] && object.websiteRedirect == "/x")
        #expect(object.userMetadata == ["colour": "red", "é": "ü"])
        #expect(object.tags == [ForeignTag("a", "1"), ForeignTag("b", "2")])
        #expect(object.retention == ForeignRetention(mode: .compliance, until: "2030-01-01T00:00:00Z"))
        #expect(object.legalHold == true && object.version.text == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        #expect(object.losses.isEmpty && object.partSizes(ofSize: 0) == nil)
    }

    @Test func `a file without attributes was put there by hand`() {
        let object = VersityObject([])
        #expect(object.etag == nil && object.version.isNull && !object.isDeleteMarker && object.losses.isEmpty)
        #expect(object.legalHold == nil && object.checksums.isEmpty && object.headers.isEmpty)
    }

    @Test func `user metadata of before 2026 is one attribute for each name`() {
        let object = VersityObject(attributes([("X-Amz-Meta.Colour", "red"), ("X-Amz-Meta.size", "5")]))
        #expect(object.userMetadata == ["colour": "red", "size": "5"])
    }

    @Test func `a delete marker is one whatever else is there`() {
        #expect(VersityObject([ForeignAttribute("delete-marker", []), ForeignAttribute("etag", [])]).isDeleteMarker)
    }

    @Test(
        "What is not understood is named",
        arguments: [
            ("metadata", "{", "metadata"), ("metadata", #"{"a":1}"#, "metadata"), ("X-Amz-Tagging", "[]", "tags"),
            ("object-retention", #"{"Mode":"X","RetainUntilDate":"2030"}"#, "lock"), ("object-legal-hold", "1", "lock"),
            ("checksums", "[]", "checksums"), ("checksums", #"{"SHA512":"AAAA"}"#, "checksums"),
            ("checksums", #"{"CRC32":"AAAA"}"#, "checksums"), ("mp-metadata", "{}", "parts"),
            ("mp-metadata", #"{"parts":["1"]}"#, "parts"),
        ]
    )
    func losses(_ name: String, _ value: String, _ subject: String) {
        #expect(VersityObject(attributes([(name, value)])).losses.map(\.subject) == [subject])
    }

    @Test func `part ends are read from gzip and from plain JSON`() {
        let packed = VersityObject([ForeignAttribute("mp-metadata", GzipSample.threeParts)])
        #expect(packed.partSizes(ofSize: 12_000_000) == [5_242_880, 5_242_880, 1_514_240])
        #expect(packed.partSizes(ofSize: 12_000_001) == nil)
        let plain = VersityObject(attributes([("mp-metadata", #"{"uploadId":"u","parts":[5,5,9]}"#)]))
        #expect(plain.partSizes(ofSize: 9) == [5, 0, 4])
        let falling = VersityObject(attributes([("mp-metadata", #"{"parts":[5,4]}"#)]))
        #expect(falling.partSizes(ofSize: 4) == nil)
        let hostile = VersityObject(
            attributes([("mp-metadata", #"{"parts":[-9223372036854775808,9223372036854775807]}"#)])
        )
        #expect(hostile.partSizes(ofSize: .max) == nil)
        let broken = VersityObject([ForeignAttribute("mp-metadata", GzipSample.threeParts.dropLast())])
        #expect(broken.losses.map(\.subject) == ["parts"])
    }

    @Test func `checksums are of the object or of its parts`() {
        let sum = Base64.encode([1, 2, 3, 4])
        let full = VersityObject(
            attributes([("checksums", #"{"Algorithm":"CRC32","Type":"FULL_OBJECT","CRC32":"\#(sum)","SHA1":null}"#)])
        )
        #expect(full.checksums.map(\.text) == [sum] && full.losses.isEmpty)
        let json = #"{"Algorithm":"CRC32C","Type":"COMPOSITE","CRC32C":"\#(sum)"}"#
        let etag = "d41d8cd98f00b204e9800998ecf8427e-3"
        let composite = VersityObject(attributes([("checksums", json), ("etag", etag)]))
        #expect(composite.checksums.map(\.text) == [sum + "-3"])
        #expect(VersityObject(attributes([("checksums", json)])).losses.map(\.subject) == ["checksums"])
        let written = json.replacing("\"}", with: "-7\"}")
        #expect(VersityObject(attributes([("checksums", written)])).checksums.map(\.text) == [sum + "-7"])
    }
}

@Suite struct VersityVersionTests {
    @Test(
        "A ULID tells its time",
        arguments: [
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV", 1_469_922_850_259), ("00000000000000000000000000", 0),
            ("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", 281_474_976_710_655), ("8ZZZZZZZZZZZZZZZZZZZZZZZZZ", nil), ("null", nil),
            ("01ARZ3NDEKTSV4RRFFQ69G5FAU", nil), ("01ARZ3NDEKTSV4RRFFQ69G5FA", nil), ("", nil),
        ] as [(String, Int64?)]
    )
    func ulid(_ text: String, _ milliseconds: Int64?) {
        #expect(VersityVersion(text).milliseconds == milliseconds)
    }

    @Test func `versions are ordered by their ids, the null version by its time`() {
        let files = [
            ("01BX5ZZKBKACTAV9WEVGEMMVS0", 0), ("null", 1_480_000_000), ("01ARZ3NDEKTSV4RRFFQ69G5FAV", 9_999_999_999),
            ("01BX5ZZKBKACTAV9WEVGEMMVRZ", 5),
        ].map { VersityVersionFile(version: VersityVersion($0.0), modified: ForeignTime(seconds: $0.1)) }
        let order = VersityVersionFile.oldestFirst(files).map(\.version.text)
        #expect(
            order == [
                "01ARZ3NDEKTSV4RRFFQ69G5FAV", "null", "01BX5ZZKBKACTAV9WEVGEMMVRZ", "01BX5ZZKBKACTAV9WEVGEMMVS0",
            ]
        )
        let extremes = [Int64.max, .min].map {
            VersityVersionFile(version: .null, modified: ForeignTime(seconds: $0, nanoseconds: 999_999_999))
        }
        #expect(VersityVersionFile.oldestFirst(extremes).map(\.modified.seconds) == [.min, .max])
    }
}
