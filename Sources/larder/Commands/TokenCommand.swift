import ArgumentParser
import S3Protocol

/// `larder token …`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, list and delete the tokens of the attachments API.",
        discussion: "Works beside a running server, and alone on a storage root that no server holds.",
        subcommands: [Create.self, List.self, Delete.self]
    )

    /// `larder token create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token and print it; only its digest is kept, so it cannot be shown again."
        )

        @OptionGroup var common: CommonOptions

        @Option(help: "What the token is for, for the list and the log.")
        var name: String

        func run() async throws {
            let body = "{\"name\":\(JSONValue.quote(name))}"
            let answer = try await Control(common).perform("POST", ["tokens"], body: body)
            print("id: \(answer.text("id"))\nname: \(answer.text("name"))\ntoken: \(answer.text("token"))")
        }
    }

    /// `larder token list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the tokens: id, name, when made, when last used."
        )

        @OptionGroup var common: CommonOptions

        func run() async throws {
            guard case .array(let tokens) = try await Control(common).perform("GET", ["tokens"]) else { return }
            for token in tokens {
                print(["id", "created", "last_used", "name"].map { token.text($0) }.joined(separator: "\t"))
            }
        }
    }

    /// `larder token delete`.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a token; what uses it is refused at once.")

        @OptionGroup var common: CommonOptions

        @Argument(help: "The token's id, as the list shows it.")
        var id: Int

        func run() async throws {
            _ = try await Control(common).perform("DELETE", ["tokens", "\(id)"])
            print("deleted token \(id)")
        }
    }
}
