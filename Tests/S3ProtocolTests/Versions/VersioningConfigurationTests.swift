import S3Protocol
import Testing

@Suite struct VersioningConfigurationTests {
    static func parse(_ inner: String) throws -> BucketVersioning {
        try VersioningConfiguration.parse(Array("<VersioningConfiguration>\(inner)</VersioningConfiguration>".utf8))
    }

    @Test(
        arguments: [
            ("<Status>Enabled</Status>", .enabled), ("<Status>Suspended</Status>", .suspended),
            ("<MfaDelete>Disabled</MfaDelete><Status>\n Enabled </Status>", .enabled),
            ("<New>x</New><Status>Enabled</Status><MfaDelete/>", .enabled),
        ] as [(String, BucketVersioning)]
    )
    func `a state is read`(inner: String, state: BucketVersioning) throws {
        #expect(try Self.parse(inner) == state)
    }

    @Test(arguments: [
        ("<Status>enabled</Status>", "MalformedXML"), ("<Status>Disabled</Status>", "MalformedXML"),
        ("", "IllegalVersioningConfigurationException"), ("<Status/>", "IllegalVersioningConfigurationException"),
        ("<MfaDelete>Enabled</MfaDelete><Status>Enabled</Status>", "NotImplemented"),
        ("<MfaDelete>x</MfaDelete><Status>Enabled</Status>", "MalformedXML"),
    ])
    func `another state is refused`(inner: String, code: String) {
        let error = #expect(throws: S3Error.self) { try Self.parse(inner) }
        #expect(error?.code.rawValue == code)
    }

    @Test(arguments: [("", "MissingRequestBodyError"), ("<a/>", "MalformedXML"), ("<", "MalformedXML")])
    func `another document is refused`(body: String, code: String) {
        let error = #expect(throws: S3Error.self) { try VersioningConfiguration.parse(Array(body.utf8)) }
        #expect(error?.code.rawValue == code)
    }

    @Test(
        arguments: [
            (nil, "/>"), (.enabled, "><Status>Enabled</Status></VersioningConfiguration>"),
            (.suspended, "><Status>Suspended</Status></VersioningConfiguration>"),
        ] as [(BucketVersioning?, String)]
    )
    func `the document is empty until versioning was set`(state: BucketVersioning?, end: String) throws {
        #expect(
            try String(decoding: VersioningConfiguration.document(state), as: UTF8.self) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"\(end)
                """
        )
    }

    @Test func `a bucket with object lock keeps its versions`() throws {
        try VersioningConfiguration.check(.enabled, hasObjectLock: true)
        try VersioningConfiguration.check(.suspended, hasObjectLock: false)
        let error = #expect(throws: S3Error.self) {
            try VersioningConfiguration.check(.suspended, hasObjectLock: true)
        }
        #expect(error?.code == "InvalidBucketState")
    }
}
