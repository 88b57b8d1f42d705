import ArgumentParser
import Configuration
import S3Protocol

/// `larder bucket …`.
struct BucketCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bucket",
        abstract: "List buckets with what they hold, and set their quota and durability.",
        discussion: "Works beside a running server, and alone on a storage root that no server holds.",
        subcommands: [List.self, Set.self]
    )

    /// `larder bucket list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the buckets: name, objects, bytes, quota of each, durability."
        )

        @OptionGroup var common: CommonOptions

        @Flag(help: "Print a JSON array.")
        var json = false

        func run() async throws {
            let session = try await Control(common).open(withStore: true)
            let answer = try await session.perform("GET", ["buckets"], body: "")
            await session.close()
            guard !json, case .array(let buckets) = answer else { return print(answer.compactText) }
            for bucket in buckets { print(BucketCommand.line(bucket)) }
        }
    }

    /// `larder bucket set`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set how much a bucket may hold, and whether its writes wait for the disk.",
            discussion: """
                A write beyond the quota is refused with QuotaExceeded; what is there stays, and deletes always work.

                Examples:
                  larder bucket set uploads --quota-bytes 20G --quota-objects 1000000
                  larder bucket set cache --durability relaxed
                  larder bucket set uploads --quota-bytes none
                """
        )

        @OptionGroup var common: CommonOptions

        @Argument(help: "The bucket.")
        var bucket: String

        @Option(help: ArgumentHelp("Bytes it may hold: 500, 20M, 1.5G, or none.", valueName: "amount"))
        var quotaBytes: String?

        @Option(help: ArgumentHelp("Objects it may hold, or none.", valueName: "number"))
        var quotaObjects: String?

        @Option(help: "strict: success means on disk; relaxed: a power cut may lose seconds; default: the server's.")
        var durability: String?

        func run() async throws {
            var body: [JSONValue.Member] = []
            if let quotaBytes { body.append(.init("quota_bytes", try Self.limit(quotaBytes, "--quota-bytes"))) }
            if let quotaObjects { body.append(.init("quota_objects", try Self.limit(quotaObjects, "--quota-objects"))) }
            if let durability { body.append(.init("durability", .string(durability))) }
            guard !body.isEmpty else {
                throw ValidationError("Name what to set: --quota-bytes, --quota-objects or --durability.")
            }
            let session = try await Control(common).open(withStore: true)
            do {
                let answer = try await session.perform(
                    "POST",
                    ["buckets", bucket],
                    body: JSONValue.object(body).compactText
                )
                print(BucketCommand.line(answer))
            } catch {
                await session.close()
                throw error
            }
            await session.close()
        }

        private static func limit(_ text: String, _ option: String) throws -> JSONValue {
            if text == "none" { return .number("-1") }
            guard let bytes = ByteText.bytes(text) else {
                throw ValidationError("\(option) is '\(text)'; write a number, with K, M, G or T behind it, or none.")
            }
            return .number("\(bytes)")
        }
    }

    private static func line(_ bucket: JSONValue) -> String {
        let state = bucket["complete"] == .bool(true) ? "" : "\tindex is being rebuilt"
        return bucket.text("name") + "\t\(bucket.text("objects")) of \(limit(bucket, "quota_objects")) objects"
            + "\t\(bucket.text("bytes")) of \(limit(bucket, "quota_bytes")) bytes\t\(bucket.text("durability"))\(state)"
    }

    private static func limit(_ bucket: JSONValue, _ name: String) -> String {
        bucket[name] == .null ? "any" : bucket.text(name)
    }
}
