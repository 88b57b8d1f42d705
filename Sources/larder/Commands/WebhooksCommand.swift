import ArgumentParser
import Configuration
import S3Protocol

/// `larder webhooks …`.
struct WebhooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks",
        abstract: "Look at what is told to webhooks.endpoints, and retry or forget what they did not take.",
        discussion: """
            What happens to an attachment (attachment.processed, attachment.failed) is sent to each endpoint until that
            answers 2xx, again and again for webhooks.max_age_seconds. What is not taken by then is dead: kept with its
            reason. An endpoint that answers 410 Gone is switched off, until its url changes or it is enabled here.

            Works beside a running server, and alone on a storage root that no server holds.

            Examples:
              larder webhooks list                               # endpoints, and what waits for them
              larder webhooks list --state dead --json
              larder webhooks retry --all --endpoint crm
              larder webhooks enable crm
              larder webhooks purge --all --older-than 7d
            """,
        subcommands: [List.self, Retry.self, Purge.self, Enable.self]
    )

    /// `larder webhooks list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List deliveries: id, state, endpoint, type, attachment, attempts, when, reason.",
            discussion: """
                `when` is the time before which a queued delivery is not sent, or at which a dead one was given up. What
                arrived is not listed: the log tells it. Endpoints are summed up on standard error.
                """
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var choice: DeliveryChoice

        @Option(help: ArgumentHelp("Only deliveries in this state: queued or dead.", valueName: "state"))
        var state: String?

        @Option(help: ArgumentHelp("The most deliveries to list, up to 10000.", valueName: "count"))
        var limit = 100

        @Option(help: ArgumentHelp("Only deliveries with a higher id: the next page.", valueName: "id"))
        var after = 0

        @Flag(help: "Print one JSON object: {endpoints: […], deliveries: […]}.")
        var json = false

        func run() async throws {
            var body = try choice.members
            if let state { body.append(.init("state", .string(state))) }
            body += [.init("limit", .number("\(limit)")), .init("after", .number("\(after)"))]
            let answer = try await Control(common)
                .perform("POST", ["webhooks", "list"], body: JSONValue.object(body).compactText)
            guard !json else { return print(answer.compactText) }
            guard case .array(let deliveries)? = answer["deliveries"], case .array(let endpoints)? = answer["endpoints"]
            else { return }
            for delivery in deliveries { print(Self.line(delivery)) }
            for endpoint in endpoints { StandardError.write(Self.summary(endpoint) + "\n") }
            if endpoints.isEmpty { StandardError.write("there are no endpoints; set webhooks.endpoints\n") }
        }

        private static func line(_ delivery: JSONValue) -> String {
            let reason =
                delivery["reason"].map { $0 == .null ? "-" : "\($0.text("error")): \($0.text("message"))" } ?? "-"
            let when = delivery.text("state") == "dead" ? delivery.text("ended") : delivery.text("not_before")
            let facts = ["id", "state", "endpoint", "type", "attachment", "attempts"].map { delivery.text($0) }
            return (facts + [when, reason]).joined(separator: "\t")
        }

        private static func summary(_ endpoint: JSONValue) -> String {
            var text = "\(endpoint.text("name")): \(endpoint.text("queued")) queued, \(endpoint.text("dead")) dead"
            if endpoint.integer("queued") > 0 { text += "; the oldest waits for \(endpoint.text("oldest_seconds")) s" }
            if endpoint.text("disabled") != "-" { text += "; switched off at \(endpoint.text("disabled"))" }
            return text
        }
    }

    /// `larder webhooks retry`.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Send dead deliveries again, as if they were new.")

        @OptionGroup var common: CommonOptions
        @OptionGroup var choice: DeadDeliveryChoice

        func run() async throws {
            print("retried \(try await choice.perform("retry", common).text("retried"))")
        }
    }

    /// `larder webhooks purge`.
    struct Purge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Forget dead deliveries.")

        @OptionGroup var common: CommonOptions
        @OptionGroup var choice: DeadDeliveryChoice

        func run() async throws {
            print("purged \(try await choice.perform("purge", common).text("purged"))")
        }
    }

    /// `larder webhooks enable`.
    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Switch an endpoint on again that had answered 410 Gone.",
            discussion: "What happened meanwhile was not kept; what waited before is dead, and `retry` sends it."
        )

        @OptionGroup var common: CommonOptions

        @Argument(help: "The endpoint's name, as the list shows it.")
        var endpoint: String

        func run() async throws {
            let body = JSONValue.object([.init("endpoint", .string(endpoint))]).compactText
            _ = try await Control(common).perform("POST", ["webhooks", "enable"], body: body)
            print("enabled \(endpoint)")
        }
    }
}

/// What narrows deliveries down.
struct DeliveryChoice: ParsableArguments {
    @Option(help: ArgumentHelp("Only deliveries to this endpoint.", valueName: "name"))
    var endpoint: String?

    @Option(help: ArgumentHelp("Only deliveries with this reason, such as http_500 or connect.", valueName: "code"))
    var reason: String?

    @Option(help: ArgumentHelp("Only deliveries that died longer ago: 90s, 15m, 12h, 30d.", valueName: "age"))
    var olderThan: String?

    /// The body that asks for them.
    var members: [JSONValue.Member] {
        get throws {
            var members: [JSONValue.Member] = []
            if let endpoint { members.append(.init("endpoint", .string(endpoint))) }
            if let reason { members.append(.init("reason", .string(reason))) }
            if let olderThan { members.append(try Age.member(olderThan)) }
            return members
        }
    }
}

/// The dead deliveries that a command is to change.
struct DeadDeliveryChoice: ParsableArguments {
    @Argument(help: "Deliveries by their ids, as the list shows them.")
    var ids: [Int] = []

    @Flag(help: "All dead deliveries, or all of those that the other options leave.")
    var all = false

    @OptionGroup var choice: DeliveryChoice

    mutating func validate() throws {
        guard ids.isEmpty == all else {
            throw ValidationError(
                "Name deliveries by their ids, or say --all; `larder webhooks list --state dead` shows them."
            )
        }
    }

    /// Has them changed.
    func perform(_ action: String, _ common: CommonOptions) async throws -> JSONValue {
        var body = try choice.members + [.init("all", .bool(all))]
        if !ids.isEmpty { body.append(.init("ids", .array(ids.map { .number("\($0)") }))) }
        return try await Control(common)
            .perform("POST", ["webhooks", action], body: JSONValue.object(body).compactText)
    }
}
