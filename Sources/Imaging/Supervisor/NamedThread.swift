internal import CLinux

/// A thread of its own for work that blocks.
enum NamedThread {
    private final class Start {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    /// Starts a detached thread; the kernel shows the first 15 bytes of the name.
    ///
    /// - Throws: `ImagingError` with `system`.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws {
        let start = Unmanaged.passRetained(Start(body))
        let failure = clinux_start_thread(
            name,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            start.toOpaque()
        )
        guard failure == 0 else {
            start.release()
            throw ImagingError.system("pthread_create", errno: failure)
        }
    }
}
