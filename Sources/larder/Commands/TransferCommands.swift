import ArgumentParser
import Attachments
import Configuration
import Glibc
import ObjectStorage
import S3Protocol

/// `larder export`.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write every object of a bucket to a file below a directory.",
        discussion: """
            Content and time; metadata is not in it (`rsync -aX` of the storage root keeps that). Files that are there with
            the same size and time are passed over. A key that cannot be a path is reported, with exit status 4.
            Works beside a running server (which writes the directory), and alone.
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The bucket.")
    var bucket: String

    @Argument(help: "The directory; made when it is missing.")
    var directory: String

    func run() async throws {
        try await LongWork(common: common).run(
            "export",
            [.init("target", .string(LongWork.absolute(directory))), .init("bucket", .string(bucket))]
        ) { result in
            "\(result.objects) objects: \(result.objects - result.skipped) written (\(ByteText.amount(result.bytes))), "
                + "\(result.skipped) were there, \(result.findings.count) left out"
        }
    }
}

/// `larder backup`.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy records, bucket settings and keys to a new directory, while serving.",
        discussion: """
            Attachments, authorizations, jobs, tokens, buckets' settings and the server's keys: what cannot be derived from
            the objects. The objects are plain files: copy buckets/ and .larder/escaped/ with `rsync -aX`, after this.
            The directory holds secrets; it is made with mode 0700. Works beside a running server, and alone.

            Example:
              larder backup /backup/larder-$(date +%F) && rsync -aX storage/buckets /backup/larder-objects/
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The directory; new or empty.")
    var directory: String

    func run() async throws {
        let target = LongWork.absolute(directory)
        try await LongWork(common: common).run("backup", [.init("target", .string(target))]) { result in
            "\(result.objects) files are in \(target); bring them back with `larder restore \(target)`"
        }
    }
}

/// `larder restore`.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring a backup of records, bucket settings and keys back into a storage root.",
        discussion: """
            Stop the server first. Objects that came back before or are there already keep their metadata; the index is made
            again at the next start. What was there of the records is kept as records.sqlite.before-restore. Ids of
            attachments that were given out since the backup are not given out again; on a new disk, where nobody knows
            them, a million are left out.
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The directory that `larder backup` wrote.")
    var directory: String

    @Flag(help: "Restore even into the storage root of another server.")
    var force = false

    func run() async throws {
        let root = try common.settings().text("storage") ?? "storage"
        let restore = try RootRestore(backup: directory, root: root, force: force)
        let records = root + "/.larder/records.sqlite"
        let isKnown = try IssuedIDs.isKnown(besideRecords: records)
        for file in try restore.run() { print(file) }
        // Another root's ids are not those that this one kept.
        if !isKnown || force, FileContent.exists(records) { try IssuedIDs.leap(besideRecords: records) }
        StandardError.write("restored into \(root); start the server, and `larder fsck` if you want to be sure\n")
    }
}
