import S3Protocol
import Testing

@Suite struct BucketLocationTests {
    @Test(
        arguments: [
            ("", nil), ("<CreateBucketConfiguration/>", nil),
            ("<CreateBucketConfiguration><LocationConstraint> </LocationConstraint></CreateBucketConfiguration>", nil),
            (
                """
                <CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
                <LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>
                """, "eu-west-1"
            ),
        ] as [(String, String?)]
    )
    func `the constraint is read from the body of CreateBucket`(body: String, constraint: String?) throws {
        #expect(try BucketLocation.constraint(inCreateBucket: Array(body.utf8)) == constraint)
    }

    @Test func `another document is malformed`() {
        #expect(throws: S3Error.self) { try BucketLocation.constraint(inCreateBucket: Array("<a/>".utf8)) }
    }

    @Test func `only the own region, the first region and none are taken`() throws {
        for constraint in [nil, "us-east-1", "eu-west-1"] { try BucketLocation.check(constraint, region: "eu-west-1") }
        let elsewhere = #expect(throws: S3Error.self) { try BucketLocation.check("us-west-2", region: "eu-west-1") }
        #expect(elsewhere?.code == "IllegalLocationConstraintException")
        let unknown = #expect(throws: S3Error.self) { try BucketLocation.check("us-west-2", region: "us-east-1") }
        #expect(unknown?.code == "InvalidLocationConstraint")
        #expect(unknown?.details == [.init("LocationConstraint", "us-west-2")])
    }
}
