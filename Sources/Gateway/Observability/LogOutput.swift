import Glibc
import ObjectStorage
import Synchronization

/// Where log lines go, each of them whole, and those of requests without holding up who brings them.
///
/// Lines that are queued are written by a thread of its own, those that come within 5 ms together: there is one for each
/// request, and a reader of standard error that is slow must not stop an event loop. When more wait than there is room for,
/// further ones are dropped, and a line says how many. What is queued in the last moment before a crash is lost.
package final class LogOutput: Sendable {
    /// Standard error.
    package static let standardError = LogOutput(STDERR_FILENO)

    /// Makes the line which says that so many are missing.
    typealias DropNote = @Sendable (_ count: Int) -> [UInt8]

    private struct Queue {
        var lines: [UInt8] = []
        var dropped = 0
        var note: DropNote?
        /// Whether the thread is to come.
        var isAwaited = false
    }

    /// What a pipe takes in one piece (POSIX, `PIPE_BUF` of Linux): other processes may write to it, too.
    private static let longestPiece = 4_096

    private let descriptor: CInt
    private let capacity: Int
    /// In microseconds.
    private let gathering: UInt32
    private let queue = Mutex(Queue())
    /// Held while a piece is written, so that no line begins within another.
    private let turn = Mutex(())
    private let thread = BlockingPool(threadCount: 1)

    /// An output to this descriptor, which has room for so many bytes of lines that wait.
    init(_ descriptor: CInt, capacity: Int = 1 << 20, gathering: Duration = .milliseconds(5)) {
        self.descriptor = descriptor
        self.capacity = capacity
        self.gathering = UInt32(gathering / .microseconds(1))
    }

    /// Writes a line at once, perhaps before others that wait; blocks as long as the reader does.
    func write(_ line: [UInt8]) {
        line.withUnsafeBytes { writePiece($0) }
    }

    /// Has a line written soon.
    func enqueue(_ line: [UInt8], ifDropped note: @escaping DropNote) {
        let isFirst = queue.withLock { queue in
            if queue.lines.count + line.count > capacity {
                queue.dropped += 1
                queue.note = note
            } else {
                queue.lines += line
            }
            defer { queue.isAwaited = true }
            return !queue.isAwaited
        }
        guard isFirst else { return }
        thread.start { [self] isRunning in
            if isRunning { usleep(gathering) }
            writeQueued()
        }
    }

    /// Returns when all that was queued is written.
    package func flush() async {
        try? await thread.run { [self] in writeQueued() }
    }

    private func writeQueued() {
        let queued = queue.withLock { queue in
            let old = queue
            queue = Queue()
            return old
        }
        writePieces(queued.lines)
        if let note = queued.note { write(note(queued.dropped)) }
    }

    /// Writes lines, so many at a time as go in one piece.
    private func writePieces(_ lines: [UInt8]) {
        lines.withUnsafeBytes { lines in
            var rest = lines[...]
            while let first = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let fitting = rest.prefix(Self.longestPiece).lastIndex(of: UInt8(ascii: "\n"))
                let end = (fitting ?? first) + 1
                writePiece(UnsafeRawBufferPointer(rebasing: rest[..<end]))
                rest = rest[end...]
            }
        }
    }

    /// What cannot be written is gone: there is nobody to be told.
    private func writePiece(_ piece: UnsafeRawBufferPointer) {
        turn.withLock { _ in
            var rest = piece
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count >= 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if !waitToGoOn(after: errno) {
                    return
                }
            }
        }
    }

    private func waitToGoOn(after error: CInt) -> Bool {
        guard error == EAGAIN else { return error == EINTR }
        var place = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&place, 1, -1) >= 0 || errno == EINTR
    }
}
