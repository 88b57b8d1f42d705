internal import Glibc
internal import Imaging

/// The child of one job, from fork to exit.
enum JobProcess {
    /// Does the job and ends the process; `answer` is a pipe to the zygote.
    static func run(
        _ job: RenderJob,
        source: OpenDescriptor,
        destinations: [OpenDescriptor],
        answer: Int32,
        kinds: [ImageKind]
    ) -> Never {
        Confinement.confineJob(job.limits)
        let reply = reply(to: job, source: source, destinations: destinations, kinds: kinds)
        guard let bytes = try? JobChannel.encode(reply) else { _exit(70) }
        var written = 0
        while written < bytes.count {
            let done = bytes.withUnsafeBytes {
                write(answer, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            guard done > 0 else { _exit(74) }
            written += done
        }
        _exit(0)
    }

    private static func reply(
        to job: RenderJob,
        source: OpenDescriptor,
        destinations: [OpenDescriptor],
        kinds: [ImageKind]
    ) -> RenderReply {
        do {
            let mapped = try MappedSource(source, limits: job.limits)
            return Renderer(job: job, destinations: destinations, kinds: kinds).render(mapped.bytes)
        } catch {
            return RenderReply(failure: error)
        }
    }
}
