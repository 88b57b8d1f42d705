import NIOCore
import NIOHTTP1
import S3Protocol

/// Answers of operations that may take longer than clients wait for the first byte.
///
/// One that is done soon is answered as any other. Otherwise 200 goes out with the XML declaration, blanks follow while the
/// work goes on, and then the document, which may be an `Error` (AWS, "CompleteMultipartUpload").
struct LateAnswer {
    /// How long an answer may take before its head goes out without it.
    static let patience = TimeAmount.seconds(5)

    private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

    let request: Request

    /// The answer that `work` gives, in time or late; `work` runs to its end even when the client goes away.
    func respond(
        after patience: TimeAmount = Self.patience,
        _ work: @escaping @Sendable () async throws -> Response
    ) async throws -> Response {
        let late = LateBody(beginning: ByteBuffer(string: Self.declaration))
        let request = request
        // Owned by the answer below: whoever waits for it waits for this.
        let task = Task {
            do {
                let response = try await work()
                late.finish(Self.rest(of: response))
                return response
            } catch {
                late.finish(Self.rest(of: ErrorResponse.make(for: error, request: request)))
                throw error
            }
        }
        guard await late.rest(within: patience, on: request.body.eventLoop) == nil else { return try await task.value }
        return Response(.ok, headers: ["Content-Type": "application/xml"], body: .late(late))
    }

    /// A document without its declaration, which has gone out.
    private static func rest(of response: Response) -> ByteBuffer {
        guard case .bytes(let buffer) = response.body else { return ByteBuffer() }
        let length = declaration.utf8.count
        guard buffer.getString(at: buffer.readerIndex, length: length) == declaration else { return buffer }
        return buffer.getSlice(at: buffer.readerIndex + length, length: buffer.readableBytes - length) ?? buffer
    }
}
