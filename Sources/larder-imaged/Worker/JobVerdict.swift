internal import CLinux
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
        guard ended.signal == 0 else {
            return RenderReply(
                failure: RenderFailure(signal: ended.signal, cpuMicroseconds: ended.cpu_micros, limits: limits)
            )
        }
        guard ended.exit_code == 0, let reply = try? JobChannel.decode(RenderReply.self, from: answer) else {
            let reason = "The process of the job ended without an answer (\(ended.exit_code))."
            return RenderReply(failure: RenderFailure(.crashed, reason))
        }
        return reply
    }
}
