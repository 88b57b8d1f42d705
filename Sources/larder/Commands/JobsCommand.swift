import ArgumentParser
import Configuration
import S3Protocol

/// `larder jobs …`.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Look at the queue of styles, and retry or forget the jobs that failed for good.",
        discussion: """
            Each attachment whose styles are being made has a job. It is queued, running, or dead: ended without success
            and kept with its reason. Jobs of attachments that were just claimed go before retries and regenerations;
            within each kind the tokens take turns, so that many attachments of one keep no other waiting.

            Works beside a running server, and alone on a storage root that no server holds.

            Examples:
              larder jobs list                         # what waits, runs and failed, with a summary
              larder jobs list --state dead --json
              larder jobs retry 17 18
              larder jobs retry --all --reason crashed
              larder jobs purge --all --older-than 30d
            """,
        subcommands: [List.self, Retry.self, Purge.self]
    )

    /// `larder jobs list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List jobs: id, state, priority, attachment, token, attempts, when, reason.",
            discussion: """
                `when` is the time before which a queued job does not begin, or at which a dead one ended. The summary on
                standard error counts all jobs, and says why the queue rests if it does.
                """
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var choice: JobChoice

        @Option(
            help: ArgumentHelp("Only jobs in this state: queued, running or dead; may be repeated.", valueName: "state")
        )
        var state: [String] = []

        @Option(help: ArgumentHelp("The most jobs to list, up to 10000.", valueName: "count"))
        var limit = 100

        @Option(help: ArgumentHelp("Only jobs with a higher id: the next page.", valueName: "id"))
        var after = 0

        @Flag(help: "Print one JSON object: {counts, oldest_seconds, pause, jobs: […]}.")
        var json = false

        func run() async throws {
            let body =
                try choice.members + [
                    .init("states", .array(state.map { .string($0) })), .init("limit", .number("\(limit)")),
                    .init("after", .number("\(after)")),
                ]
            let answer = try await Control(common)
                .perform("POST", ["jobs", "list"], body: JSONValue.object(body).compactText)
            guard !json else { return print(answer.compactText) }
            guard case .array(let jobs)? = answer["jobs"] else { return }
            for job in jobs { print(Self.line(job)) }
            StandardError.write(Self.summary(answer) + "\n")
        }

        private static func line(_ job: JSONValue) -> String {
            let reason = job["reason"].map { $0 == .null ? "-" : "\($0.text("error")): \($0.text("message"))" } ?? "-"
            let when = job.text("state") == "dead" ? job.text("ended") : job.text("not_before")
            return
                (["id", "state", "priority", "attachment", "token", "attempts"].map { job.text($0) } + [when, reason])
                .joined(separator: "\t")
        }

        private static func summary(_ answer: JSONValue) -> String {
            let counts = answer["counts"] ?? .null
            var text =
                "\(counts.integer("queued")) queued, \(counts.integer("running")) running, "
                + "\(counts.integer("dead")) dead"
            if counts.integer("queued") > 0 { text += "; the oldest waits for \(answer.integer("oldest_seconds")) s" }
            if let pause = answer["pause"], pause != .null {
                text += "; resting until \(pause.text("until")): \(pause["reason"]?.text("message") ?? "-")"
            }
            return text
        }
    }

    /// `larder jobs retry`.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Queue dead jobs again as if they were new; their attachments are pending until then.",
            discussion: "Also ends a rest of the queue, for example when the disk has room again."
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var choice: DeadJobChoice

        func run() async throws {
            let answer = try await choice.perform("retry", common)
            print("retried \(answer.text("retried"))")
        }
    }

    /// `larder jobs purge`.
    struct Purge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget dead jobs; their attachments stay failed and say why."
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var choice: DeadJobChoice

        func run() async throws {
            let answer = try await choice.perform("purge", common)
            print("purged \(answer.text("purged"))")
        }
    }
}

/// What narrows jobs down.
struct JobChoice: ParsableArguments {
    @Option(help: ArgumentHelp("Only jobs of this token's attachments.", valueName: "id"))
    var token: Int?

    @Option(help: ArgumentHelp("Only jobs with this reason, such as damaged or crashed.", valueName: "code"))
    var reason: String?

    @Option(help: ArgumentHelp("Only jobs that died longer ago: 90s, 15m, 12h, 30d.", valueName: "age"))
    var olderThan: String?

    /// The body that asks for them.
    var members: [JSONValue.Member] {
        get throws {
            var members: [JSONValue.Member] = []
            if let token { members.append(.init("token", .number("\(token)"))) }
            if let reason { members.append(.init("reason", .string(reason))) }
            if let olderThan { members.append(try Age.member(olderThan)) }
            return members
        }
    }
}

/// The dead jobs that a command is to change.
struct DeadJobChoice: ParsableArguments {
    @Argument(help: "Jobs by their ids, as the list shows them.")
    var ids: [Int] = []

    @Flag(help: "All dead jobs, or all of those that the other options leave.")
    var all = false

    @OptionGroup var choice: JobChoice

    mutating func validate() throws {
        guard ids.isEmpty == all else {
            throw ValidationError("Name jobs by their ids, or say --all; `larder jobs list --state dead` shows them.")
        }
    }

    /// Has them changed.
    func perform(_ action: String, _ common: CommonOptions) async throws -> JSONValue {
        var body = try choice.members + [.init("all", .bool(all))]
        if !ids.isEmpty { body.append(.init("ids", .array(ids.map { .number("\($0)") }))) }
        return try await Control(common).perform("POST", ["jobs", action], body: JSONValue.object(body).compactText)
    }
}

/// Lengths of time as operators write them.
enum Age {
    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]

    /// The member of a body that asks for what is older.
    static func member(_ text: String) throws -> JSONValue.Member {
        guard let seconds = seconds(text) else {
            throw ValidationError("'\(text)' is no age; write a whole number with s, m, h or d behind it.")
        }
        return .init("older_than_seconds", .number("\(seconds)"))
    }

    /// The seconds of a whole number with `s`, `m`, `h` or `d` behind it; nil for any other text.
    static func seconds(_ text: String) -> Int64? {
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()) else { return nil }
        guard (0...1_000_000_000).contains(count) else { return nil }
        return count * unit
    }
}
