internal import CLinux
internal import FoundationEssentials
internal import Glibc

/// What the self-test of a worker program found out.
package struct WorkerReport: Hashable, Sendable, Codable {
    /// One promise, put to the test.
    package struct Check: Hashable, Sendable, Codable {
        package let name: String
        package let passed: Bool
        package let detail: String

        package init(name: String, passed: Bool, detail: String) {
            self.name = name
            self.passed = passed
            self.detail = detail
        }
    }

    /// The version of the image library.
    package let library: String
    /// The kinds of source that it has decoders for.
    package let kinds: [String]
    /// The Landlock ABI in force, 0 without.
    package let landlock: Int
    /// Whether the filter on system calls is in force.
    package let seccomp: Bool
    package let checks: [Check]
    /// Whether all checks passed.
    package let passed: Bool

    package init(library: String, kinds: [String], landlock: Int, seccomp: Bool, checks: [Check]) {
        self.library = library
        self.kinds = kinds
        self.landlock = landlock
        self.seccomp = seccomp
        self.checks = checks
        passed = checks.allSatisfy(\.passed)
    }
}

extension WorkerProgram {
    /// How long the self-test may take: it ends by itself before that.
    private static let patience: Int64 = 70_000_000

    /// Runs the program's self-test and waits for its report.
    ///
    /// - Throws: `ImagingError` with `workerMissing`, or `workerBroken` when there is no report.
    package func selfTest() throws -> WorkerReport {
        guard isThere else { throw missing }
        let (nothing, report) = (try OpenDescriptor.inMemory(), try OpenDescriptor.inMemory())
        let list = kinds.map(\.rawValue).joined(separator: ",")
        var pid: pid_t = 0
        let failure = withCStrings([path, "--self-test", list]) { arguments in
            withCStrings(WorkerProcess.environment()) { environment in
                let standard = [nothing.rawValue, report.rawValue, STDERR_FILENO]
                return clinux_spawn_filter(path, arguments, environment, standard, &pid)
            }
        }
        withExtendedLifetime(nothing) {}
        guard failure == 0 else {
            throw ImagingError(.workerBroken, "\(path) cannot be started: \(SystemText.describe(errno: failure))")
        }
        var ended = clinux_ended_process()
        if clinux_wait(pid, Self.patience, &ended) != 1 {
            _ = Glibc.kill(-pid, SIGKILL)
            _ = clinux_wait(pid, -1, &ended)
        }
        let bytes = try report.read(count: JobChannel.maximumLength)
        guard let found = try? JSONDecoder().decode(WorkerReport.self, from: Data(bytes)) else {
            let said = String(decoding: bytes.prefix(200).filter { (0x20...0x7E).contains($0) }, as: UTF8.self)
            throw ImagingError(.workerBroken, "\(path) gave no report of its self-test: \(said)")
        }
        return found
    }
}
