internal import CLinux
internal import Glibc
internal import Imaging

/// What the zygote makes of a child's answer and its end; the answer may come from a process that was taken over.
struct JobVerdict {
    let answer: [UInt8]
    let ended: clinux_ended_process
    let limits: ImagingLimits

    var reply: RenderReply {
        var reply = answered
        reply.usage.cpuMilliseconds = Double(ended.cpu_micros) / 1000
        reply.usage.peakResidentBytes = Int(ended.peak_resident)
        return reply
    }

    private var answered: RenderReply {
        guard ended.signal == 0 else { return RenderReply(failure: signalled) }
        guard ended.exit_code == 0, let reply = try? JobChannel.decode(RenderReply.self, from: answer) else {
            let reason = "The process of the job ended without an answer (\(ended.exit_code))."
            return RenderReply(failure: RenderFailure(.crashed, reason))
        }
        return reply
    }

    private var signalled: RenderFailure {
        let overran = ended.cpu_micros >= limits.cpuSeconds * 1_000_000
        switch ended.signal {
        case SIGXCPU:
            return RenderFailure(.cpuLimit, "It needed more than \(limits.cpuSeconds) seconds of processor time.")
        case SIGKILL where overran:
            return RenderFailure(.cpuLimit, "It needed more than \(limits.cpuSeconds) seconds of processor time.")
        case SIGXFSZ:
            return RenderFailure(.destination, "A result was larger than \(limits.resultBytes) bytes.")
        case SIGTRAP, SIGABRT:
            // GLib and the C++ runtime end the process in these ways when memory cannot be had.
            return RenderFailure(.outOfMemory, "It needed more than \(limits.addressSpace) bytes of memory.")
        default:
            return RenderFailure(.crashed, "The process of the job was ended by signal \(ended.signal).")
        }
    }
}
