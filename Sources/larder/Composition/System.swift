import CLinux
import Glibc
import S3Protocol

/// What the operating system tells and allows this process.
enum System {
    /// How many cores this process may use: those online, unless it was given fewer (`taskset`, `AllowedCPUs=`, cpusets).
    static var coreCount: Int {
        allowedCores ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// The bits of `Cpus_allowed` (proc_pid_status(5)): `sched_getaffinity` is none of the C that Swift sees.
    private static var allowedCores: Int? {
        let name = "Cpus_allowed:"
        guard let bytes = try? FileContent.read("/proc/self/status"),
            let line = bytes.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: name.utf8) })
        else { return nil }
        let digits = line.dropFirst(name.utf8.count).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        let count = digits.reduce(0) { $0 + $1.nonzeroBitCount }
        return count > 0 ? count : nil
    }

    /// The time of day.
    @Sendable static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Whether the kernel says that something (NTP, PTP) keeps its clock right.
    static var isClockSynchronised: Bool { clinux_clock_is_kept() != 0 }

    /// Allows as many open files as the hard limit does: each connection and each file being sent needs one.
    static func raiseOpenFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
