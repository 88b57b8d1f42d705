import NIOHTTP1
import S3Protocol

/// What a request head says about itself, in the protocol's own types; nil where HTTP is violated.
struct ParsedHead {
    let head: RequestHead
    let contentLength: Int64?
    let expectsContinue: Bool

    init?(_ head: HTTPRequestHead) {
        guard head.version.major == 1, let target = try? RequestTarget(Self.originForm(head.uri)) else { return nil }
        let lengths = head.headers["Content-Length"]
        // RFC 9112 section 6.3: a message with both framings, or with two lengths, is an attack or a fault.
        let isOneLength = lengths.dropFirst().allSatisfy { $0 == lengths[0] }
        guard isOneLength, lengths.isEmpty || !head.headers.contains(name: "Transfer-Encoding") else {
            return nil
        }
        // RFC 9112 section 6.1: codings that we do not take off would be stored as content, or be read differently by a
        // proxy in front of us.
        let codings = head.headers["Transfer-Encoding"]
        guard codings.isEmpty || codings.count == 1 && codings[0].lowercased() == "chunked" && head.version.minor >= 1
        else { return nil }
        guard head.headers["Host"].count <= 1, head.version.minor == 0 || head.headers.contains(name: "Host") else {
            return nil
        }
        if let text = lengths.first {
            guard let length = Int64(text), length >= 0, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            contentLength = length
        } else {
            contentLength = nil
        }
        self.head = RequestHead(
            method: head.method.rawValue,
            target: target,
            headers: HeaderList(head.headers.map { HeaderList.Field($0.name, $0.value) })
        )
        // RFC 9110 section 10.1.1: a client of HTTP/1.0 would take the interim answer for the final one.
        expectsContinue =
            head.version.minor >= 1 && head.headers["Expect"].contains { $0.lowercased() == "100-continue" }
    }

    /// The path and query of an absolute-form target, which servers have to accept (RFC 9112 section 3.2.2).
    private static func originForm(_ target: String) -> String {
        guard target.utf8.first != UInt8(ascii: "/") else { return target }
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            guard let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
            return rest[slash] == "?" ? "/" + rest[slash...] : String(rest[slash...])
        }
        return target
    }
}
