import NIOCore
import NIOHTTP1
import NIOPosix
import S3Protocol
import Testing

@testable import Gateway

@Suite struct LateAnswerTests {
    private static let document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Result/>"

    private func answer(
        after patience: TimeAmount,
        _ work: @escaping @Sendable () async throws -> Response
    ) async throws -> Response {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let head = RequestHead(
            method: "POST",
            target: try RequestTarget("/b/k?uploadId=1"),
            headers: HeaderList([(String, String)]())
        )
        return try await Task(executorPreference: EventLoopExecutor(eventLoop)) {
            let request = Request(
                id: RequestID(),
                head: head,
                body: RequestBody(on: eventLoop),
                contentLength: 0,
                received: Timestamp(seconds: 1),
                remoteAddress: "127.0.0.1",
                isSecure: false
            )
            return try await LateAnswer(request: request).respond(after: patience, work)
        }.value
    }

    private func text(_ response: Response) async -> (String, blanks: Int) {
        guard case .late(let late) = response.body else { return ("not late", 0) }
        var (whole, blanks) = (String(buffer: late.beginning), 0)
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        while true {
            if let rest = await late.rest(within: .milliseconds(1), on: eventLoop) {
                return (whole + String(buffer: rest), blanks)
            }
            blanks += 1
            whole += blanks == 1 ? " " : ""
        }
    }

    @Test func `work that is done in time is answered as it is, refusals too`() async throws {
        let response = try await answer(after: .hours(1)) {
            Response(.created, contentType: "application/xml", bytes: Array(Self.document.utf8))
        }
        #expect(response.status == .created)
        await #expect(throws: S3Error.slowDown()) {
            _ = try await answer(after: .hours(1)) { throw S3Error.slowDown() }
        }
    }

    @Test func `work that takes longer is answered by one whole document with blanks in it`() async throws {
        let (gate, open) = AsyncStream<Void>.makeStream()
        let response = try await answer(after: .milliseconds(1)) {
            for await _ in gate { break }
            return Response(.ok, contentType: "application/xml", bytes: Array(Self.document.utf8))
        }
        #expect(response.status == .ok)
        async let read = text(response)
        open.yield()
        let (text, _) = await read
        let declarations = text.split(separator: "<?xml", omittingEmptySubsequences: false).count - 1
        #expect(declarations == 1 && text.hasSuffix("<Result/>"))
    }

    @Test func `a late refusal is an error document in a 200`() async throws {
        let (gate, open) = AsyncStream<Void>.makeStream()
        let response = try await answer(after: .milliseconds(1)) {
            for await _ in gate { break }
            throw S3Error.slowDown()
        }
        open.yield()
        #expect(response.status == .ok)
        #expect(await text(response).0.contains("<Code>SlowDown</Code>"))
    }
}
