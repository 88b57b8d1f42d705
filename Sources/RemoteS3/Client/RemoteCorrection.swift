import S3Protocol

/// What a refusal teaches about how a request has to be signed; each is learnt at most once for a request.
enum RemoteCorrection: Hashable {
    /// The bucket is in this region.
    case region(String)
    /// The remote's clock is so many seconds ahead.
    case clock(Int64)
    /// The session token has ended.
    case credentials
    /// The remote does not know `Expect: 100-continue`.
    case expectation

    /// The kind, without what it says.
    var kind: Int {
        switch self {
        case .region: 0
        case .clock: 1
        case .credentials: 2
        case .expectation: 3
        }
    }

    /// How far the clocks may be apart before that is taken for the reason of a refusal without words.
    private static let noticeableSkew: Int64 = 300

    /// What this answer to a request, signed for `region` by a clock that shows `now`, teaches.
    init?(_ response: RemoteResponse, signedFor region: String, at now: Timestamp) {
        if response.status == 417 {
            self = .expectation
            return
        }
        guard [301, 307, 400, 403].contains(response.status) else { return nil }
        let refusal = response.refusal
        let named = response.headers["x-amz-bucket-region"] ?? refusal?.region
        if let named, !named.isEmpty, !ByteText.equal(named, region), response.status != 403 || refusal?.region != nil {
            self = .region(named)
            return
        }
        switch refusal?.code {
        case "RequestTimeTooSkewed": self.init(date: response, now, beyond: 0)
        case "ExpiredToken", "TokenRefreshRequired": self = .credentials
        case nil where response.status == 403: self.init(date: response, now, beyond: Self.noticeableSkew)
        default: return nil
        }
    }

    private init?(date response: RemoteResponse, _ now: Timestamp, beyond limit: Int64) {
        guard let date = response.headers["Date"].flatMap({ Timestamp(httpDate: $0) }) else { return nil }
        let skew = date.seconds - now.seconds
        guard abs(skew) > limit else { return nil }
        self = .clock(skew)
    }
}
