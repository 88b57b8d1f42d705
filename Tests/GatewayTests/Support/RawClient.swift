import Glibc

/// A blocking client on a raw socket: sends what it is told, byte for byte, and reads what comes.
final class RawClient {
    private let descriptor: CInt

    /// Connects to a port of this machine; reads give up after 10 s.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(text: "cannot connect: \(errno)") }
    }

    deinit {
        close(descriptor)
    }

    struct Failure: Error { let text: String }

    /// Sends text; false when the other side is gone.
    @discardableResult
    func send(_ text: String) -> Bool {
        send(Array(text.utf8))
    }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Says that nothing more is sent, abruptly: a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Reads until `end` was seen, or the other side closed.
    func read(until end: String) -> String {
        var content: [UInt8] = []
        var byte: UInt8 = 0
        let wanted = Array(end.utf8)
        while !content.suffix(wanted.count).elementsEqual(wanted), recv(descriptor, &byte, 1, 0) == 1 {
            content.append(byte)
        }
        return String(decoding: content, as: UTF8.self)
    }

    /// Reads a head and the body that its Content-Length announces.
    func readAnswer(hasBody: Bool = true) -> String {
        let head = read(until: "\r\n\r\n")
        guard hasBody,
            let line = head.split(separator: "\r\n").first(where: { $0.lowercased().hasPrefix("content-length:") }),
            let length = Int(line.split(separator: ":")[1].filter(\.isNumber))
        else { return head }
        return head + String(decoding: readBytes(length), as: UTF8.self)
    }

    func readBytes(_ count: Int) -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while content.count < count {
            let got = recv(descriptor, &buffer, min(buffer.count, count - content.count), 0)
            guard got > 0 else { break }
            content += buffer[..<got]
        }
        return content
    }

    /// Whether the other side has closed, or closes within 10 s.
    var isClosedByServer: Bool {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let got = recv(descriptor, &buffer, buffer.count, 0)
            if got == 0 { return true }
            if got < 0 { return errno == ECONNRESET }
        }
    }
}
