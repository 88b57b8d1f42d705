import ArgumentParser
import S3Protocol

/// `larder key …`.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make, list, switch off and delete the S3 access keys of users.",
        discussion: """
            The root key of the settings may do everything. A user's key may do what its own policy, the policy of the
            bucket or an access control list allows; a policy that denies wins. A key without a policy may make buckets
            and do everything with those that its user owns, and nothing with those of others unless they allow it.

            Works beside a running server, which obeys at once, and alone on a storage root that no server holds.
            """,
        subcommands: [Create.self, List.self, Disable.self, Enable.self, Delete.self]
    )

    /// `larder key create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key and print it with its secret, which is not shown again.",
            discussion: """
                A policy is the JSON that AWS attaches to users: statements with Effect, Action, Resource and Condition,
                and without Principal. This one may read one bucket:

                  {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::photos"},
                    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::photos/*"}]}

                Policies of buckets name users as arn:aws:iam::000000000000:user/NAME, lists by their user id.

                Examples:
                  larder key create --name alice
                  larder key create --name backup --policy read-only.json
                  larder key create --user-id ID        # a further key of the user that the list shows with this id
                  larder key create --name app --access-key APPKEY --secret-key "$SECRET"
                """
        )

        @OptionGroup var common: CommonOptions

        @Option(help: "The user's name, as policies name it; the access key when not given.")
        var name: String?

        @Option(help: ArgumentHelp("The name shown to people; the name when not given.", valueName: "text"))
        var displayName: String?

        @Option(
            name: .customLong("user-id"),
            help: ArgumentHelp(
                "The user: 64 hexadecimal digits, or a text that they are made of; a new user when not given. "
                    + "A further key of a user takes over its name and policy.",
                valueName: "id"
            )
        )
        var userID: String?

        @Option(help: ArgumentHelp("The access key; made when not given.", valueName: "key"))
        var accessKey: String?

        @Option(help: ArgumentHelp("Its secret, at least 8 characters; made when not given.", valueName: "secret"))
        var secretKey: String?

        @Option(help: ArgumentHelp("File with the policy of the key; none for no policy.", valueName: "file"))
        var policy: String?

        @Flag(help: "Print a JSON object.")
        var json = false

        func run() async throws {
            var body: [JSONValue.Member] = []
            let texts = [
                ("name", name), ("display_name", displayName), ("user_id", userID), ("access_key", accessKey),
                ("secret_key", secretKey), ("policy", try policyText),
            ]
            for case (let member, let text?) in texts { body.append(.init(member, .string(text))) }
            let answer = try await Control(common).perform("POST", ["keys"], body: JSONValue.object(body).compactText)
            guard !json else { return print(answer.compactText) }
            for member in ["access_key", "secret_key", "user_id", "name", "display_name"] {
                print("\(member.map { $0 == "_" ? " " : String($0) }.joined()): \(answer.text(member))")
            }
            print(
                "policy: \(answer["policy"] == .null ? "none; it may use the buckets that its user owns" : "as given")"
            )
        }

        private var policyText: String? {
            get throws {
                guard let policy else { return nil }
                if policy == "none" { return "" }
                let bytes = try FileContent.read(policy)
                guard bytes.count <= Policy.maximumLength, let text = String(validating: bytes, as: UTF8.self) else {
                    throw ValidationError(
                        "\(policy) has \(bytes.count) bytes; a policy is JSON in UTF-8 of at most \(Policy.maximumLength)."
                    )
                }
                return text
            }
        }
    }

    /// `larder key list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the keys: access key, state, when made, user id, name, whether it has a policy."
        )

        @OptionGroup var common: CommonOptions

        @Flag(help: "Print a JSON array, policies included.")
        var json = false

        func run() async throws {
            let answer = try await Control(common).perform("GET", ["keys"])
            guard !json, case .array(let keys) = answer else { return print(answer.compactText) }
            for key in keys { print(Self.line(key)) }
        }

        private static func line(_ key: JSONValue) -> String {
            let state = key["disabled"] == .bool(true) ? "disabled" : "enabled"
            let policy = key["policy"] == .null ? "no policy" : "policy"
            return [key.text("access_key"), state, key.text("created"), key.text("user_id"), key.text("name"), policy]
                .joined(separator: "\t")
        }
    }

    /// `larder key disable`.
    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Switch a key off; requests and links signed with it are refused at once."
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var key: AccessKeyArgument

        func run() async throws {
            try await key.change(common, "POST", #"{"disabled":true}"#, "disabled")
        }
    }

    /// `larder key enable`.
    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Switch a key on again.")

        @OptionGroup var common: CommonOptions
        @OptionGroup var key: AccessKeyArgument

        func run() async throws {
            try await key.change(common, "POST", #"{"disabled":false}"#, "enabled")
        }
    }

    /// `larder key delete`.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a key; what its user owns stays, and a new key with the same --user-id reaches it again."
        )

        @OptionGroup var common: CommonOptions
        @OptionGroup var key: AccessKeyArgument

        func run() async throws {
            try await key.change(common, "DELETE", "", "deleted")
        }
    }
}

/// The access key that a command is about.
struct AccessKeyArgument: ParsableArguments {
    @Argument(help: "The access key, as the list shows it.")
    var accessKey: String

    /// Has the key changed, and says so.
    fileprivate func change(_ common: CommonOptions, _ method: String, _ body: String, _ outcome: String) async throws {
        // It becomes a part of a path; no key has others.
        guard accessKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"/?#%".utf8.contains($0) }) else {
            throw ValidationError("'\(accessKey)' can be no access key; `larder key list` shows those there are.")
        }
        _ = try await Control(common).perform(method, ["keys", accessKey], body: body)
        print("\(outcome) \(accessKey)")
    }
}
