import Gateway
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ObjectStorage
import S3Protocol
import Synchronization

/// A responder whose answers a test makes, and which remembers how the exchanges went.
final class ScriptedResponder: RequestResponder {
    typealias Script = @Sendable (Request) async -> Response

    private let script: Script
    private let reports = Mutex<[(status: Int, sent: Int64, isComplete: Bool)]>([])

    init(_ script: @escaping Script) {
        self.script = script
    }

    var completedCount: Int { reports.withLock { $0.count } }
    var statuses: [Int] { reports.withLock { $0.map(\.status) } }
    var incompleteCount: Int { reports.withLock { $0.count { !$0.isComplete } } }

    func respond(to request: Request) async -> Response { await script(request) }

    func refuse(_ refusal: FrontRefusal, id: RequestID) -> Response {
        switch refusal {
        case .malformed: Response(.badRequest, contentType: "text/plain", bytes: Array("malformed".utf8))
        case .headersTooLarge: Response(.badRequest, contentType: "text/plain", bytes: Array("too large".utf8))
        case .tooManyConnections: Response(.serviceUnavailable, contentType: "text/plain", bytes: Array("busy".utf8))
        }
    }

    func completed(_ report: ExchangeReport) {
        reports.withLock { $0.append((report.status, report.bytesSent, report.isComplete)) }
    }
}

/// Runs a front on a free port for the time of `body`.
func withFront(
    _ responder: ScriptedResponder,
    configure: (inout FrontConfiguration) -> Void = { _ in },
    _ body: @Sendable (_ port: Int, _ front: HTTPFront) async throws -> Void
) async throws {
    var configuration = FrontConfiguration()
    configuration.endpoint = .tcp(host: "127.0.0.1", port: 0)
    configuration.shutdownGrace = .seconds(5)
    configure(&configuration)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let pool = BlockingPool(threadCount: 4)
    let front = try await HTTPFront.bind(
        configuration,
        responder: responder,
        group: group,
        pool: pool,
        logger: Logger(label: "test"),
        clock: { Timestamp(seconds: 1_700_000_000) }
    )
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(front.address?.port ?? 0, front))
    } catch {
        result = .failure(error)
    }
    await front.stop()
    await pool.shutdown()
    try await group.shutdownGracefully()
    try result.get()
}

/// Runs blocking code of a test off the cooperative pool.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        NIOThreadPool.singleton.submit { _ in continuation.resume(with: Result(catching: work)) }
    }
}

/// Waits until a condition holds, five minutes at most: all tests at once share few threads.
func eventually(_ condition: @Sendable () -> Bool) async throws -> Bool {
    for _ in 0..<30_000 {
        if condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return condition()
}
