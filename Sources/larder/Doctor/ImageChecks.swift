import Imaging

/// The image worker: it is there, keeps its promises on this machine, and is confined.
struct ImageWorkerCheck: DoctorCheck {
    func run(_ subject: DoctorSubject) async -> [Diagnosis] {
        guard let program = subject.goodSettings?.imaging.pool.program else { return [] }
        guard program.isThere else {
            return [
                .warn(
                    "image worker",
                    "there is none at \(program.path): attachments wait for their styles",
                    "put larder-imaged beside larder, or name it in imaging.worker (LARDER_IMAGED)"
                )
            ]
        }
        do {
            let report = try program.selfTest()
            return [.ok("image worker", "\(program.path), libvips \(report.library)")] + promises(report)
                + [confinement(report)] + decoders(report, program)
        } catch {
            return [
                .fail(
                    "image worker",
                    (error as? ImagingError)?.message ?? "\(error)",
                    "run `\(program.path) --self-test`; it needs libvips42 and the worker of this version"
                )
            ]
        }
    }

    /// Where libvips goes wrong, Larder goes around it; whether that still holds is tried each time.
    private func promises(_ report: WorkerReport) -> [Diagnosis] {
        let broken = report.checks.filter { !$0.passed }
        guard !broken.isEmpty else { return [.ok("self-test", "\(report.checks.count) checks passed")] }
        return broken.map {
            .fail("self-test", "\($0.name): \($0.detail)", "report it; until then, serve without imaging.worker")
        }
    }

    private func confinement(_ report: WorkerReport) -> Diagnosis {
        guard report.seccomp else {
            return .fail(
                "sandbox",
                "the kernel takes no seccomp filter: a decoder that is taken over could use the network",
                "allow seccomp(2) in the container, or run the worker's machine without a network"
            )
        }
        guard report.landlock > 0 else {
            return .warn(
                "sandbox",
                "seccomp, no Landlock: files are kept away by the filter on system calls alone",
                "use Linux 5.13 or later with Landlock in its list of security modules (lsm=landlock,…)"
            )
        }
        return .ok("sandbox", "Landlock ABI \(report.landlock), seccomp")
    }

    private func decoders(_ report: WorkerReport, _ program: WorkerProgram) -> [Diagnosis] {
        let missing = program.kinds.map(\.rawValue).filter { !report.kinds.contains($0) }
        guard !missing.isEmpty else {
            return [.ok("decoders", program.kinds.map(\.rawValue).joined(separator: ", "))]
        }
        return [
            .warn(
                "decoders",
                "none for \(missing.joined(separator: ", ")): styles of such files fail",
                "install the modules of libvips (Debian: libvips42 brings them), or leave these out of imaging.kinds"
            )
        ]
    }
}

/// ffmpeg, which takes frames out of videos: where it is asked for it has to be there and to work.
struct VideoCheck: DoctorCheck {
    func run(_ subject: DoctorSubject) async -> [Diagnosis] {
        guard let imaging = subject.goodSettings?.imaging else { return [] }
        let (program, worker) = (imaging.pool.posters, imaging.pool.program)
        let kinds = worker.kinds.filter(\.isVideo).map(\.rawValue)
        guard !kinds.isEmpty else {
            let found = program.path.map { "\($0) is not used" } ?? "not installed"
            return [.ok("ffmpeg", found + ": imaging.kinds names no videos (mp4, mov, webm, mkv)")]
        }
        guard let path = program.path, program.isThere else {
            return [
                .fail(
                    "ffmpeg",
                    "not found\(program.path.map { " at \($0)" } ?? ""): attachments of \(kinds.joined(separator: ", ")) wait",
                    "install ffmpeg, name it in imaging.ffmpeg (LARDER_FFMPEG), or leave videos out of imaging.kinds"
                )
            ]
        }
        guard worker.isThere else { return [] }
        do {
            try PosterMaker(worker: worker, program: program).check()
            return [.ok("ffmpeg", "\(path) takes frames out of videos, confined")]
        } catch {
            let reason = (error as? RenderFailure)?.reason ?? (error as? ImagingError)?.message ?? "\(error)"
            return [
                .fail(
                    "ffmpeg",
                    "\(path): \(reason)",
                    "use the ffmpeg of the system; a wrapper script does not run there"
                )
            ]
        }
    }
}
