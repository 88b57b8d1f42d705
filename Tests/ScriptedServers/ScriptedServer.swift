import Glibc
package import HTTPTransport
import Synchronization

/// A server on a port of its own that does with each connection what a test says; every wait in it is bounded.
package final class ScriptedServer: Sendable {
    package let port: Int
    private let listener: Int32
    private let accepted = Mutex(0)
    private let isClosed = Atomic(false)

    /// A server that hands its connections, counted from 0, to `script`, each on a thread of its own.
    package init(_ script: @escaping @Sendable (_ peer: Peer, _ number: Int) throws -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let found = withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            guard bind(descriptor, pointer, length) == 0, listen(descriptor, 512) == 0 else { return false }
            return getsockname(descriptor, pointer, &length) == 0
        }
        guard found else { throw Peer.Failure(errno: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
        thread { [self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else {
                    // Closed by who uses it, so that its number is not another's meanwhile.
                    if isClosed.load(ordering: .acquiring) { return _ = Glibc.close(listener) }
                    poll(nil, 0, 10)
                    continue
                }
                let number = accepted.withLock { count in
                    defer { count += 1 }
                    return count
                }
                thread {
                    let peer = Peer(descriptor)
                    defer { peer.close() }
                    try? script(peer, number)
                }
            }
        }
    }

    package var connectionCount: Int { accepted.withLock { $0 } }

    package var origin: TransportOrigin { TransportOrigin(scheme: .http, host: "127.0.0.1", port: port) }

    package func close() {
        isClosed.store(true, ordering: .releasing)
        shutdown(listener, Int32(SHUT_RDWR))
    }
}

/// One connection of a scripted server.
package final class Peer {
    package struct Failure: Error {
        let errno: Int32
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isClosed = false

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        // Longer than all tests together: theirs share two threads, so a client may not get its turn for half a minute.
        var patience = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    /// The head of the next request, to its empty line; nil when the client closed.
    package func head() throws -> String? {
        while true {
            if let end = Self.endOfHead(buffer) {
                defer { buffer.removeFirst(end) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            guard try fill() else { return nil }
        }
    }

    /// The next bytes of a body.
    package func bytes(_ count: Int) throws -> [UInt8] {
        while buffer.count < count, try fill() {}
        let taken = Array(buffer.prefix(count))
        buffer.removeFirst(taken.count)
        return taken
    }

    /// Everything until the client closes its side, counted.
    package func drain() throws -> Int {
        var count = buffer.count
        buffer = []
        while try fill() {
            count += buffer.count
            buffer = []
        }
        return count
    }

    /// Does nothing for so many milliseconds.
    package func pause(_ milliseconds: Int32) throws -> Bool {
        poll(nil, 0, milliseconds) == 0
    }

    package func write(_ text: String) throws { try write(Array(text.utf8)) }

    package func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(errno: errno) }
            sent += count
        }
    }

    /// Answers with a length and keeps the connection.
    package func answer(_ status: String = "200 OK", _ body: String = "", headers: String = "") throws {
        try write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    /// Closes so that the other side gets a reset.
    package func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    package func close() {
        guard !isClosed else { return }
        isClosed = true
        Glibc.close(descriptor)
    }

    private func fill() throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count >= 0 else { throw Failure(errno: errno) }
        buffer.append(contentsOf: piece[..<count])
        return count > 0
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for end in 4...bytes.count where bytes[end - 4..<end].elementsEqual([13, 10, 13, 10]) { return end }
        return nil
    }
}

/// Runs `body` on a thread of its own.
private func thread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    pthread_create(
        &thread,
        nil,
        { argument in
            Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
            return nil
        },
        Unmanaged.passRetained(Box(body)).toOpaque()
    )
    pthread_detach(thread)
}
