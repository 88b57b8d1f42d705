import ArgumentParser

/// The `larder` command.
@main
struct Larder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "larder",
        abstract: "Object storage on plain files: S3, browser uploads, attachments and their styles.",
        discussion: """
            Start a server with `larder serve`; everything else talks to it or works on its files.
            The fastest way to try it: `larder serve --sandbox`, then
            `aws --endpoint-url http://127.0.0.1:9000 s3 ls` with the keys that it prints.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Serving:",
                subcommands: [
                    ServeCommand.self, ConfigCommand.self, KeyCommand.self, TokenCommand.self, BucketCommand.self,
                    StylesCommand.self, DoctorCommand.self,
                ]
            ),
            CommandGroup(
                name: "Keeping a storage root:",
                subcommands: [
                    JobsCommand.self, WebhooksCommand.self, MirrorCommand.self, FsckCommand.self, ScrubCommand.self,
                    ScanCommand.self,
                    ReindexCommand.self,
                    BackupCommand.self,
                    RestoreCommand.self, ImportCommand.self, ExportCommand.self,
                ]
            ),
        ]
    )
}
