internal import CLinux
internal import Glibc

/// One running worker, used by one thread.
///
/// The kernel kills it when that thread ends (PDEATHSIG counts threads), so the thread must outlive it.
final class WorkerProcess {
    let pid: pid_t
    let greeting: WorkerGreeting
    private(set) var jobs = 0
    private var channel: JobChannel?

    private init(pid: pid_t, channel: JobChannel, greeting: WorkerGreeting) {
        self.pid = pid
        self.channel = channel
        self.greeting = greeting
    }

    /// How long a worker may take to come up and to go down.
    private static let patience = Duration.seconds(10)

    /// Starts the program and waits for its greeting.
    ///
    /// - Throws: `ImagingError` with `workerMissing` or `workerBroken`.
    static func start(_ program: WorkerProgram) throws -> WorkerProcess {
        guard program.isThere else { throw program.missing }
        let (pid, channel) = try launch(program)
        do {
            guard let greeting = try channel.receive(WorkerGreeting.self, timeout: patience)?.body,
                greeting.protocolVersion == WorkerGreeting.currentProtocol
            else { throw ImagingError(.workerBroken, "it ended at once or speaks another version") }
            return WorkerProcess(pid: pid, channel: channel, greeting: greeting)
        } catch {
            end(pid)
            throw ImagingError(.workerBroken, "image worker \(program.path) did not come up: \(error)")
        }
    }

    /// A function of its own, so that our copy of the worker's end is closed before anyone waits for the worker's end.
    private static func launch(_ program: WorkerProgram) throws -> (pid_t, JobChannel) {
        let (ours, theirs) = try JobChannel.pair()
        return (try spawn(program, socket: theirs), JobChannel(socket: ours))
    }

    private static func spawn(_ program: WorkerProgram, socket: OpenDescriptor) throws -> pid_t {
        var pid: pid_t = 0
        let failure = withCStrings(program.arguments) { arguments in
            withCStrings(environment()) { environment in
                clinux_spawn_worker(program.path, arguments, environment, socket.rawValue, &pid)
            }
        }
        withExtendedLifetime(socket) {}
        guard failure == 0 else {
            throw ImagingError(
                .workerBroken,
                "image worker \(program.path) cannot be started: \(SystemText.describe(errno: failure))"
            )
        }
        return pid
    }

    /// Nothing of the server's environment but the loader's path: it may hold secrets.
    static func environment() -> [String] {
        var result = [
            // Symbols are looked up once, instead of in the process of every job.
            "LC_ALL=C", "LD_BIND_NOW=1", "MALLOC_ARENA_MAX=2", "SWIFT_BACKTRACE=enable=no", "VIPS_BLOCK_UNTRUSTED=1",
            "VIPS_CONCURRENCY=1", "VIPS_WARNING=1",
        ]
        if let path = getenv("LD_LIBRARY_PATH") { result.append("LD_LIBRARY_PATH=\(String(cString: path))") }
        return result
    }

    /// Hands over one job and waits for its answer.
    ///
    /// - Throws: `ChannelTimeout` past the job's wall time, `ImagingError` when the worker is lost; then it must be killed.
    func run(_ job: RenderJob, source: OpenDescriptor, destinations: [OpenDescriptor]) throws -> RenderReply {
        guard let channel else { throw ImagingError(.workerBroken, "the worker was stopped") }
        jobs += 1
        try channel.send(job, descriptors: [source] + destinations)
        guard let reply = try channel.receive(RenderReply.self, timeout: job.limits.wallTime)?.body else {
            throw ImagingError(.workerBroken, "the worker ended during the job")
        }
        return reply
    }

    /// Lets the worker end by itself, since it is idle, and kills it when it does not.
    func stop() {
        channel = nil
        var ended = clinux_ended_process()
        guard clinux_wait(pid, 1_000_000, &ended) == 0 else { return }
        kill()
    }

    /// Kills the worker with the process of its job, and reaps it.
    func kill() {
        channel = nil
        Self.end(pid)
    }

    private static func end(_ pid: pid_t) {
        _ = Glibc.kill(-pid, SIGKILL)
        var ended = clinux_ended_process()
        _ = clinux_wait(pid, -1, &ended)
    }
}
