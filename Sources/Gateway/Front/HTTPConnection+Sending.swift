import NIOCore
import NIOHTTP1
import ObjectStorage
import S3Protocol

extension HTTPConnection {
    /// How much of an answer went out.
    struct Sent {
        var bytes: Int64 = 0
        var isComplete = false
    }

    /// The most bytes of a file that go out with the head: copying them is cheaper than the calls that `sendfile` takes.
    private static let inlinePiece = 64 * 1024
    /// The most bytes of a file that are handed to the kernel at a time.
    private static let sendfilePiece: Int64 = 1024 * 1024
    /// The same over TLS, where they pass through memory.
    private static let readPiece: Int64 = 256 * 1024
    /// How often a blank goes out while a body is waited for.
    private static let blankInterval = TimeAmount.seconds(5)
    /// How often a file's length is looked at while a piece of it is on its way.
    private static let lengthCheckInterval = TimeAmount.milliseconds(250)

    /// Writes an answer; a peer that reads too slowly loses its connection.
    func send(_ response: Response, in exchange: Exchange) async -> Sent {
        guard let context else { return Sent() }
        sayContinueWithoutBody(exchange, on: context)
        exchange.isResponseBegun = true
        var sent = Sent()
        let closes = willClose(exchange)
        let head = responseHead(response, id: exchange.request.id, closes: closes)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        do {
            switch response.body {
            case .none, .headOnly:
                break
            case .bytes(let buffer):
                context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
                sent.bytes = Int64(buffer.readableBytes)
            case .file(let file, let range):
                try await sendFile(file, range, sent: &sent)
            case .late(let body):
                try await sendLate(body, sent: &sent)
            case .stream(let body):
                try await sendStream(body, sent: &sent)
            }
            try await flush(.end(nil))
            sent.isComplete = true
        } catch {
            sent.isComplete = false
        }
        return sent
    }

