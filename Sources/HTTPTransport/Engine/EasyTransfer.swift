internal import CLibCurl
import NIOCore
import S3Protocol

/// A transfer on the engine's thread: libcurl's handle, and what its callbacks go by.
final class EasyTransfer {
    let transfer: Transfer
    let handle: CurlHandle
    var clock: TransferClock
    /// Why a callback ended the transfer, which libcurl knows as a failed write only.
    private(set) var failure: TransportError?

    private let body: TransportRequest.Body
    private let bodyLength: Int64?
    private let announcesBody: Bool
    private var head: ResponseHeadParser
    private var sending: [ByteBuffer] = []
    private var sent: Int64 = 0
    /// The answer was whole when the sending was stopped, which libcurl knows as aborted.
    private(set) var isStoppedWell = false
    private var answerLength: Int64?
    private var received: Int64 = 0
    private var isSendPaused = false
    private var isReceivePaused = false

    /// A transfer that begins now.
    init(
        _ request: TransportRequest,
        _ transfer: Transfer,
        _ configuration: TransportConfiguration,
        at now: ContinuousClock.Instant
    ) throws {
        self.transfer = transfer
        handle = try CurlHandle()
        clock = TransferClock(request.timeouts ?? configuration.timeouts, at: now)
        body = request.body
        bodyLength = request.bodyLength
        announcesBody = request.announcesBody
        head = ResponseHeadParser(limit: configuration.maximumHeadLength)
        rewind()
        handle.configure(configuration)
        handle.configure(
            request,
            connectTimeout: (request.timeouts ?? configuration.timeouts).connect,
            isProxied: configuration.proxy != nil
        )
        setCallbacks()
    }

    /// Begins the body again; only bytes that are all here can.
    ///
    /// - Returns: whether it could.
    @discardableResult
    private func rewind() -> Bool {
        guard case .bytes(let buffer) = body else { return sent == 0 && sending.isEmpty }
        (sending, sent) = ([buffer], 0)
        return true
    }
}

extension EasyTransfer {
    /// Goes on in the directions that were paused and no longer are; bytes may come, and be paused, within the call.
    func resume(_ signals: Transfer.Signals, at now: ContinuousClock.Instant) {
        if signals.resumesSending { isSendPaused = false }
        if signals.resumesReceiving { isReceivePaused = false }
        clock.release(at: now)
        let mask = (isSendPaused ? CURLPAUSE_SEND : 0) | (isReceivePaused ? CURLPAUSE_RECV : 0)
        curl_easy_pause(handle.pointer, mask)
    }
}

// MARK: - What libcurl calls

extension EasyTransfer {
    private func setCallbacks() {
        let me = Unmanaged.passUnretained(self).toOpaque()
        let pointer = handle.pointer
        for option in [CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_HEADERDATA] {
            clibcurl_set_pointer(pointer, option, me)
        }
        clibcurl_set_pointer(pointer, CURLOPT_PREREQDATA, me)
        clibcurl_set_transfer_callback(pointer, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            EasyTransfer.from(context)?.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        clibcurl_set_transfer_callback(pointer, CURLOPT_READFUNCTION) { bytes, size, count, context in
            EasyTransfer.from(context)?.send(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
                ?? Int(CURL_READFUNC_ABORT)
        }
        clibcurl_set_transfer_callback(pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            EasyTransfer.from(context)?.receiveLine(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        clibcurl_set_seek_callback(pointer) { context, offset, origin in
            let isDone = origin == SEEK_SET && offset == 0 && EasyTransfer.from(context)?.rewind() == true
            return isDone ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
        }
        clibcurl_set_prerequest_callback(pointer) { context, _, _, _, _ in
            EasyTransfer.from(context)?.connected()
            return CURL_PREREQFUNC_OK
        }
    }

    /// The transfer behind a pointer that was given to libcurl: the engine holds it as long as libcurl has it.
    static func from(_ context: UnsafeMutableRawPointer?) -> EasyTransfer? {
        context.map { Unmanaged<EasyTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func connected() {
        clock.progress(to: bodyLength == 0 ? .awaitingHead : .sending, at: .now)
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard transfer.receive(bytes) else {
            isReceivePaused = true
            clock.hold()
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        clock.progress(to: .receiving, at: .now)
        received += Int64(bytes.count)
        if isSendPaused, isAnswerWhole { transfer.resumeSending() }
        return bytes.count
    }

    private func receiveLine(_ line: UnsafeRawBufferPointer) -> Int {
        switch head.take(line) {
        case .none: return line.count
        case .head(let status, let headers):
            clock.progress(to: .receiving, at: .now)
            answerLength = headers["Content-Length"].flatMap { Int64($0) }
            transfer.receive((status, headers, handle.certificateEnd))
            // libcurl would begin anew without the expectation, and the answer would be two.
            isStoppedWell = status == 417
            return isStoppedWell ? 0 : line.count
        case .malformed(let why): failure = TransportError(.invalidResponse, "the server's answer is not HTTP: \(why)")
        case .tooLarge: failure = TransportError(.tooLarge, "the head of the server's answer is too large")
        }
        return 0
    }

    private func send(into target: UnsafeMutableRawBufferPointer) -> Int {
        if sending.isEmpty, case .stream = body {
            switch transfer.takeOutgoing() {
            case .bytes(let buffers): sending = buffers
            case .later:
                isSendPaused = true
                clock.hold()
                return Int(CURL_READFUNC_PAUSE)
            case .end: return endOfBody()
            case .refused: return refuseBody()
            }
        }
        let count = moveBytes(into: target)
        guard count > 0 else { return endOfBody() }
        sent += Int64(count)
        clock.progress(to: sent == bodyLength ? .awaitingHead : .sending, at: .now)
        return count
    }

    private func endOfBody() -> Int {
        clock.progress(to: .awaitingHead, at: .now)
        return 0
    }

    /// libcurl goes on sending behind an answer below 400: it is stopped once that is whole, as far as can be told.
    private func refuseBody() -> Int {
        guard isAnswerWhole else {
            isSendPaused = true
            transfer.holdSending()
            return Int(CURL_READFUNC_PAUSE)
        }
        isStoppedWell = true
        return Int(CURL_READFUNC_ABORT)
    }

    private var isAnswerWhole: Bool { answerLength.map { received >= $0 } ?? true }

    /// Fills what libcurl offers from as many buffers as it takes.
    private func moveBytes(into target: UnsafeMutableRawBufferPointer) -> Int {
        var (count, used) = (0, 0)
        while count < target.count, used < sending.count {
            let length = min(sending[used].readableBytes, target.count - count)
            let space = UnsafeMutableRawBufferPointer(rebasing: target[count..<count + length])
            sending[used].readWithUnsafeReadableBytes { bytes in
                space.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<length]))
                return length
            }
            count += length
            if sending[used].readableBytes == 0 { used += 1 }
        }
        sending.removeFirst(used)
        return count
    }
}
