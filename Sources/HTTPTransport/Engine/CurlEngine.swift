internal import CLibCurl
internal import CLinux
internal import Glibc
import Synchronization

/// libcurl on a thread of its own: tasks give it commands, it moves the bytes.
final class CurlEngine: Sendable {
    private struct End {
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// What the thread holds; it outlives the engine until it sees that the queue is closed.
    private final class Work: Sendable {
        let name: String
        let multi: CurlMulti
        let queue: CommandQueue
        let configuration: TransportConfiguration
        let end = Mutex(End())

        init(_ configuration: TransportConfiguration, name: String) throws {
            self.name = name
            self.configuration = configuration
            multi = try CurlMulti(configuration)
            queue = CommandQueue(limit: configuration.maximumTransfers + configuration.maximumWaiting)
        }

        func run() {
            blockBrokenPipes()
            var loop = EngineLoop(multi, queue, configuration)
            loop.run()
            let waiting = end.withLock { end in
                end.isOver = true
                defer { end.waiting = [] }
                return end.waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        /// TLS writes to sockets without MSG_NOSIGNAL; the signal goes to the thread that wrote.
        private func blockBrokenPipes() {
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
        }
    }

    /// libcurl's own initialisation, once in a process; it may be done on any thread since 7.84.
    private static let isInitialised = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let work: Work

    /// An engine, its thread started.
    ///
    /// - Throws: `TransportError` with `invalidRequest`.
    init(_ configuration: TransportConfiguration, name: String) throws {
        guard Self.isInitialised else { throw TransportError(.invalidRequest, "libcurl cannot be initialised") }
        work = try Work(configuration, name: name)
        try Self.start(work)
    }

    /// Begins a transfer.
    ///
    /// - Throws: `TransportError` with `busy` or `closed`.
    func start(_ request: TransportRequest) throws -> Transfer {
        let (queue, multi) = (work.queue, work.multi)
        let transfer = Transfer { transfer in
            queue.add(signalled: transfer)
            multi.wake()
        }
        try queue.add(CommandQueue.Start(request: request, transfer: transfer))
        multi.wake()
        return transfer
    }

    /// How many transfers have not ended.
    var transferCount: Int { work.queue.count }

    /// Has the thread end all transfers and itself.
    func close() {
        work.queue.close()
        work.multi.wake()
    }

    /// Returns when the thread has ended.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let isOver = work.end.withLock { end in
                if !end.isOver { end.waiting.append(continuation) }
                return end.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    private static func start(_ work: Work) throws {
        let box = Unmanaged.passRetained(work)
        let failure = clinux_start_thread(
            work.name,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        guard failure == 0 else {
            box.release()
            throw TransportError(.invalidRequest, "no thread can be made for requests to other servers (\(failure))")
        }
    }
}