    /// Says `100 Continue` before the answer to a request that expects it and has no body to wait for.
    ///
    /// It need not be said (RFC 9110 section 10.1.1), but botocore, once it saw another answer in its place, waits in vain
    /// for the answer to the next request on the same connection.
    private func sayContinueWithoutBody(_ exchange: Exchange, on context: ChannelHandlerContext) {
        guard exchange.awaitsContinue, exchange.request.hasNoBody else { return }
        exchange.awaitsContinue = false
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    /// Writes an answer without a body stream and ends our side of the connection.
    func writeWhole(_ response: Response, id: RequestID, on context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(responseHead(response, id: id, closes: true))), promise: nil)
        if case .bytes(let buffer) = response.body {
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        let channel = context.channel
        // TLS has no half-close here; the caller's timer ends that connection.
        let mode: CloseMode? = isSecure ? nil : .output
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            if let mode { channel.close(mode: mode, promise: nil) }
        }
    }

    private func responseHead(_ response: Response, id: RequestID, closes: Bool) -> HTTPResponseHead {
        var headers = response.headers.withoutControls
        headers.reserveCapacity(headers.count + 6)
        headers.replaceOrAdd(name: "x-amz-request-id", value: id.text)
        headers.replaceOrAdd(name: "x-amz-id-2", value: id.hostID)
        headers.replaceOrAdd(name: "Date", value: services.clock().httpDate)
        headers.replaceOrAdd(name: "Server", value: "Larder")
        if let length = response.contentLength {
            headers.replaceOrAdd(name: "Content-Length", value: String(length))
        }
        if closes { headers.replaceOrAdd(name: "Connection", value: "close") }
        return HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)
    }

    private func sendFile(_ file: OpenFile, _ range: Range<Int64>, sent: inout Sent) async throws {
        if range.count <= Self.inlinePiece, let bytes = file.readIfResident(range) {
            context?.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
            sent.bytes += Int64(range.count)
        } else if isSecure {
            try await sendThroughMemory(file, range, sent: &sent)
        } else {
            try await sendByKernel(file, range, sent: &sent)
        }
    }

    private func sendLate(_ body: LateBody, sent: inout Sent) async throws {
        var piece = body.beginning
        while true {
            try await flush(.body(.byteBuffer(piece)))
            sent.bytes += Int64(piece.readableBytes)
            guard let eventLoop = context?.eventLoop else { throw ChannelError.ioOnClosedChannel }
            guard let rest = await body.rest(within: Self.blankInterval, on: eventLoop) else {
                piece = ByteBuffer(string: " ")
                continue
            }
            try await flush(.body(.byteBuffer(rest)))
            sent.bytes += Int64(rest.readableBytes)
            return
        }
    }

    private func sendStream(_ body: StreamedBody, sent: inout Sent) async throws {
        while let piece = try await body.next() {
            try await flush(.body(.byteBuffer(piece)))
            sent.bytes += Int64(piece.readableBytes)
        }
        guard body.length.map({ $0 == sent.bytes }) ?? true else { throw TruncatedFile() }
    }

    private func sendByKernel(_ file: OpenFile, _ range: Range<Int64>, sent: inout Sent) async throws {
        let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: file.fileDescriptor)
        // `file` stays the owner: NIO's handle traps when it is dropped open, and is not ours to close.
        defer { _ = try? handle.takeDescriptorOwnership() }
        for piece in range.pieces(of: Self.sendfilePiece) {
            try await prepare(file, piece)
            let region = FileRegion(
                fileHandle: handle,
                readerIndex: Int(piece.lowerBound),
                endIndex: Int(piece.upperBound)
            )
            try await watchingLength(of: file, until: piece.upperBound) {
                try await flush(.body(.fileRegion(region)))
            }
            sent.bytes += Int64(piece.count)
        }
    }

    /// Cuts the connection when the file becomes too short while a piece of it is on its way: `sendfile` would answer 0
    /// and NIO try it again, at once and for ever.
    private func watchingLength(of file: OpenFile, until end: Int64, _ send: () async throws -> Void) async throws {
        guard let channel = context?.channel else { throw ChannelError.ioOnClosedChannel }
        let watch = channel.eventLoop.scheduleRepeatedTask(
            initialDelay: Self.lengthCheckInterval,
            delay: Self.lengthCheckInterval
        ) { _ in
            guard let size = try? file.currentSize(), size < end else { return }
            channel.close(promise: nil)
        }
        defer { watch.cancel() }
        try await send()
    }

    /// Makes sure that the piece is there and in memory: NIO retries for ever at the end of a truncated file, and a
    /// cold page would hold up every connection of this loop.
    private func prepare(_ file: OpenFile, _ piece: Range<Int64>) async throws {
        guard try file.currentSize() >= piece.upperBound else { throw TruncatedFile() }
        guard !file.isResident(offset: piece.lowerBound, length: Int64(piece.count)) else { return }
        try await services.pool.run { try file.prefetch(offset: piece.lowerBound, length: Int64(piece.count)) }
    }

    private func sendThroughMemory(_ file: OpenFile, _ range: Range<Int64>, sent: inout Sent) async throws {
        for piece in range.pieces(of: Self.readPiece) {
            let buffer = try await services.pool.run {
                try file.read(offset: piece.lowerBound, length: piece.count)
            }
            guard buffer.readableBytes == piece.count else { throw TruncatedFile() }
            try await flush(.body(.byteBuffer(buffer)))
            sent.bytes += Int64(piece.count)
        }
    }

    private func flush(_ part: HTTPServerResponsePart) async throws {
        guard let context else { throw ChannelError.ioOnClosedChannel }
        writeTimer?.start(services.configuration.writeTimeout) { $0.context?.channel.close(promise: nil) }
        defer { writeTimer?.cancel() }
        try await context.writeAndFlush(wrapOutboundOut(part)).get()
    }
}

/// A file became shorter than its record while it was being sent; the connection is cut, so the client notices.
private struct TruncatedFile: Error {}

extension Response {
    /// The value of `Content-Length`, nil for statuses that have none (RFC 9110 section 8.6).
    fileprivate var contentLength: Int64? {
        switch body {
        case .none: status == .noContent || status == .notModified ? nil : 0
        case .bytes(let buffer): Int64(buffer.readableBytes)
        case .file(_, let range): Int64(range.count)
        case .late: nil
        case .stream(let body): body.length
        case .headOnly(let length): length
        }
    }
}

extension HTTPHeaders {
    /// The same headers with a blank for each control character: stored text can hold line breaks, which would let
    /// it end the head and begin another answer (RFC 9110 section 5.5).
    fileprivate var withoutControls: HTTPHeaders {
        let isControl: (UInt8) -> Bool = { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
        guard contains(where: { $0.value.utf8.contains(where: isControl) }) else { return self }
        return HTTPHeaders(
            map { ($0.name, String(decoding: $0.value.utf8.map { isControl($0) ? 0x20 : $0 }, as: UTF8.self)) }
        )
    }
}

extension Range<Int64> {
    /// This range cut into pieces of at most `length`.
    fileprivate func pieces(of length: Int64) -> some Sequence<Range<Int64>> {
        stride(from: lowerBound, to: upperBound, by: Int64.Stride(length)).lazy.map {
            $0..<Swift.min($0 + length, self.upperBound)
        }
    }
}
