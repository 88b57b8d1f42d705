import S3Protocol
import Testing

@Suite struct ErrorsTests {
    @Test func `errors carry the elements that clients read`() throws {
        let bucket = try BucketName("bucket")
        #expect(S3Error.noSuchBucket(bucket).details == [.init("BucketName", "bucket")])
        #expect(S3Error.bucketNotEmpty(bucket).message == "The bucket you tried to delete is not empty")
        #expect(
            S3Error.bucketNotEmpty(bucket, isVersioned: true).message
                == "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
        )
        #expect(S3Error.invalidRange("bytes=9-", size: 4).headers == [.init("Content-Range", "bytes */4")])
        #expect(S3Error.slowDown(retryAfter: 3).headers == [.init("Retry-After", "3")])
        #expect(S3Error.slowDown().headers.isEmpty)
        #expect(S3Error.incompleteBody(expected: 5).details == [.init("NumberBytesExpected", "5")])
    }

    @Test func `an absent configuration names its bucket, but for those with an id`() throws {
        let bucket = try BucketName("bucket")
        for configuration in S3Error.AbsentConfiguration.allCases {
            let error = S3Error.absent(configuration, in: bucket)
            #expect(error.status == 404)
            #expect(error.details.isEmpty == (configuration == .named))
        }
    }

    @Test func `the refusal of a preflight is on one line`() {
        let error = S3Error.accessForbidden(.notAllowed, method: "PUT", resourceType: .object)
        #expect(
            error.message.hasSuffix(
                "request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."
            )
        )
        #expect(error.details == [.init("Method", "PUT"), .init("ResourceType", "OBJECT")])
    }
}
