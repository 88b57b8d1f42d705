internal import CLinux
internal import Glibc

/// A thread of its own for work that blocks.
enum NamedThread {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts a detached thread; the kernel shows the first 15 bytes of the name.
    ///
    /// - Throws: `ImagingError` with `system`.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                clinux_name_thread(start.name)
                start.body()
                return nil
            },
            start.toOpaque()
        )
        guard failure == 0 else {
            start.release()
            throw ImagingError.system("pthread_create", errno: failure)
        }
        pthread_detach(thread)
    }
}
