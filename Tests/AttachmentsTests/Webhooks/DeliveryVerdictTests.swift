import S3Protocol
import Testing

@testable import Attachments

@Suite struct DeliveryVerdictTests {
    private let now = Timestamp(seconds: 1_000_000)

    private func delivery(attempts: Int = 0, age: Int64 = 0) -> WebhookDelivery {
        let queued = now.advanced(bySeconds: -age)
        return WebhookDelivery(
            id: 1,
            eventID: "evt_1",
            type: .processed,
            created: queued,
            attachmentID: 1,
            snapshot: "",
            endpoint: "a",
            state: .queued,
            attempts: attempts,
            queued: queued,
            notBefore: queued,
            ended: nil,
            reason: nil
        )
    }

    private func verdict(_ answer: WebhookAnswer, attempts: Int = 0, age: Int64 = 0) -> DeliveryVerdict {
        DeliveryVerdict(
            answer,
            to: delivery(attempts: attempts, age: age),
            policy: WebhookPolicy(),
            jitter: 0.5,
            at: now
        )
    }

    private func wait(_ answer: WebhookAnswer, attempts: Int = 0) -> Int64? {
        guard case .again(let time, _) = verdict(answer, attempts: attempts) else { return nil }
        return time.seconds - now.seconds
    }

    @Test(arguments: [200, 201, 202, 204, 299])
    func `a success has arrived`(status: Int) {
        #expect(verdict(.status(status, retryAfter: "60")) == .delivered)
    }

    @Test func `gone switches the endpoint off`() {
        guard case .gone(let reason) = verdict(.status(410, retryAfter: nil)) else {
            Issue.record("not gone")
            return
        }
        #expect(reason.code == "gone")
    }

    @Test(arguments: [100, 301, 302, 307, 400, 401, 404, 409, 429, 500, 503, 599])
    func `anything else is sent again`(status: Int) {
        guard case .again(let time, let reason) = verdict(.status(status, retryAfter: nil)) else {
            Issue.record("not again")
            return
        }
        #expect(time == now.advanced(bySeconds: 5) && reason.code == "http_\(status)")
        #expect(reason.message.contains("redirects are not followed") == (300..<400).contains(status))
    }

    @Test func `waits double up to an hour`() {
        let failure = WebhookAnswer.failure(FailureReason("connect", "Nobody is there."))
        #expect(
            (0...11).map { wait(failure, attempts: $0) } == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
        )
    }

    @Test(
        arguments: [
            ("60", 60), (" 7 ", 7), ("3", 5), ("0", 5), ("-1", 5), ("soon", 5), ("", 5), ("1.5", 5),
            ("99999999999999999999", 5), ("999999999999999999", 86_400), ("86401", 86_400),
            ("Mon, 12 Jan 1970 13:47:40 GMT", 60), ("Mon, 12 Jan 1970 13:00:00 GMT", 5),
            ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400), ("\u{0}", 5),
        ] as [(String, Int64)]
    )
    func `a wait that is asked for is kept, within a day`(header: String, seconds: Int64) {
        #expect(wait(.status(503, retryAfter: header)) == seconds)
    }

    @Test func `so many tries and so old, and no more`() {
        let failure = WebhookAnswer.status(500, retryAfter: nil)
        func isDead(attempts: Int, age: Int64) -> Bool {
            if case .dead = verdict(failure, attempts: attempts, age: age) { true } else { false }
        }
        #expect(!isDead(attempts: 98, age: 0) && isDead(attempts: 99, age: 0))
        #expect(!isDead(attempts: 0, age: 259_195) && isDead(attempts: 0, age: 259_196))
        #expect(verdict(.status(204, retryAfter: nil), attempts: 99, age: 300_000) == .delivered)
    }
}
