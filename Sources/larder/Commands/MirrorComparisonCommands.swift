import ArgumentParser
import Configuration
import S3Protocol

/// `larder mirror verify`.
struct MirrorVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare a bucket with what it is mirrored to; nothing is changed.",
        discussion: """
            Prints keys that the remote lacks, that are different there, and that only the remote has: at most 1,000 of
            each, while all are counted. What was changed a moment ago and is on its way shows as well. Exit status: 0 both
            sides are equal, 1 they differ, 8 they could not be compared.
            """
    )

    @OptionGroup var options: MirrorOptions

    @Argument(help: "The bucket.")
    var bucket: String

    @Flag(help: "Ask for each object: listings tell sizes and entity tags, neither metadata nor checksums.")
    var deep = false

    func run() async throws {
        let answer: JSONValue
        do {
            answer = try await options.compare(bucket, [.init("deep", .bool(deep))])
        } catch {
            StandardError.write("Error: \(error)\n")
            throw ExitCode(8)
        }
        answer.showComparison(asJSON: options.json)
        let kinds = ["missing_count", "different_count", "extra_count"]
        guard kinds.allSatisfy({ answer.integer($0) == 0 }) else { throw ExitCode(1) }
    }
}

/// `larder mirror reconcile`.
struct MirrorReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare a bucket with what it is mirrored to, and queue what the remote lacks or has otherwise.",
        discussion: """
            A different object is sent unless others made it so: then it shows as a conflict, and `larder mirror retry
            --overwrite` lets the one here win. Objects that only the remote has are shown and left alone unless --pull or
            --delete says otherwise; those that were deleted here and wait for their turn are left to it.
            """
    )

    @OptionGroup var options: MirrorOptions

    @Argument(help: "The bucket.")
    var bucket: String

    @Flag(help: "Say what differs and do nothing.")
    var dryRun = false

    @Flag(help: "Copy here what only the remote has.")
    var pull = false

    @Flag(help: "Delete there what only the remote has.")
    var delete = false

    mutating func validate() throws {
        guard !pull || !delete else {
            throw ValidationError("What only the remote has can be copied here or deleted there, not both.")
        }
    }

    func run() async throws {
        let answer = try await options.compare(
            bucket,
            [
                .init("queue", .bool(!dryRun)), .init("pull", .bool(pull && !dryRun)),
                .init("delete", .bool(delete && !dryRun)),
            ]
        )
        answer.showComparison(asJSON: options.json)
    }
}

extension MirrorOptions {
    /// Has the running server compare a bucket; says on a terminal how far that is.
    fileprivate func compare(_ bucket: String, _ members: [JSONValue.Member]) async throws -> JSONValue {
        let progress = Task { await showProgress(of: bucket) }
        let answer: Result<JSONValue, any Error>
        do {
            answer = .success(try await perform("compare", [.init("bucket", .string(bucket))] + members))
        } catch {
            answer = .failure(error)
        }
        progress.cancel()
        await progress.value
        return try answer.get()
    }

    private func showProgress(of bucket: String) async {
        var line = ProgressLine()
        guard line.isTerminal else { return }
        while (try? await Task.sleep(for: .milliseconds(500))) != nil {
            guard let answer = try? await perform("status", [.init("bucket", .string(bucket))]), !Task.isCancelled,
                case .array(let buckets)? = answer["buckets"], case .number(let compared)? = buckets.first?["compared"]
            else { continue }
            line.show("comparing", objects: Int64(compared) ?? 0)
        }
        line.end()
    }
}

extension JSONValue {
    /// Prints what a comparison came to: a line a key, and a summary on standard error.
    fileprivate func showComparison(asJSON: Bool) {
        guard !asJSON else { return print(compactText) }
        for kind in ["missing", "different", "extra"] {
            guard case .array(let keys)? = self[kind] else { continue }
            for key in keys { print("\(kind)\t\(key.string ?? "")") }
        }
        let counts = ["equal", "missing_count", "different_count", "extra_count", "queued", "pulled", "deleted"]
            .map { "\(text($0)) \($0.split(separator: "_")[0])" }
        StandardError.write("\(text("compared")) compared: \(counts.joined(separator: ", "))\n")
    }
}
