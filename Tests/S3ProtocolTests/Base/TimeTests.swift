import S3Protocol
import Testing

@Suite struct TimeTests {
    @Test(
        arguments: [
            (0, "19700101T000000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_369_353_600, "20130524T000000Z", "Fri, 24 May 2013 00:00:00 GMT"),
            (951_827_696, "20000229T123456Z", "Tue, 29 Feb 2000 12:34:56 GMT"),
            (-1, "19691231T235959Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
            (4_102_444_799, "20991231T235959Z", "Thu, 31 Dec 2099 23:59:59 GMT"),
        ] as [(Int64, String, String)]
    )
    func `a moment is written and read in each form`(seconds: Int64, basic: String, http: String) {
        let moment = Timestamp(seconds: seconds)
        #expect(moment.basicISO8601 == basic)
        #expect(moment.httpDate == http)
        #expect(Timestamp(basicISO8601: basic) == moment)
        #expect(Timestamp(httpDate: http) == moment)
        #expect(Timestamp(iso8601: moment.iso8601) == moment)
        #expect(Timestamp(iso8601: moment.iso8601Milliseconds) == moment)
        #expect(moment.scopeDate == basic.prefix(8))
    }

    @Test func `fractions and offsets are read`() {
        #expect(Timestamp(iso8601: "2030-01-01T12:00:00.5Z")?.nanoseconds == 1_893_499_200_500_000_000)
        #expect(Timestamp(iso8601: "2030-01-01T12:00:00+02:00") == Timestamp(iso8601: "2030-01-01T10:00:00Z"))
        #expect(Timestamp(httpDate: "Tue, 27 Mar 2007 19:36:42 +0000") == Timestamp(seconds: 1_175_024_202))
    }

    @Test(arguments: [
        "2030-02-29T00:00:00Z", "2030-13-01T00:00:00Z", "2030-01-01T24:00:00Z", "2030-01-01T00:00:60Z", "2030-01-01",
        "2030-01-01T00:00:00", "2030-01-01T00:00:00.Z", "2030-01-01T00:00:00.0123456789Z", "2030-01-01T00:00:00Zx",
    ])
    func `what is no moment is not read`(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test func `seconds round down and arithmetic stays within the range`() {
        #expect(Timestamp(nanoseconds: -1).seconds == -1)
        #expect(Timestamp(nanoseconds: 1_999_999_999).seconds == 1)
        #expect(Timestamp(seconds: .max).nanoseconds == .max)
        #expect(Timestamp(seconds: -1).advanced(bySeconds: .min).nanoseconds == .min)
        #expect(Timestamp(nanoseconds: .min).seconds == Int64.min / 1_000_000_000 - 1)
    }
}
