import S3Protocol

/// Values that the tests of multipart uploads share.
enum UploadSample {
    static let uploadID = try! UploadID("up-1")
    static let time = Timestamp(seconds: 1_255_369_850)
    static let timeElement = "2009-10-12T17:50:50.000Z"
    static let namespace = "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
    static let crc32 = Checksum(algorithm: .crc32, base64: "NRU+Sw==")!
    static let otherCRC32 = Checksum(algorithm: .crc32, base64: "TBHN8A==")!
    static let crc64 = Checksum(algorithm: .crc64nvme, base64: "ZMNX55lZurA=")!

    static func choice(_ headers: [(String, String)]) throws -> MultipartChecksumChoice {
        try MultipartChecksumChoice(HeaderList(headers.map { ("x-amz-checksum-" + $0.0, $0.1) }))
    }

    static func part(
        _ number: Int,
        size: Int64 = MultipartLimits.minimumPartSize,
        checksum: Checksum? = nil
    ) -> UploadedPart {
        UploadedPart(
            number: try! PartNumber(number),
            modified: time,
            etag: ETag("e\(number)"),
            size: size,
            checksum: checksum
        )
    }

    static func body(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.dropFirst(39), as: UTF8.self)
    }

    static func code(_ work: () throws -> Void) -> String {
        do {
            try work()
            return "ok"
        } catch let error as S3Error {
            return error.code.rawValue
        } catch {
            return "\(error)"
        }
    }
}
