internal import Glibc

extension RenderFailure {
    /// What it means that a process which looked at a source was ended by a signal after so much processor time.
    package init(signal: Int32, cpuMicroseconds: UInt64, limits: ImagingLimits) {
        let overran = cpuMicroseconds >= limits.cpuSeconds * 1_000_000
        switch signal {
        case SIGXCPU:
            self.init(.cpuLimit, "It needed more than \(limits.cpuSeconds) seconds of processor time.")
        case SIGKILL where overran:
            self.init(.cpuLimit, "It needed more than \(limits.cpuSeconds) seconds of processor time.")
        case SIGXFSZ:
            self.init(.destination, "A result was larger than \(limits.resultBytes) bytes.")
        case SIGTRAP, SIGABRT:
            // GLib and the C++ runtime end the process in these ways when memory cannot be had.
            self.init(.outOfMemory, "It needed more than \(limits.addressSpace) bytes of memory.")
        default:
            self.init(.crashed, "The process of the job was ended by signal \(signal).")
        }
    }
}
