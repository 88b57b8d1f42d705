import NIOCore
import S3Protocol

/// One request and its answer on a connection; belongs to the connection's event loop.
final class Exchange {
    let request: Request
    let body: RequestBody
    let began: NIODeadline
    let keepsAlive: Bool
    let isHead: Bool
    /// The request said `Expect: 100-continue` and its sender still waits for our word.
    var awaitsContinue: Bool
    var task: Task<Void, Never>?
    var isRequestComplete = false
    var isResponseBegun = false
    var isResponseComplete = false
    /// The framing of the body is wrong: nothing more of it can be read.
    var isBroken = false
    /// Whether the connection closes once both sides are done.
    var closesAfterwards = false
    /// How many more bytes of an unwanted body are read and dropped.
    var drainBudget: Int64 = 0
    /// What had arrived when the handler was first seen waiting, for the slowness check.
    var slownessBaseline: Int64?

    init(request: Request, began: NIODeadline, keepsAlive: Bool, awaitsContinue: Bool) {
        self.request = request
        self.body = request.body
        self.began = began
        self.keepsAlive = keepsAlive
        self.isHead = request.head.method == "HEAD"
        self.awaitsContinue = awaitsContinue
    }

    /// How many bytes of the body are still to come; nil when that is not known.
    var remainingLength: Int64? {
        if isRequestComplete { return 0 }
        return request.contentLength.map { max(0, $0 - body.receivedLength) }
    }
}
