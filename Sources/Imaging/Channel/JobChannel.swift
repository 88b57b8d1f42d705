internal import CLinux
internal import FoundationEssentials
internal import Glibc

/// One end of the socket between supervisor and worker: whole messages of JSON, with descriptors beside them.
package struct JobChannel: Sendable {
    /// A message and the descriptors that came with it.
    package struct Message<Body: Sendable>: Sendable {
        package let body: Body
        package let descriptors: [OpenDescriptor]
    }

    /// The most bytes of one message.
    package static let maximumLength = 64 << 10

    private let socket: OpenDescriptor

    /// A channel over a connected SOCK_SEQPACKET socket.
    package init(socket: OpenDescriptor) {
        self.socket = socket
    }

    /// Two connected ends.
    ///
    /// - Throws: `ImagingError` with `system`.
    static func pair() throws -> (OpenDescriptor, OpenDescriptor) {
        var sockets: [Int32] = [-1, -1]
        guard clinux_message_pair(&sockets) == 0 else { throw ImagingError.system("socketpair", errno: errno) }
        return (OpenDescriptor(adopting: sockets[0]), OpenDescriptor(adopting: sockets[1]))
    }

    /// Sends one message; blocks while the other end does not read.
    ///
    /// - Throws: `ImagingError` with `system`, also when the other end is gone.
    package func send(_ body: some Encodable, descriptors: [OpenDescriptor] = []) throws {
        let bytes = try Self.encode(body)
        let numbers = descriptors.map(\.rawValue)
        let result = bytes.withUnsafeBytes {
            clinux_send_message(socket.rawValue, $0.baseAddress, $0.count, numbers, numbers.count)
        }
        withExtendedLifetime(descriptors) {}
        guard result == 0 else { throw ImagingError.system("sendmsg", errno: errno) }
    }

    /// The next message, nil at the end of the stream; blocks for at most `timeout`, for ever without one.
    ///
    /// - Throws: `ChannelTimeout`, `ImagingError` with `system`, `DecodingError`.
    package func receive<Body: Decodable & Sendable>(
        _ type: Body.Type,
        timeout: Duration? = nil
    ) throws -> Message<Body>? {
        var buffer = [UInt8](repeating: 0, count: Self.maximumLength)
        var numbers = [Int32](repeating: -1, count: RenderJob.maximumStyles + 1)
        var count = numbers.count
        let length = buffer.withUnsafeMutableBytes {
            clinux_receive_message(
                socket.rawValue,
                $0.baseAddress,
                $0.count,
                &numbers,
                &count,
                timeout.map { Int64(($0 / .milliseconds(1)).rounded(.up)) } ?? -1
            )
        }
        guard length >= 0 else {
            let number = errno
            throw number == ETIMEDOUT ? ChannelTimeout() : ImagingError.system("recvmsg", errno: number) as any Error
        }
        let descriptors = numbers.prefix(count).map { OpenDescriptor(adopting: $0) }
        guard length > 0 else { return nil }
        return Message(body: try Self.decode(type, from: Array(buffer[..<length])), descriptors: descriptors)
    }

    /// The bytes of a message.
    package static func encode(_ body: some Encodable) throws -> [UInt8] {
        let bytes = try Array(JSONEncoder().encode(body))
        guard bytes.count <= maximumLength else {
            throw ImagingError(.invalidJob, "A message of \(bytes.count) bytes is too long.")
        }
        return bytes
    }

    /// The message of these bytes.
    package static func decode<Body: Decodable>(_ type: Body.Type, from bytes: [UInt8]) throws -> Body {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}

/// Nothing came in time.
package struct ChannelTimeout: Error {}
