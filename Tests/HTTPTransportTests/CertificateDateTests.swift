import S3Protocol
import Testing

@testable import HTTPTransport

@Suite("Dates of certificates") struct CertificateDateTests {
    @Test(
        arguments: [
            ("Jan  2 03:04:05 2030 GMT", "2030-01-02T03:04:05Z"), ("Dec 31 23:59:59 2049 GMT", "2049-12-31T23:59:59Z"),
        ]
    )
    func `a date is read as OpenSSL writes it`(text: String, time: String) {
        #expect(CertificateDate.time(text) == Timestamp(iso8601: time))
    }

    @Test(arguments: [
        "", "Jan 2 2030", "Foo  2 03:04:05 2030 GMT", "Jan 32 03:04:05 2030 GMT", "Jan 2 3:4 2030 GMT",
        "Jan 2 03:04:05 2030 CET",
    ])
    func `nothing else is one`(text: String) {
        #expect(CertificateDate.time(text) == nil)
    }
}
