/// How the workers are, for health, metrics and the operator.
package struct WorkerPoolStatus: Hashable, Sendable {
    /// One worker.
    package struct Worker: Hashable, Sendable {
        /// Nil while no process runs.
        package var processID: Int32?
        package var isBusy = false
        /// Why no process runs, nil while one does or none was tried yet.
        package var problem: String?
    }

    /// The file that is started.
    package let program: String
    package internal(set) var workers: [Worker]
    /// What the last worker said of itself.
    package internal(set) var greeting: WorkerGreeting?
    package internal(set) var queued = 0
    package let queueLength: Int
    /// Jobs answered since the start, failures included.
    package internal(set) var jobs = 0
    /// Jobs answered with a failure for the whole source.
    package internal(set) var failures = 0
    /// Processes started since the start.
    package internal(set) var starts = 0
    package internal(set) var isShutDown = false

    init(program: String, workers: Int, queueLength: Int) {
        self.program = program
        self.workers = Array(repeating: Worker(), count: workers)
        self.queueLength = queueLength
    }

    /// Whether at least one worker runs.
    package var isAvailable: Bool { workers.contains { $0.processID != nil } }

    /// Why styles are not made, nil when they are.
    package var problem: String? {
        guard !isAvailable else { return nil }
        return workers.lazy.compactMap(\.problem).first
    }
}
