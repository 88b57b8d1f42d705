import ArgumentParser
import Configuration
import S3Protocol

/// `larder mirror …`.
struct MirrorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mirror",
        abstract: "Look at mirrored buckets, have keys tried again, compare both sides, pause.",
        discussion: """
            A bucket of the mode mirror is served from here; a running server makes the remote equal to it, key by key, and
            tries for ever. All of this works beside that server.

            Examples:
              larder mirror status                               # buckets, what waits, and for how long
              larder mirror status uploads --state conflict
              larder mirror retry uploads --key photos/cat.jpg --overwrite
              larder mirror verify uploads --deep
              larder mirror reconcile uploads --dry-run
              larder mirror pause
            """,
        subcommands: [
            MirrorStatusCommand.self, MirrorRetryCommand.self, MirrorVerifyCommand.self, MirrorReconcileCommand.self,
            MirrorPauseCommand.self, MirrorResumeCommand.self,
        ]
    )
}

/// What every command about mirrors takes.
struct MirrorOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    /// Has the running server do something.
    func perform(_ action: String, _ members: [JSONValue.Member]) async throws -> JSONValue {
        try await Control(common).perform("POST", ["mirror", action], body: JSONValue.object(members).compactText)
    }

    /// Prints an answer, in words unless JSON is asked for.
    func show(_ answer: JSONValue, _ words: (JSONValue) -> String) {
        print(json ? answer.compactText : words(answer))
    }
}

extension JSONValue.Member {
    /// A member for an option that may not be given.
    static func given(_ name: String, _ text: String?) -> [JSONValue.Member] {
        text.map { [JSONValue.Member(name, .string($0))] } ?? []
    }
}

/// `larder mirror status`.
struct MirrorStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show mirrored buckets, or keys: bucket, key, state, attempts, since, reason.",
        discussion: """
            A key is local (nobody has looked at it yet), queued, uploading, verified, conflict (the remote's object was
            changed by others and is left alone) or failed (the remote refuses it; tried again at the longest pause).
            """
    )

    @OptionGroup var options: MirrorOptions

    @Argument(help: "Only this bucket.")
    var bucket: String?

    @Option(help: "Show this key.")
    var key: String?

    @Option(help: "Show the keys in this state.")
    var state: String?

    @Option(help: ArgumentHelp("The most keys to show; never more than 10000.", valueName: "count"))
    var limit = 100

    func run() async throws {
        let body =
            JSONValue.Member.given("bucket", bucket) + JSONValue.Member.given("key", key)
            + JSONValue.Member.given("state", state) + [.init("limit", .number("\(limit)"))]
        let answer = try await options.perform("status", body)
        guard !options.json else { return print(answer.compactText) }
        guard case .array(let keys)? = answer["objects"] else { return Self.showBuckets(answer) }
        for key in keys {
            let facts = ["bucket", "key", "state", "attempts", "since", "reason"].map { key.text($0) }
            print(facts.joined(separator: "\t"))
        }
    }

    private static func showBuckets(_ answer: JSONValue) {
        guard case .array(let buckets)? = answer["buckets"] else { return }
        for bucket in buckets {
            let counts = ["queued", "uploading", "verified", "conflict", "failed"]
                .map { "\(bucket["objects"]?.text($0) ?? "0") \($0)" }
            var text = "\(bucket.text("bucket")) -> \(bucket.text("remote")): \(counts.joined(separator: ", "))"
            if bucket["paused"] == .bool(true) { text += "; paused" }
            if bucket.integer("lag_seconds") > 0 || bucket.integer("lag_bytes") > 0 {
                text += "; \(bucket.text("lag_seconds")) s and \(ByteText.amount(bucket.integer("lag_bytes"))) behind"
            }
            if bucket.text("last_error") != "-" { text += "; \(bucket.text("last_error"))" }
            print(text)
        }
        if buckets.isEmpty { StandardError.write("no bucket is mirrored; set remote.mode or remote.buckets\n") }
    }
}

/// `larder mirror retry`.
struct MirrorRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Try keys at once that failed or are in conflict."
    )

    @OptionGroup var options: MirrorOptions

    @Argument(help: "Only those of this bucket.")
    var bucket: String?

    @Option(help: "Only this key.")
    var key: String?

    @Flag(help: "Let the objects here win over what others put to the remote.")
    var overwrite = false

    func run() async throws {
        let body =
            JSONValue.Member.given("bucket", bucket) + JSONValue.Member.given("key", key)
            + [.init("overwrite", .bool(overwrite))]
        options.show(try await options.perform("retry", body)) { "retried \($0.text("retried"))" }
    }
}

/// `larder mirror pause`.
struct MirrorPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Begin no transfer any more, also after a restart; what is under way ends."
    )

    @OptionGroup var options: MirrorOptions

    @Argument(help: "Only of this bucket.")
    var bucket: String?

    func run() async throws {
        let answer = try await options.perform("pause", JSONValue.Member.given("bucket", bucket))
        options.show(answer) { _ in "paused" }
    }
}

/// `larder mirror resume`.
struct MirrorResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Go on after a pause.")

    @OptionGroup var options: MirrorOptions

    @Argument(help: "Only with this bucket.")
    var bucket: String?

    func run() async throws {
        let answer = try await options.perform("resume", JSONValue.Member.given("bucket", bucket))
        options.show(answer) { _ in "resumed" }
    }
}
