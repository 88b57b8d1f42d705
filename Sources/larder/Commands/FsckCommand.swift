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
        abstract: "Check a storage root: files, index, leftovers, attachments and jobs against each other.",
        discussion: """
            Without --repair nothing is changed. Works beside a running server (whose requests are not disturbed), and
            alone on a root that no server holds; alone it sees more, for example debris of uploads.
            Content is not read; `larder scrub` does that. Use the server's configuration: it says where styles are.

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

    @Flag(
        help:
            "Print one JSON object: {\"objects\", \"attachments\", \"clean\", \"findings\": [{code, subject, detail, …}]}."
    )
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
            return Outcome(result)
        }
        let before = try await inspect(control.root)
        guard repair, before.findings.contains(where: \.isRepairable) else { return before }
        do {
            try await repairAlone(control)
        } catch {
            // What keeps a repair from beginning is most likely among them.
            before.print(asJSON: json)
            throw error
        }
        // What is left is what a second look finds, whatever the repair says of itself.
        return before.repaired(leaving: try await inspect(control.root))
    }

    private func repairAlone(_ control: Control) async throws {
        let session = try await control.open(withStore: true)
        do {
            _ = try await RunningTask.run("check", [.init("repair", .bool(true))], on: session)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
    }

    private func inspect(_ root: String) async throws -> Outcome {
        let log = Logger(label: "larder") { _ in SwiftLogNoOpLogHandler() }
        let settings = try ServerSettings(try common.settings(), isSandbox: false)
        let inspection = try RootInspection(root: root, log: log)
        let records = RecordsInspection(root: root, configuration: settings.attachments, clock: System.now)
        let report = CheckReport()
        let progress = ProgressLine.follow(report)
        let result: Result<Void, any Error>
        do {
            try await inspection.check(report)
            try await records.check(against: inspection.storedFiles(), report)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        progress.cancel()
        await progress.value
        await inspection.close()
        try result.get()
        return Outcome(report.state)
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
        let objects: Int64
        let attachments: Int64
        let findings: [Line]

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
            return Outcome(objects: left.objects, attachments: left.attachments, findings: known + new)
        }

        func print(asJSON: Bool) {
            let clean = findings.allSatisfy(\.isRepaired)
            guard !asJSON else {
                let document = JSONValue.object([
                    .init("objects", .number("\(objects)")), .init("attachments", .number("\(attachments)")),
                    .init("clean", .bool(clean)), .init("findings", .array(findings.map(\.json))),
                ])
                return Swift.print(document.compactText)
            }
            for line in findings { Swift.print(line.text) }
            let repaired = findings.count(where: \.isRepaired)
            StandardError.write(
                "\(objects) objects, \(attachments) attachments, \(findings.count) findings, \(repaired) repaired\n"
            )
        }
    }
}

extension FsckCommand.Outcome {
    fileprivate init(_ result: RunningTask.Result) {
        self.init(
            objects: result.objects,
            attachments: result.attachments,
            findings: result.findings.map(FsckCommand.Line.init)
        )
    }

    fileprivate init(_ state: CheckReport.State) {
        self.init(
            objects: Int64(state.objects),
            attachments: Int64(state.attachments),
            findings: state.findings.map(FsckCommand.Line.init)
        )
    }
}
