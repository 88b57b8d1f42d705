import ArgumentParser
import Configuration
import S3Protocol

/// `larder styles regenerate`.
struct StylesRegenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "regenerate",
        abstract: "Make the styles of what was uploaded before what the configuration says now.",
        discussion: """
            Goes through the attachments of a bucket. Styles that are new, whose definition changed or whose object has
            gone are made; those that did not change are not touched, so that a second run does nothing; those that are
            not configured any more go. Until its new styles are there an attachment shows its old ones; a running
            server removes those that were replaced within hours. May be broken off and started again.

            Works beside a running server, which does the work, by the configuration that it was started with, after
            what it is asked for meanwhile; and alone on a root that no server holds. Attachments whose styles could
            not be made before are left alone unless --failed is given.

            With --dry-run a line for each attachment says what would be made. Exit status 4 when styles of some
            could not be made; each has a line with the reason.

            Examples:
              larder styles regenerate uploads --dry-run
              larder styles regenerate uploads --prefix async_uploads/
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The bucket.")
    var bucket: String

    @Option(help: "Only originals whose keys begin with this.")
    var prefix: String?

    @Flag(help: "Say what would be made, and make nothing.")
    var dryRun = false

    @Flag(help: "Try again what could not be made before.")
    var failed = false

    func run() async throws {
        let result = try await regenerate()
        for finding in result.findings {
            print("\(finding.text("code"))  \(finding.text("subject")): \(finding.text("detail"))")
        }
        let refused = result.findings.count { $0.text("code") == "not-styled" }
        let done =
            dryRun
            ? "\(result.findings.count - refused) would get other styles" : "\(result.objects) styles were made"
        StandardError.write(
            "\(result.attachments) attachments: \(done), \(result.skipped) needed nothing or were left alone, "
                + "\(refused) could not be made\n"
        )
        guard dryRun || refused == 0 else { throw ExitCode(4) }
    }

    private func regenerate() async throws -> RunningTask.Result {
        let session = try await Control(common).open(withStore: true)
        do {
            let result = try await RunningTask.run(
                "restyle",
                [
                    .init("bucket", .string(bucket)), .init("prefix", .string(prefix ?? "")),
                    .init("dry_run", .bool(dryRun)), .init("failed", .bool(failed)),
                ],
                on: session
            )
            await session.close()
            return result
        } catch {
            await session.close()
            throw error
        }
    }
}
