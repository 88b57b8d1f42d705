import ArgumentParser
import Attachments
import Configuration
import Gateway
import Glibc
import Logging
import ObjectStorage
import S3Protocol

/// `larder fsck`.
struct FsckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck",
        abstract: "Check a storage root: files, records, index and leftovers against each other.",
        discussion: """
            Without --repair nothing is changed. Works beside a running server (whose requests are not disturbed), and
            alone on a root that no server holds; alone it sees more, for example debris of uploads.
            Content is not read; `larder scrub` does that.

            Each finding is a line: its code, what it is about, what is wrong. Exit status, as of fsck(8): 0 nothing was
            found, 1 everything that was found is repaired, 4 something is left, 8 the check could not be done.

            Examples:
              larder fsck --storage /srv/larder
              larder fsck --repair --json
            """
    )

    @OptionGroup var common: CommonOptions

    @Flag(help: "Make right what can be made right without losing anything.")
    var repair = false

    @Flag(help: "Print one JSON object: {\"objects\", \"clean\", \"findings\": [{code, subject, detail, …}]}.")
    var json = false

    func run() async throws {
        let outcome: Outcome
        do {
            outcome = try await check()
        } catch {
            StandardError.write("Error: \(error)\n")
            throw ExitCode(8)
        }
        outcome.print(asJSON: json)
        guard !outcome.findings.isEmpty else { return }
        throw ExitCode(outcome.findings.allSatisfy(\.isRepaired) ? 1 : 4)
    }

    private func check() async throws -> Outcome {
        let control = try Control(common)
        guard try !control.hasServer() else {
            let session = try await control.open(withStore: true)
            let result = try await RunningTask.run("check", [.init("repair", .bool(repair))], on: session)
            await session.close()
            return Outcome(objects: result.objects, findings: result.findings.map(Line.init))
        }
        let before = try await inspect(control.root)
        guard repair, before.findings.contains(where: \.isRepairable) else { return before }
        let session = try await control.open(withStore: true)
        do {
            _ = try await RunningTask.run("check", [.init("repair", .bool(true))], on: session)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
        // What is left is what a second look finds, whatever the repair says of itself.
        return before.repaired(leaving: try await inspect(control.root))
    }

    private func inspect(_ root: String) async throws -> Outcome {
        let log = Logger(label: "larder") { _ in SwiftLogNoOpLogHandler() }
        let inspection = try RootInspection(root: root, log: log)
        let report = CheckReport()
        do {
            try await inspection.check(report)
        } catch {
            await inspection.close()
            throw error
        }
        await inspection.close()
        let state = report.state
        return Outcome(objects: Int64(state.objects), findings: state.findings.map(Line.init))
    }
}

extension FsckCommand {
    /// One finding.
    struct Line: Equatable {
        let code: String
        let subject: String
        let detail: String
        let isRepairable: Bool
        var isRepaired: Bool

        init(_ finding: Finding) {
            (code, subject, detail) = (finding.code.rawValue, finding.subject, finding.detail)
            (isRepairable, isRepaired) = (finding.isRepairable, finding.isRepaired)
        }

        init(_ value: JSONValue) {
            (code, subject, detail) = (value.text("code"), value.text("subject"), value.text("detail"))
            (isRepairable, isRepaired) = (value["repairable"] == .bool(true), value["repaired"] == .bool(true))
        }

        var text: String {
            let end = isRepaired ? "repaired" : isRepairable ? "--repair makes it right" : "left to you"
            return "\(code)  \(subject): \(detail)  [\(end)]"
        }

        var json: JSONValue {
            .object([
                .init("code", .string(code)), .init("subject", .string(subject)), .init("detail", .string(detail)),
                .init("repairable", .bool(isRepairable)), .init("repaired", .bool(isRepaired)),
            ])
        }
    }

    /// What a check came to.
    struct Outcome {
        var objects: Int64
        var findings: [Line]

        /// The same findings, repaired but for those that are left, and what is new.
        func repaired(leaving left: Outcome) -> Outcome {
            let isLeft = { (line: Line) in
                left.findings.contains { $0.code == line.code && $0.subject == line.subject }
            }
            let known = findings.map { line in
                var line = line
                line.isRepaired = !isLeft(line)
                return line
            }
            let new = left.findings.filter { line in
                !findings.contains { $0.code == line.code && $0.subject == line.subject }
            }
            return Outcome(objects: left.objects, findings: known + new)
        }

        func print(asJSON: Bool) {
            let clean = findings.allSatisfy(\.isRepaired)
            guard !asJSON else {
                let document = JSONValue.object([
                    .init("objects", .number("\(objects)")), .init("clean", .bool(clean)),
                    .init("findings", .array(findings.map(\.json))),
                ])
                return Swift.print(document.compactText)
            }
            for line in findings { Swift.print(line.text) }
            let repaired = findings.count(where: \.isRepaired)
            StandardError.write("\(objects) objects, \(findings.count) findings, \(repaired) repaired\n")
        }
    }
}
