import Configuration
import Glibc
import S3Protocol

/// Sends one request to a server's control socket and reads the answer.
struct ControlClient {
    let path: String

    /// The answer, nil when no server listens there.
    ///
    /// - Throws: `ConfigurationError` with the server's refusal.
    func send(_ method: String, _ segments: [String], body: String) throws -> JSONValue? {
        guard let descriptor = try connected() else { return nil }
        defer { close(descriptor) }
        let request = """
            \(method) /\(segments.joined(separator: "/")) HTTP/1.1\r
            Host: control\r
            Connection: close\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """
        try write(Array(request.utf8), to: descriptor)
        return try parse(readAll(descriptor))
    }

    /// Whether a server listens there.
    func isAnswered() throws -> Bool {
        guard let descriptor = try connected() else { return false }
        close(descriptor)
        return true
    }

    private func connected() throws -> CInt? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("make a socket") }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status != 0 else { return descriptor }
        let reason = errno
        close(descriptor)
        guard reason == ENOENT || reason == ECONNREFUSED || reason == ENOTDIR else {
            throw failure("talk to \(path)", reason)
        }
        return nil
    }

    private func write(_ bytes: [UInt8], to descriptor: CInt) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw failure("talk to \(path)") }
            rest = rest.dropFirst(count)
        }
    }

    private func readAll(_ descriptor: CInt) throws -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while content.count < 1 << 24 {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw failure("read from \(path)") }
            guard count > 0 else { break }
            content += buffer[..<count]
        }
        return content
    }

    private func parse(_ answer: [UInt8]) throws -> JSONValue {
        let text = String(decoding: answer, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), let status = Int(text.dropFirst(9).prefix(3)) else {
            throw ConfigurationError("the server at \(path) did not answer as expected; is it of another version?")
        }
        let body = Array(text[end.upperBound...].utf8)
        let value = JSONReader.read(body, limits: .init(length: 1 << 24, depth: 16)) ?? .null
        guard status < 300 else { throw ConfigurationError(value.firstError ?? "the server answered \(status).") }
        return value
    }

    private func failure(_ action: String, _ reason: CInt = errno) -> ConfigurationError {
        ConfigurationError("cannot \(action): \(String(cString: strerror(reason))).")
    }
}

extension String {
    /// The first place of `other`, compared by bytes.
    fileprivate func range(of other: String) -> Range<String.Index>? {
        let (own, wanted) = (Array(utf8), Array(other.utf8))
        guard wanted.count <= own.count else { return nil }
        for start in 0...(own.count - wanted.count) where own[start..<(start + wanted.count)].elementsEqual(wanted) {
            let lower = utf8.index(utf8.startIndex, offsetBy: start)
            return lower..<utf8.index(lower, offsetBy: wanted.count)
        }
        return nil
    }
}

extension JSONValue {
    /// The first sentence of an error document of the API.
    fileprivate var firstError: String? {
        guard case .object(let members) = self, let errors = members.first(where: { $0.name == "errors" })?.value else {
            return nil
        }
        switch errors {
        case .array(let sentences): return sentences.first?.string
        case .object(let fields):
            guard case .array(let sentences)? = fields.first?.value else { return nil }
            return sentences.first?.string
        default: return nil
        }
    }
}
