import ArgumentParser
import S3Protocol

/// `larder doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what keeps Larder from serving well on this machine, and say what to do.",
        discussion: """
            Looks at the settings, the storage root and its file system, the clock, the limits of the system, and the image \
            worker, whose self-test it runs: its sandbox, what its library gets wrong, the decoders, ffmpeg. Each remote S3 of \
            the settings is asked: its name, connection, certificate, clock, region, whether it takes our key, and what \
            that may do in the buckets of the settings, by requests that change nothing. Use the server's own user, \
            --storage and --config. Works before the first start (nothing is made), and beside a \
            running server. Files tried in the root are gone afterwards.

            Each line is `ok`, `warn` (it works, less well or less safely) or `fail`, what was looked at, and what was \
            found; what to do stands below. Exit status: 0 nothing failed, 1 something did; with --strict a warning counts \
            as a failure.

            Examples:
              larder doctor --storage /srv/larder --config /etc/larder.json
              larder doctor --json | jq '.checks[] | select(.level != "ok")'
            """
    )

    @OptionGroup var common: CommonOptions

    @Flag(help: "Count warnings as failures.")
    var strict = false

    @Flag(help: "Print one JSON object: {\"level\", \"checks\": [{check, level, found, advice}]}.")
    var json = false

    func run() async throws {
        let subject = DoctorSubject(common)
        var report = DoctorReport()
        for check in DoctorChecks.all {
            for diagnosis in await check.run(subject) {
                report.add(diagnosis)
                if !json { print(diagnosis.text) }
            }
        }
        if json { print(report.json.compactText) }
        let worst: Diagnosis.Level = strict ? .warn : .fail
        guard report.level < worst else { throw ExitCode(1) }
    }
}
