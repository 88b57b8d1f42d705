import ArgumentParser
import Configuration
import S3Protocol

/// `larder import`.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make objects of the files below a directory, or of another S3 server's disk.",
        discussion: """
            Files: larder import DIR BUCKET

            The key is the file's path below the directory, Last-Modified is the file's own. Files whose objects are there \
            with the same size and time are passed over: an import that was cut off goes on where it stopped. A move \
            passes over nothing, and removes a file once its object is on disk.

            The disk of another server: larder import --from minio|versitygw DIR [BUCKET …]

            Stop the other server first, or import from a snapshot: what changes meanwhile is refused. DIR is only read. \
            Without a BUCKET all are taken over.

            minio: one drive, the DIR of `minio server DIR`, with .minio.sys in it. A drive of several, and encrypted, \
            compressed or tiered objects are refused: copy those through the running server.

            versitygw: the directory of the posix backend. Attributes are read from extended attributes (copy trees with \
            `rsync -aX`) or from --sidecar, older versions from --versions.

            Taken over: keys; all versions and delete markers with their ids and times; content, proved by the hashes \
            that are recorded; ETags, checksums, part sizes; content headers, user metadata, tags, retention, legal \
            holds. Of buckets that are not here yet: versioning, object lock, tags, policy, CORS, quota, ownership, \
            encryption, public ACLs and, once all objects are there, lifecycle rules. A bucket that is here keeps its \
            settings; if the source has versions, its versioning has to be on.

            Not taken over: accounts and keys, ACLs for accounts, replication, notifications, websites, unfinished \
            uploads. What is left behind of objects is told, grouped by what it is.

            Versions that are here (same id, size and ETag) are passed over: repeat an import that was cut off. Delete \
            nothing of the source before you have read the report.

            Works beside a running server (which reads the directory), and alone. Exit status 4: something was left out.

            Examples:
              larder import /srv/pictures photos
              larder import --mode move --prefix 2024/ ./scans archive
              larder import --from minio --dry-run /mnt/minio
              larder import --from minio /mnt/minio photos archive
              larder import --from versitygw --versions /srv/vgw-versions /srv/vgw
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The directory.")
    var directory: String

    @Argument(help: "The bucket, which has to be there; with --from the buckets to take over, all without any.")
    var buckets: [String] = []

    @Option(help: "Whose disk the directory is: minio or versitygw. Without it, a directory of files.")
    var from: String?

    @Option(help: "Of files: copy (a clone where the file system has them), reflink (a clone or nothing) or move.")
    var mode: String?

    @Option(help: "Of files: what the keys begin with.")
    var prefix: String?

    @Option(help: ArgumentHelp("Of versitygw: the directory of older versions.", valueName: "dir"))
    var versions: String?

    @Option(help: ArgumentHelp("Of versitygw: the directory of sidecar files.", valueName: "dir"))
    var sidecar: String?

    @Flag(help: "With --from: say what would be done, and do nothing. Content is not read.")
    var dryRun = false

    func validate() throws {
        guard let from else {
            guard buckets.count == 1 else { throw ValidationError("Name one bucket for the files.") }
            guard versions == nil, sidecar == nil, !dryRun else {
                throw ValidationError("--versions, --sidecar and --dry-run go with --from.")
            }
            return
        }
        guard ["minio", "versitygw"].contains(from) else { throw ValidationError("--from is minio or versitygw.") }
        guard mode == nil, prefix == nil else { throw ValidationError("--mode and --prefix do not go with --from.") }
        guard from == "versitygw" || (versions == nil && sidecar == nil) else {
            throw ValidationError("--versions and --sidecar go with --from versitygw.")
        }
    }

    func run() async throws {
        if let from { return try await importDrive(from) }
        try await LongWork(common: common).run(
            "import",
            [
                .init("source", .string(LongWork.absolute(directory))), .init("bucket", .string(buckets.first ?? "")),
                .init("mode", .string(mode ?? "copy")), .init("prefix", .string(prefix ?? "")),
            ]
        ) { result in
            "\(result.objects) files: \(result.objects - result.skipped) imported (\(ByteText.amount(result.bytes))), "
                + "\(result.skipped) were there, \(result.findings.count) left out"
        }
    }

    private func importDrive(_ origin: String) async throws {
        var body: [JSONValue.Member] = [
            .init("origin", .string(origin)), .init("source", .string(LongWork.absolute(directory))),
            .init("dry_run", .bool(dryRun)), LongWork.buckets(buckets),
        ]
        if let versions { body.append(.init("versions", .string(LongWork.absolute(versions)))) }
        if let sidecar { body.append(.init("sidecar", .string(LongWork.absolute(sidecar)))) }
        let session = try await Control(common).open(withStore: true)
        let result: RunningTask.Result
        do {
            result = try await RunningTask.run("import-drive", body, on: session)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
        for finding in result.findings {
            print("\(finding.text("code"))  \(finding.text("subject")): \(finding.text("detail"))")
        }
        StandardError.write(summary(of: result) + "\n")
        guard result.findings.allSatisfy({ $0.text("code") == "import-note" }) else { throw ExitCode(4) }
    }

    private func summary(of result: RunningTask.Result) -> String {
        let imported = result.objects - result.skipped - result.refused
        let done = (dryRun ? "would be " : "") + "imported (\(ByteText.amount(result.bytes)))"
        return "\(result.buckets) buckets, \(result.keys) keys, \(result.objects) versions: \(imported) \(done), "
            + "\(result.skipped) were there, \(result.refused) refused"
    }
}
