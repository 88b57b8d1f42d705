import ArgumentParser
import Attachments
import Configuration
import Imaging
import S3Protocol

/// `larder styles preview`.
struct StylesPreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Write the styles of a local picture to files, to look at them.",
        discussion: """
            Exactly what a server with this configuration would make, within the same limits and by the same workers;
            needs no server and no storage root. The files are called NAME-STYLE.EXTENSION and replace older ones.
            A line for each style says its size, kind and bytes. Exit status 1 when one could not be made.

            Examples:
              larder styles preview photo.jpg
              larder styles preview scan.pdf --style thumb large --output /tmp/look --config larder.json
              larder styles preview face.png --bucket avatars      # with the rules for this bucket
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The picture.")
    var file: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("The styles to write; all of them when none is named.", valueName: "name")
    )
    var style: [String] = []

    @Option(help: ArgumentHelp("Directory to write to, made when it is missing.", valueName: "dir"))
    var output = "."

    @Option(
        help: "The bucket whose attachments.style_rules count; the first one of attachments.buckets when not given."
    )
    var bucket: String?

    @Option(
        help: ArgumentHelp("The key that the rules are to see; that of an upload when not given.", valueName: "key")
    )
    var key: String?

    func run() async throws {
        let settings = try ServerSettings(try common.settings(), isSandbox: false)
        let preview = try StylePreview(settings.imaging, file: file, output: output)
        let results = try await preview.write(try styles(settings))
        print(results.source)
        for line in results.lines { print(line) }
        guard results.isWhole else { throw ExitCode(1) }
    }

    private func styles(_ settings: ServerSettings) throws -> [StyleSpec] {
        let name = bucket ?? settings.attachments.buckets.first?.string ?? "uploads"
        let key = try ObjectKey(
            key ?? "\(settings.attachments.uploadPrefix)00000000/\(file.split(separator: "/").last ?? "file")"
        )
        let all = settings.attachments.styles(of: key, in: try BucketName(name))
        guard !all.isEmpty else {
            throw ConfigurationError("pictures at \(name)/\(key) get no styles; see attachments.style_rules.")
        }
        guard !style.isEmpty else { return all }
        return try style.map { wanted in
            guard let found = all.first(where: { ByteText.equal($0.name, wanted) }) else {
                let known = all.map(\.name).joined(separator: ", ")
                throw ConfigurationError("there is no style '\(wanted)' at \(name)/\(key); there are \(known).")
            }
            return found
        }
    }
}
