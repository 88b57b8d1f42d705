import ArgumentParser
import Configuration
import Glibc
import S3Protocol

/// What the commands for long work have in common.
struct LongWork {
    let common: CommonOptions

    /// Runs work of a kind; findings go to standard output, a summary to standard error.
    ///
    /// - Throws: `ExitCode(4)` when something was found, `ConfigurationError` when the work failed.
    func run(_ kind: String, _ body: [JSONValue.Member], done: (RunningTask.Result) -> String) async throws {
        let session = try await Control(common).open(withStore: true)
        let result: RunningTask.Result
        do {
            result = try await RunningTask.run(kind, body, on: session)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
        for finding in result.findings { print(FsckCommand.Line(finding).text) }
        StandardError.write(done(result) + "\n")
        guard result.findings.isEmpty else { throw ExitCode(4) }
    }

    /// A path as the server, which may have another working directory, has to be told it.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return String(cString: current) + "/" + path
    }

    static func buckets(_ names: [String]) -> JSONValue.Member {
        .init("buckets", .array(names.map { .string($0) }))
    }
}

/// `larder reindex`.
struct ReindexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reindex",
        abstract: "Make the index of buckets anew from their files.",
        discussion: """
            Works beside a running server: reads and writes go on, and the listings of a bucket answer 503 SlowDown until
            its index is complete. Never needed after a crash: that heals by itself.
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The buckets; all of them when none is named.")
    var buckets: [String] = []

    func run() async throws {
        try await LongWork(common: common).run("reindex", [LongWork.buckets(buckets)]) { result in
            "\(result.objects) objects are indexed"
        }
    }
}

/// `larder scan`.
struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Look for files that were put, changed or removed by hand, now.",
        discussion: """
            A server does this at its start and then every scan.interval_seconds. What is found becomes an object, gets its
            new ETag, or is not listed any more. Works beside a running server, and alone.
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The buckets; all of them when none is named.")
    var buckets: [String] = []

    func run() async throws {
        try await LongWork(common: common).run("scan", [LongWork.buckets(buckets)]) { result in
            "\(result.objects) rows and files were compared"
        }
    }
}

/// `larder scrub`.
struct ScrubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub",
        abstract: "Read all content again and compare it with the stored checksums.",
        discussion: """
            Reports what the disk has changed by itself, with exit status 4, and never changes or deletes anything: bring
            such a file back from a backup. Works beside a running server, and alone. A server can do it on a schedule:
            scrub.interval_seconds, scrub.bytes_per_second.
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The buckets; all of them when none is named.")
    var buckets: [String] = []

    @Option(help: ArgumentHelp("Bytes to read a second at most: 20M, 1.5G; as fast as it goes when not given."))
    var rate: String?

    func run() async throws {
        var body = [LongWork.buckets(buckets)]
        if let rate {
            guard let bytes = ByteText.bytes(rate), bytes > 0 else {
                throw ValidationError("--rate is '\(rate)'; write bytes a second, with K, M or G behind the number.")
            }
            body.append(.init("bytes_per_second", .number("\(bytes)")))
        }
        try await LongWork(common: common).run("scrub", body) { result in
            "\(result.objects) objects of \(ByteText.amount(result.bytes)) were read, \(result.findings.count) are rotten"
        }
    }
}
